"""Definitions as files: ``definitions/<term>.yaml`` in a workspace."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from workshop.criteria import Definition
from workshop.errors import InputError
from workshop.yaml_lines import Marked, YamlProblem, read_marked

FOLDER = "definitions"


def read_definitions(folder: Path) -> tuple[Definition, ...]:
    """Return the definitions of a workspace by term; none where there are no files.

    Raises ``InputError`` that names the file, the line and what is allowed.
    """
    return tuple(_read(path) for path in sorted((folder / FOLDER).glob("*.yaml")))


def read_definition(folder: Path, term: str) -> Definition:
    """Return one definition of a workspace; raise ``InputError`` where it has no such term."""
    files = {path.stem: path for path in (folder / FOLDER).glob("*.yaml")}
    if term not in files:
        raise InputError("unknown_term", given=term, allowed=sorted(files), folder=FOLDER)
    return _read(files[term])


def _read(path: Path) -> Definition:
    try:
        marked = read_marked(path)
    except YamlProblem as error:
        raise _bad(path, error.line, error.problem) from error
    try:
        definition = Definition.model_validate(marked.value)
    except ValidationError as error:
        raise _bad(path, *_problems(error, marked)) from error
    if definition.term != path.stem:
        line = marked.lines[("term",)]
        raise _bad(path, line, f"term: {definition.term} belongs in {definition.term}.yaml")
    return definition


def _bad(path: Path, line: int, problem: str) -> InputError:
    return InputError("bad_definition", path=str(path), line=line, problem=problem)


def _problems(error: ValidationError, marked: Marked) -> tuple[int, str]:
    """Return the first line that is wrong, and all that is wrong in one text."""
    found = []
    for item in error.errors(include_url=False):
        # A list whose items are wrong is reported as too short as well.
        if item["type"] == "too_short" and item["input"]:
            continue
        place = marked.place(item["loc"])
        missing = [str(item["loc"][-1])] if item["type"] == "missing" else []
        name = ".".join(map(str, [*place, *missing])) or "file"
        problem = item["msg"].removeprefix("Value error, ")
        found.append((marked.lines.get(place, 1), f"{name}: {problem}"))
    ordered = sorted(found)
    return ordered[0][0], "; ".join(f"line {line}, {text}" for line, text in ordered)
