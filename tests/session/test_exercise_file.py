"""Exercises as files: whose goes first, and a mistake said by file and line."""

from __future__ import annotations

import pytest

from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.session.exercise_file import check_exercises, exercise_files, read_exercise
from workshop.workspace import Workspace

SOUND = """\
title: {nl: Waar doet het pijn, en: Where does it hurt}
questions:
  - id: one
    kind: number
    highest: 100
    about: win_rate
    text: {nl: Vraag, en: Question}
"""


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Workspace:
    """A client's folder beside a kit without exercises."""
    monkeypatch.setattr("workshop.session.exercise_file.kit", lambda *parts: tmp_path / "kit")
    (tmp_path / "kit").mkdir()
    made = Workspace.create(tmp_path / "client", "Client")
    (made.path / "exercises").mkdir()
    return made


def write(workspace: Workspace, text: str, name: str = "diagnosis") -> None:
    (workspace.path / "exercises" / f"{name}.yaml").write_text(text, "utf-8")


def worded(error: InputError, language: str = "en") -> str:
    return Translator(language)(f"error.{error.code}", **error.fields)


def test_a_facilitator_s_own_goes_before_the_kit_s(workspace, tmp_path):
    (tmp_path / "kit" / "diagnosis.yaml").write_text(SOUND.replace("100", "50"), "utf-8")
    assert read_exercise(workspace, "diagnosis").questions[0].highest == 50
    write(workspace, SOUND)
    assert read_exercise(workspace, "diagnosis").questions[0].highest == 100


def test_an_exercise_that_is_none_says_which_there_are(workspace):
    write(workspace, SOUND)
    with pytest.raises(InputError) as caught:
        read_exercise(workspace, "../diagnosis")
    assert caught.value.code == "unknown_exercise"
    assert "diagnosis" in caught.value.fields["allowed"]
    assert list(exercise_files(workspace)) == caught.value.fields["allowed"]


OPTIONS = "    options: [{id: a, text: {nl: A, en: A}}, {id: a, text: {nl: B, en: B}}]\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (SOUND.replace("kind: number", "kind: nummer"), 4, "label"),
        (SOUND.replace("win_rate", "winrate"), 6, "lead_to_won"),
        (SOUND.replace("highest: 100", "highest: -1"), 5, "more than lowest"),
        (SOUND.replace(", en: Question", ""), 7, "questions[1].text.en is missing"),
        (SOUND + SOUND.partition("questions:\n")[2], 8, "questions[2].id is “one”"),
        (
            SOUND.partition("    kind")[0]
            + "    kind: choice\n    text: {nl: A, en: A}\n"
            + OPTIONS,
            6,
            "questions[1].options[2].id is “a”",
        ),
        (SOUND.replace("id: one", "id: One!"), 3, "questions[1].id"),
        ("title: [", 1, "line 1"),
    ],
)
def test_a_mistake_names_its_line_its_field_and_what_is_allowed(workspace, text, line, said):
    write(workspace, text)
    (error,) = check_exercises(workspace)
    assert "diagnosis.yaml" in worded(error)
    assert f"line {line}" in worded(error)
    assert said in worded(error)
    assert f"regel {line}" in worded(error, "nl")


def test_all_exercises_are_checked_at_once(workspace):
    write(workspace, SOUND)
    write(workspace, "title: 1", "broken")
    write(workspace, SOUND, "Not a name")
    problems = check_exercises(workspace)
    assert sorted(error.code for error in problems) == ["bad_exercise_name", "unusable_file"]
