"""Someone who reads all that is shown of a round cannot tell which answers are one person's.

On each question the answers of a team are dealt anew to its people: were anything that is shown
to change, it would tell of more than how often each answer was given to each question.
"""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

import workshop
from tests.views.played import exercise, options, play
from workshop.i18n import Translator
from workshop.questions.which import Beside
from workshop.room.shown import shown
from workshop.session.store import Store, open_file
from workshop.views.look import Look
from workshop.views.minutes import heard_lines
from workshop.views.room.quotes import quotes
from workshop.views.room.result import Setting, result

FLOOR = 4
STAGES = ("visit", "offer")
ASKED = exercise(
    {"id": "journey", "kind": "involvement", "stages": options(*STAGES)},
    {"id": "why", "kind": "text"},
    {"id": "notes", "kind": "lines"},
    {"id": "guess", "kind": "number", "highest": 100},
    {"id": "order", "kind": "ranking", "options": options("a", "b", "c")},
    {"id": "dots", "kind": "dots", "options": options("a", "b", "c")},
    {"id": "any", "kind": "choices", "options": options("a", "b", "c")},
    {"id": "one", "kind": "choice", "options": options("a", "b", "c")},
    {"id": "agree", "kind": "statement"},
    {"id": "still", "kind": "statement"},
)
READERS = {
    "exporting/session.py",
    *(f"session/{name}.py" for name in (
        "answers", "erase", "health", "people", "results", "rounds", "scrub")),
}  # fmt: skip
"""What may read sealed answers: what keeps, shows, forgets and exports them."""
Answers = Mapping[str, Sequence[Mapping[str, Any]]]


def said(item: str, chance: Random) -> Any:
    """Return what somebody may answer to an item."""
    few = chance.sample("abc", 3)
    if item.startswith("journey"):
        return chance.randrange(5)
    return {
        "why": f"{chance.choice('aBcD')} {chance.random()}",
        "notes": [f"{chance.choice('aBcD')} {chance.random()}" for _ in range(2)],
        "guess": float(chance.randrange(100)),
        "order": few,
        "dots": {few[0]: 2, few[1]: 1},
        "any": sorted(few[:2]),
        "one": few[0],
        "agree": chance.randrange(1, 6),
        "still": chance.randrange(1, 6),
    }[item]


def given(chance: Random, people: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
    """Return answers of people to every item, of which some are left open."""
    items = [item.name for item in ASKED.items()]
    return {
        team: [
            {item: said(item, chance) for item in items if n or item != "still"}
            for n in range(count)
        ]
        for team, count in people.items()
    }


def dealt_anew(answers: Answers, chance: Random) -> dict[str, list[dict[str, Any]]]:
    """Deal the answers to each item anew to those of the team who answered it."""
    found = {team: [dict(one) for one in everyone] for team, everyone in answers.items()}
    for everyone in found.values():
        for item in {item for one in everyone for item in one}:
            who = [one for one in everyone if item in one]
            values = [one[item] for one in who]
            chance.shuffle(values)
            for one, value in zip(who, values, strict=True):
                one[item] = value
    return found


def everything(store: Store, answers: Answers) -> list[object]:
    """Return all that phones, projector, report and minutes show of a round."""
    found = play(store, ASKED, answers)
    t = Translator("en")
    crm = Beside(lambda about: None, lambda which: None)
    projected = result(found, Setting(Look(t, "#1f4e79"), crm, "EUR", FLOOR, others=False))
    return [
        shown(store, found.round, FLOOR, t, "EUR"),
        [part.plain() for part in projected.parts],
        [heard_lines(found, question.id, t) for question in ASKED.questions],
    ]


@pytest.fixture
def fresh(tmp_path):
    """Return what opens a database of its own: no person has the same number in two of them."""
    opened: list[Store] = []

    def one() -> Store:
        opened.append(open_file(Path(tempfile.mkdtemp(dir=tmp_path)) / "session.db"))
        return opened[-1]

    yield one
    for store in opened:
        store.close()


@pytest.mark.parametrize(
    ("seed", "people"),
    [(1, {"sales": 4, "marketing": 5}), (2, {"sales": 5, "marketing": 2})],
)
def test_all_that_is_shown_is_the_same_whoever_of_a_team_said_it(fresh, seed, people):
    chance = Random(seed)
    answers = given(chance, people)
    again = dealt_anew(answers, chance)
    assert again != answers
    first = everything(fresh(), answers)
    assert everything(fresh(), again) == first
    shown_texts = str(first)
    assert all(one["why"] in shown_texts for one in answers["sales"])


def test_who_gave_a_name_is_told_with_all_they_wrote_as_they_wrote_it(fresh):
    asked = exercise({"id": "notes", "kind": "lines"})
    found = play(fresh(), asked, {"sales": [{"notes": ["z first", "a second"]}]}, named=True)
    lines = heard_lines(found, "notes", Translator("en"))
    assert lines == ["z first (sales 0, Sales)", "a second (sales 0, Sales)"]
    projected = quotes(found, asked.questions[0], Translator("en"))[0].plain()
    assert projected.index("z first") < projected.index("a second")


def test_the_first_lines_are_of_both_teams_as_the_rest_may_not_fit(fresh):
    asked = exercise({"id": "notes", "kind": "lines"})
    said = {team: [{"notes": [f"{team} {n}"]} for n in range(5)] for team in ("sales", "marketing")}
    lines = heard_lines(play(fresh(), asked, said), "notes", Translator("en"))
    assert len(lines) == 10
    for first in (0, 2, 4):
        assert {line.split()[0] for line in lines[first : first + 2]} == {"sales", "marketing"}


def test_what_is_made_beside_the_rounds_does_not_read_the_answers():
    """The wall, drafts, pace, gap, journey and minutes know what a reveal shows, and no more."""
    package = Path(workshop.__file__).parent
    texts = {path: path.read_text("utf-8") for path in package.rglob("*.py")}
    readers = {
        path.relative_to(package).as_posix()
        for path, text in texts.items()
        if "session.schema" in text
        and any(
            isinstance(node, ast.ImportFrom)
            and node.module == "workshop.session.schema"
            and {name.name for name in node.names} & {"answers", "finished", "metadata"}
            for node in ast.walk(ast.parse(text))
        )
    }
    assert readers == READERS
