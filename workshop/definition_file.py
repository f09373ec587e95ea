"""Definitions as files: ``definitions/<term>.yaml`` in a workspace."""

from __future__ import annotations

from pathlib import Path

from workshop.criteria import Definition
from workshop.errors import InputError, Phrase
from workshop.model_file import read_with_lines
from workshop.yaml_lines import unusable

FOLDER = "definitions"


def read_definitions(folder: Path) -> tuple[Definition, ...]:
    """Return the definitions of a workspace by term; none where there are no files.

    Raises ``InputError`` that names the file, the line and what is allowed.
    """
    return tuple(_read(path) for path in sorted((folder / FOLDER).glob("*.yaml")))


def read_definition(folder: Path, term: str) -> Definition:
    """Return one definition of a workspace; raise ``InputError`` where it has no such term."""
    files = {path.stem: path for path in (folder / FOLDER).glob("*.yaml")}
    if not files:
        raise InputError("no_definitions", given=term, folder=FOLDER)
    if term not in files:
        raise InputError("unknown_term", given=term, allowed=sorted(files), folder=FOLDER)
    return _read(files[term])


def _read(path: Path) -> Definition:
    definition, marked = read_with_lines(path, Definition)
    if definition.term != path.stem:
        problem = Phrase("problem.term_elsewhere", given=definition.term, name=path.stem)
        raise unusable(path, marked.line(("term",)), problem)
    return definition
