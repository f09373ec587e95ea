"""The CRM tables as CSV, and back as they were: types beside them, no cell that a sheet runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict

from workshop.cells import RUN, SEPARATORS, inert
from workshop.crm import contacts
from workshop.crm.sql import connect, identifier, literal, path_literal
from workshop.crm.store import MANIFEST, Manifest, Store, digest_of
from workshop.disk import said_of
from workshop.errors import InputError, WorkspaceError
from workshop.workspace import Workspace

FOLDER = "data"
TYPES = "types.json"
KEY = "owner-key.txt"
_TEXT = "VARCHAR"
_LONGEST_LINE = 64_000_000
_WRITTEN = "FORMAT csv, HEADER, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR ''"
_READ = "header = true, delim = ',', quote = '\"', escape = '\"', nullstr = ''"
_STARTS = rf"^['{RUN}\t\r\n]"
"""What a sheet would run gets an apostrophe before it; so does what begins with one already."""
_FURTHER = f"([{SEPARATORS}])('*[{RUN}])"
_WITH = r"\1'\2"
_FURTHER_BACK = f"([{SEPARATORS}])'('*[{RUN}])"
_WITHOUT = r"\1\2"


class Types(BaseModel):
    """The columns of each CSV file and their types, by the name of the file without its ending."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: dict[str, dict[str, str]]


def write_tables(workspace: Workspace, folder: Path) -> None:
    """Write every table in force, what imports changed and set aside, and the key of the owners.

    Raises ``WorkspaceError`` for a table that is not what was imported.
    """
    store = Store(workspace)
    manifest = store.manifest()
    for stored in manifest.tables.values():
        store.verify(stored)
    folder.mkdir()
    types = {}
    connection = connect()
    try:
        for name in _parquet_files(manifest):
            types[Path(name).stem] = _to_csv(connection, store.folder / name, folder)
    finally:
        connection.close()
    for record in manifest.imports.values():
        if record.set_aside_file:
            shutil.copyfile(store.folder / record.set_aside_file, folder / record.set_aside_file)
    _write_text(folder / TYPES, Types(files=types).model_dump_json(indent=1))
    _write_text(folder / MANIFEST, manifest.model_dump_json(indent=1))
    key = contacts.read_key(workspace.path)
    if key is not None:
        _write_text(folder / KEY, key.hex())
        (folder / KEY).chmod(0o600)


def read_tables(folder: Path, workspace: Workspace) -> None:
    """Make the tables of a workspace out of what `write_tables` wrote.

    Raises ``InputError`` (``export_altered``) for what it cannot have written.
    """
    try:
        _read_tables(folder, workspace)
    except (ValueError, KeyError, duckdb.Error) as error:
        altered = [f"{FOLDER}/"]
        raise InputError("export_altered", path=str(folder.parent), files=altered) from error


def _read_tables(folder: Path, workspace: Workspace) -> None:
    manifest = Manifest.model_validate_json((folder / MANIFEST).read_text("utf-8"))
    types = Types.model_validate_json((folder / TYPES).read_text("utf-8"))
    store = Store(workspace)
    key = folder / KEY
    if key.is_file():
        contacts.write_key(workspace.path, bytes.fromhex(key.read_text("utf-8").strip()))
    if not manifest.tables:
        return
    store.prepare()
    connection = connect()
    try:
        for name in _parquet_files(manifest):
            stem = Path(name).stem
            _to_parquet(connection, folder / f"{stem}.csv", types.files[stem], store.folder / name)
    finally:
        connection.close()
    for record in manifest.imports.values():
        if record.set_aside_file:
            shutil.copyfile(folder / record.set_aside_file, store.folder / record.set_aside_file)
    tables = {
        name: stored.model_copy(update={"digest": digest_of(store.folder / stored.file)})
        for name, stored in manifest.tables.items()
    }
    store.commit(manifest.model_copy(update={"tables": tables}))


def _parquet_files(manifest: Manifest) -> list[str]:
    return [*(stored.file for stored in manifest.tables.values()), *manifest.changes]


def _to_csv(connection: duckdb.DuckDBPyConnection, path: Path, folder: Path) -> dict[str, str]:
    """Write a Parquet file as CSV; return its columns and their types."""
    source = f"read_parquet({path_literal(path)})"
    target = literal(str(folder / f"{path.stem}.csv"))
    try:
        rows = connection.execute(f"DESCRIBE FROM {source}").fetchall()
        types = {str(row[0]): str(row[1]) for row in rows}
        columns = ", ".join(_inert(name, kind) for name, kind in types.items())
        connection.execute(f"COPY (SELECT {columns} FROM {source}) TO {target} ({_WRITTEN})")
    except duckdb.Error as error:
        raise WorkspaceError("damaged_data", path=str(path), problem=said_of(error)) from error
    return types


def _to_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, types: dict[str, str], target: Path
) -> None:
    """Write a CSV file of ours as the Parquet file that it came from."""
    known = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in types.items())
    source = (
        f"read_csv({path_literal(path)}, {_READ}, allow_quoted_nulls = false, "
        f"auto_detect = false, parallel = false, max_line_size = {_LONGEST_LINE}, "
        f"columns = {{{known}}})"
    )
    columns = ", ".join(_as_it_was(name, kind) for name, kind in types.items())
    connection.execute(
        f"COPY (SELECT {columns} FROM {source}) TO {literal(str(target))} "
        "(FORMAT parquet, COMPRESSION snappy)"
    )


def _inert(name: str, kind: str) -> str:
    """Return what selects a column as `workshop.cells.inert` has it, so that it can come back."""
    column, header = identifier(name), identifier(inert(name))
    if kind != _TEXT:
        return f"{column} AS {header}"
    starts = f"regexp_matches({column}, {literal(_STARTS)})"
    further = f"regexp_replace({column}, {literal(_FURTHER)}, {literal(_WITH)}, 'g')"
    return f"CASE WHEN {starts} THEN '''' ELSE '' END || {further} AS {header}"


def _as_it_was(name: str, kind: str) -> str:
    column = identifier(name)
    if kind != _TEXT:
        return column
    plain = f"CASE WHEN {column}[1] = '''' THEN {column}[2:] ELSE {column} END"
    back = f"regexp_replace({plain}, {literal(_FURTHER_BACK)}, {literal(_WITHOUT)}, 'g')"
    return f"{back} AS {column}"


def _write_text(path: Path, text: str) -> None:
    path.write_text(text + "\n", "utf-8", newline="\n")
