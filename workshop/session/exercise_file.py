"""Exercises as files: a facilitator's own in the workspace, or else those of the kit."""

from __future__ import annotations

import re
from pathlib import Path

from workshop.errors import InputError
from workshop.model_file import read_model
from workshop.resources import kit
from workshop.session.exercise import Exercise
from workshop.workspace import Workspace

FOLDER = "exercises"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


def read_exercise(workspace: Workspace, name: str) -> Exercise:
    """Return an exercise by the name of its file.

    Raises ``InputError`` for a name that is none, and for a file with a mistake, by line.
    """
    files = exercise_files(workspace)
    if name not in files:
        raise InputError("unknown_exercise", given=name, allowed=list(files))
    return _read(files[name])


def check_exercises(workspace: Workspace) -> list[InputError]:
    """Read all exercises before a session and return what is wrong, an error a file."""
    problems = []
    for path in exercise_files(workspace).values():
        try:
            _read(path)
        except InputError as error:
            problems.append(error)
    return problems


def exercise_files(workspace: Workspace) -> dict[str, Path]:
    """Return the files by the names of their exercises; one of the workspace goes first."""
    folders = (kit("templates", FOLDER), workspace.path / FOLDER)
    found = {path.stem: path for folder in folders for path in folder.glob("*.yaml")}
    return dict(sorted(found.items()))


def _read(path: Path) -> Exercise:
    if not _NAME.fullmatch(path.stem):
        raise InputError("bad_exercise_name", path=str(path))
    return read_model(path, Exercise)
