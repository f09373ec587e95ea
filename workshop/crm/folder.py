"""A folder of exports: each file that is one fills its own table, the others are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from workshop.crm.importing import Imported, check_own_tables, import_files, table_of
from workshop.crm.schema import TABLES
from workshop.crm.staging import Request
from workshop.errors import InputError, Phrase, WorkshopError
from workshop.workspace import Workspace

_OURS = (".", "~$")
"""How the names begin of what an office program or a system keeps for itself."""


class NotImported(NamedTuple):
    """A file of the folder that filled no table, and why."""

    file: str
    error: WorkshopError


def folder_of(request: Request) -> Path | None:
    """Return the folder that an import names, or nothing where it names files.

    Raises ``InputError`` (``folder_alone``) for a folder beside others, or with what can only be
    said of one table.
    """
    folder = next((path for path in request.files if path.is_dir()), None)
    if folder is None:
        return None
    of_one_table = {
        "--table": request.table,
        "--map": request.columns,
        "--set": request.constants,
        "--stage": request.stages,
        "--trait": request.traits,
    }
    given = [option for option, value in of_one_table.items() if value]
    if given or len(request.files) > 1:
        others = [path.name for path in request.files if path != folder]
        raise InputError("folder_alone", path=str(folder), given=[*others, *given])
    return folder


def import_folder(
    workspace: Workspace, folder: Path, request: Request
) -> Iterator[Imported | NotImported]:
    """Import each file of a folder that is recognised as a table, one after the other.

    First what is left alone, by name, then the tables in the order in which they refer to each
    other. Two files that fill the same table are both left alone: parts of one export and a newer
    export look alike. Raises ``InputError`` (``folder_empty``) where there is nothing to read.
    """
    check_own_tables(workspace)
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(_OURS))
    if not files:
        raise InputError("folder_empty", path=str(folder))
    found = {path: _table_of(workspace, replace(request, files=(path,))) for path in files}
    filling = Counter(table for table in found.values() if isinstance(table, str))
    clear: dict[str, Path] = {}
    for path, table in found.items():
        if isinstance(table, WorkshopError):
            yield NotImported(path.name, table)
        elif filling[table] > 1:
            same = [other.name for other, its in found.items() if its == table]
            yield NotImported(path.name, _same(table, same))
        else:
            clear[table] = path
    for table in sorted(clear, key=list(TABLES).index):
        yield _imported(workspace, replace(request, files=(clear[table],)))


def _same(table: str, files: list[str]) -> InputError:
    return InputError("same_table", table=Phrase(f"table.{table}"), files=files)


def _table_of(workspace: Workspace, request: Request) -> str | WorkshopError:
    try:
        return table_of(workspace, request)
    except InputError as error:
        return error


def _imported(workspace: Workspace, request: Request) -> Imported | NotImported:
    try:
        return import_files(workspace, request)
    except WorkshopError as error:
        return NotImported(request.files[0].name, error)
