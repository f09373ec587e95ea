"""The programme's notebooks: times that add up, exercises that fit, a decision at the end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from workshop.i18n import Translator
from workshop.model_file import read_model
from workshop.session.exercise import Exercise

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
EXERCISES = ROOT / "templates" / "exercises"
CLOSED_BY_DECISION = {"01", "02", "03", "04", "05", "06", "07", "08", "09", "10"}
"""All but the kick-off, which ends with a question that hands answer."""

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
both_languages = pytest.mark.parametrize("language", ["en", "nl"])


class Cell(NamedTuple):
    kind: str
    source: str


class Step(NamedTuple):
    """What a heading says, and the cells from it to the next heading."""

    name: str
    minutes: int
    cells: list[Cell]

    @property
    def calls(self) -> list[str]:
        return [cell.source for cell in self.cells if cell.kind == "code"]

    @property
    def exercises(self) -> list[str]:
        return [name for call in self.calls for name in re.findall(r'exercise\(.*"(.*)"', call)]


def cells(path: Path, language: str = "en") -> list[Cell]:
    t = Translator(language)
    found = json.loads(path.read_text("utf-8"))["cells"]
    sources = [(cell["cell_type"], "".join(cell["source"])) for cell in found]
    return [Cell(kind, t.prose(text) if kind == "markdown" else text) for kind, text in sources]


def steps(path: Path, language: str = "en") -> list[Step]:
    found: list[Step] = []
    for cell in cells(path, language):
        heading = re.match(r"## (?:(\d+)\. )?(.*?)(?: \((\d+) min\))?$", cell.source, re.M)
        if cell.kind == "markdown" and heading:
            number, name, minutes = heading.groups()
            found.append(Step(f"{number}. {name}" if number else name, int(minutes or 0), []))
        if found:
            found[-1].cells.append(cell)
    return found


def planned(path: Path, language: str = "en") -> Iterator[tuple[str, int]]:
    """Yield the rows of the table above: steps with their minutes, and all together."""
    for name, minutes in re.findall(r"^\| (.*) \| (.*) \|$", cells(path, language)[0].source, re.M):
        bare = minutes.strip("*")
        if bare.isdecimal():
            yield name.strip("*"), int(bare)


@every_notebook
@both_languages
class TestTimes:
    def test_they_add_up(self, path, language):
        *rows, (_, total) = planned(path, language)
        assert sum(minutes for _, minutes in rows) == total

    def test_the_table_says_what_the_steps_say(self, path, language):
        *rows, _ = planned(path, language)
        numbered = [step for step in steps(path, language) if step.name[0].isdecimal()]
        assert rows == [(step.name, step.minutes) for step in numbered]
        assert [int(name.partition(".")[0]) for name, _ in rows] == [*range(1, len(rows) + 1)]


def total(path: Path) -> int:
    return [minutes for _, minutes in planned(path)][-1]


def test_the_readme_has_the_same_minutes():
    readme = (ROOT / "README.md").read_text("utf-8")
    minutes = {path.stem[:2]: total(path) for path in NOTEBOOKS}
    rows = re.findall(r"^\| `(\d\d)-[^`]*ipynb` \| .* \| (\d+) \| .* \|$", readme, re.M)
    assert dict(rows) == {number: str(total) for number, total in minutes.items()}


@every_notebook
class TestContent:
    def test_it_says_what_is_decided_and_ends_with_it(self, path):
        assert re.search(r"^\*\*You decide:\*\* \w", cells(path)[0].source, re.M)
        numbered = [step for step in steps(path) if step.name[0].isdecimal()]
        closing = ("programme.decide(", "programme.promise(", "programme.experiment(")
        decides = any(call.startswith(closing) for call in numbered[-1].calls)
        assert decides == (path.stem[:2] in CLOSED_BY_DECISION)

    def test_every_step_has_a_word_for_the_facilitator(self, path):
        for step in steps(path):
            if step.minutes:
                assert "<summary>For the facilitator</summary>" in step.cells[0].source, step.name

    def test_a_fold_is_closed(self, path):
        for cell in cells(path) + cells(path, "nl"):
            assert cell.source.count("<details>") == cell.source.count("</details>") <= 1
            assert cell.source.count("<summary>") == cell.source.count("</summary>") <= 1

    def test_an_exercise_fits_in_its_step(self, path):
        for step in steps(path):
            for name in step.exercises:
                asked = read_model(EXERCISES / f"{name}.yaml", Exercise)
                assert asked.minutes is not None
                assert asked.minutes <= step.minutes, (step.name, name)

    def test_what_is_signed_by_both_is_voted_about_first(self, path):
        calls = [call for step in steps(path) for call in step.calls]
        decided = [call for call in calls if re.search(r'decide\(room, "', call)]
        for call in decided:
            before = call.replace("decide(", "vote(")
            assert before in calls[: calls.index(call)], call


def test_each_exercise_has_its_place():
    used = [name for path in NOTEBOOKS for step in steps(path) for name in step.exercises]
    assert sorted(used) == sorted(path.stem for path in EXERCISES.glob("*.yaml"))


def test_statements_are_counted_as_they_are():
    asked = read_model(EXERCISES / "diagnosis.yaml", Exercise)
    (diagnosis,) = (path for path in NOTEBOOKS if path.stem == "01-diagnosis")
    alone = steps(diagnosis)[1].cells[0].source
    assert {19: "Nineteen", 18: "Eighteen", 20: "Twenty"}[len(asked.questions)] in alone
    cards = read_model(EXERCISES / "lead-cards.yaml", Exercise).questions[0]
    (terms,) = (path for path in NOTEBOOKS if path.stem == "02-shared-terms")
    assert cards.count == 12
    assert "Twelve real leads" in " ".join(cell.source for cell in cells(terms))
