"""Files that people edit, spoiled: read, or refused in one line that says where."""

from __future__ import annotations

import os
import re
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
import tomlkit
from pydantic import BaseModel

from tests.torture.fuzz.mutations import by_bytes
from workshop.criteria import Definition
from workshop.errors import InputError
from workshop.i18n import LANGUAGES, Translator
from workshop.model_file import read_model
from workshop.questions.goal_file import GoalFile
from workshop.resources import kit
from workshop.session.agenda_file import Agenda
from workshop.session.exercise import Exercise
from workshop.session.rules import RuleSet
from workshop.workspace import Settings, Workspace

TRIES = 4_000 if os.environ.get("SAMENSPEL_TORTURE") == "full" else 60
UNUSABLE = Path(__file__).parents[2] / "unusable"
ODD = [
    *("", "-", ":", "  ", "\t", "[]", "{}", "null", "~", "- - -", "? x", "&a", "*a", "!!python/x"),
    *("0", "-1", "1e400", ".nan", "0x1F", "2026-02-30", "25:61", "true", "NO", "'", '"', "|", ">"),
    *("%YAML 9.9", "---", "...", "{{ x }}", "x" * 2_000, "[" * 60, "\ufeff", "é", "💥", "\\u0000"),
]
SETTINGS = """\
client = "Klant"
language = "nl"
floor = 5
mappings = [{files = "a*.csv", table = "deals", columns = {Fase = "stage"}, stages = {x = "won"}}]

[working_hours]
start = 08:30:00
weekdays = [0, 1, 2]

[rates]
date = 2026-03-31
to_currency = {USD = 0.9}

[brand]
color = "#123456"
"""


class Kind(NamedTuple):
    """A kind of file: its model, how its name ends, and good ones to spoil."""

    model: type[BaseModel]
    suffix: str
    good: tuple[str, ...]


def texts(folder: Path, pattern: str = "*.yaml") -> tuple[str, ...]:
    """Return the contents of the files of a folder."""
    return tuple(path.read_text("utf-8") for path in sorted(folder.glob(pattern)))


EXAMPLE = kit("datasets", "example")
GOAL = (
    "kind: pipeline\ntarget: 1500000\nperiod: 2027Q1\nbaseline: 10.5\nmqls: 300\nstage: Offerte\n"
)
KINDS = {
    "agenda": Kind(Agenda, ".yaml", texts(kit("templates", "programmes"))),
    "definition": Kind(Definition, ".yaml", texts(EXAMPLE / "definitions")),
    "exercise": Kind(Exercise, ".yaml", texts(kit("templates", "exercises"))),
    "goal": Kind(GoalFile, ".yaml", (GOAL,)),
    "rules": Kind(RuleSet, ".yaml", texts(EXAMPLE, "rules.yaml")),
    "settings": Kind(Settings, ".toml", (SETTINGS,)),
}


def in_place_of(pattern: str, line: str, odd: str) -> str:
    """Put something odd where a pattern is found first."""
    return re.sub(pattern, lambda _: odd, line, count=1)


def by_lines(text: str, chance: Random) -> bytes:
    """Change, drop, double, move or indent a few lines, or what stands after a colon."""
    lines = text.split("\n")
    for _ in range(chance.choice([1, 1, 2, 6])):
        at, odd = chance.randrange(len(lines)), chance.choice(ODD)
        match chance.randrange(7):
            case 0:
                lines = lines[:at] + lines[at + 1 :] or [""]
            case 1:
                lines.insert(at, chance.choice(lines))
            case 2:
                lines[at] = " " * chance.choice([1, 2, 4]) + lines[at]
            case 3:
                lines.insert(at, odd)
            case 4:
                lines[at] = in_place_of(r"\w+(?=\s*[:=])", lines[at], odd[:50])
            case _:
                lines[at] = in_place_of(r"(?<=[:=]).*", lines[at], f" {odd}")
    return "\n".join(lines).encode("utf-8", errors="surrogatepass")


def spoiled(kind: str, number: int) -> bytes:
    """Return a spoiled file: the same one for the same number."""
    chance = Random(f"{kind}/{number}")
    good = chance.choice(KINDS[kind].good)
    return by_bytes(good.encode(), chance) if chance.random() < 0.4 else by_lines(good, chance)


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_one_is_read(tmp_path, kind):
    model, suffix, good = KINDS[kind]
    assert good
    for text in good:
        (tmp_path / f"a{suffix}").write_text(text, "utf-8")
        assert read_model(tmp_path / f"a{suffix}", model)


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoiled_one_is_read_or_refused_with_its_line(tmp_path, tried, kind):
    model, suffix, _ = KINDS[kind]
    file, came = tmp_path / f"a{suffix}", {"read": 0, "refused": 0}
    for number in range(TRIES):
        content = spoiled(kind, number)
        file.write_bytes(content)
        try:
            read_model(file, model)
            came["read"] += 1
        except InputError as error:
            came["refused"] += 1
            assert file.read_bytes() == content
            check_said(error, file, number)
    assert min(came.values()) > 0
    for what, times in came.items():
        tried(f"files to edit: {kind}", what, times)


def check_said(error: InputError, file: Path, number: int) -> None:
    assert error.code in ("unusable_file", "file_not_utf8", "file_too_long"), (number, error)
    said = {Translator(language)(f"error.{error.code}", **error.fields) for language in LANGUAGES}
    assert len(said) == len(LANGUAGES), number
    for text in said:
        assert str(file) in text, number
        assert len(text) < 4_000, number
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\x9b]", text), (number, text)


def test_settings_that_were_read_are_written_again_and_read_the_same(tmp_path):
    workspace = Workspace.create(tmp_path / "klant", "Klant")
    again = 0
    for number in range(TRIES):
        file = workspace.path / "samenspel.toml"
        file.write_bytes(spoiled("settings", number))
        try:
            settings = Workspace(workspace.path).settings
        except InputError:
            continue
        Workspace(workspace.path).write_settings(settings)
        assert Workspace(workspace.path).settings == settings, number
        assert tomlkit.parse(file.read_text("utf-8"))
        again += 1
    assert again > 0


def test_settings_that_an_editor_saved_with_a_byte_order_mark_are_written_again(tmp_path):
    workspace = Workspace.create(tmp_path / "klant", "Klant")
    file = workspace.path / "samenspel.toml"
    file.write_text(f"# van ons\n{SETTINGS}", "utf-8-sig")
    workspace.write_settings(Workspace(workspace.path).settings.model_copy(update={"floor": 6}))
    assert Workspace(workspace.path).settings.floor == 6
    assert file.read_text("utf-8").startswith("# van ons")
