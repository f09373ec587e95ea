"""Import an export: read it, type it, check it, merge it with what is there, and commit.

Nothing in the workspace changes before the last step, and that step is one rename.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import duckdb

from workshop.crm import checks, contacts, deals, wide
from workshop.crm.brief import brief
from workshop.crm.columns import RAW, Columns, create_raw
from workshop.crm.commit import commit
from workshop.crm.convert import Converter
from workshop.crm.findings import Imported, SetAside
from workshop.crm.ids import settle_ids
from workshop.crm.merge import no_longer_traits
from workshop.crm.reading import read
from workshop.crm.recognise import (
    CONTACT,
    IGNORED,
    TRAIT,
    Recognised,
    are_headers,
    columns_of,
    recognise,
)
from workshop.crm.rows import build_rows
from workshop.crm.source import Source
from workshop.crm.sql import connect
from workshop.crm.staging import ROWS, Request, Staging
from workshop.crm.store import Store
from workshop.crm.traits import Traits
from workshop.disk import said_of
from workshop.errors import InputError, WorkspaceError
from workshop.workspace import Workspace

__all__ = ["Imported", "import_files", "table_of"]


def import_files(workspace: Workspace, request: Request) -> Imported:
    """Import the files of one table into a workspace.

    Raises ``InputError`` for a wrong call or unusable input and ``WorkspaceError`` for a damaged,
    busy or full workspace; in both cases nothing has changed.
    """
    if not request.files:
        raise InputError("no_files")
    names = Counter(path.name for path in request.files)
    twice = [name for name, times in names.items() if times > 1]
    if twice:
        raise InputError("file_twice", files=twice)
    with _under_way(workspace, request) as (connection, scratch):
        return _import(workspace, request, connection, scratch)


def table_of(workspace: Workspace, request: Request) -> str:
    """Return the name of the table that files would fill, by their headers.

    Raises ``InputError`` where that cannot be told.
    """
    with _under_way(workspace, request) as (connection, scratch):
        _, columns = _read(request, connection, scratch)
        request = _with_settings(workspace, request, columns.headers)
        return _recognise(request, columns.headers).table


def check_own_tables(workspace: Workspace) -> None:
    """Raise ``InputError`` where the tables are those of the client's own warehouse."""
    if workspace.settings.warehouse:
        raise InputError("warehouse_import", path=str(workspace.path))


@contextmanager
def _under_way(
    workspace: Workspace, request: Request
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """Lend a database and a folder to work in; word what goes wrong."""
    check_own_tables(workspace)
    try:
        with workspace.writing(), _scratch(workspace) as scratch:
            connection = connect(scratch)
            try:
                yield connection, scratch
            finally:
                connection.close()
    except InputError as error:
        error.fields = brief(error.fields)
        raise
    except duckdb.OutOfMemoryException as error:
        files = [path.name for path in request.files]
        raise InputError("too_large", files=files) from error
    except (OSError, duckdb.IOException) as error:
        path = str(workspace.path)
        raise WorkspaceError("cannot_write", path=path, problem=said_of(error)) from error


def _read(
    request: Request, connection: duckdb.DuckDBPyConnection, scratch: Path
) -> tuple[list[Source], Columns]:
    sources = [
        read(connection, path, f"_part_{number}", scratch)
        for number, path in enumerate(request.files)
    ]
    return sources, Columns(connection, create_raw(connection, sources))


@contextmanager
def _scratch(workspace: Workspace) -> Iterator[Path]:
    """Lend a folder that goes away with the import, or with the next one after a crash."""
    for left in workspace.path.glob(".import-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=".import-", dir=workspace.path))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_settings(workspace: Workspace, request: Request, headers: Sequence[str]) -> Request:
    """Fill in what the settings say about files of this name; the caller's word goes first.

    What they say of headers that this export does not have is for other exports.
    """
    name = request.files[0].name
    found = next((m for m in workspace.settings.mappings if fnmatch(name, m.files)), None)
    if found is None:
        return request
    names = {header.casefold() for header in headers}
    columns = {h: column for h, column in found.columns.items() if h.casefold() in names}
    return replace(
        request,
        table=request.table or found.table,
        columns={**columns, **request.columns},
        constants={**found.constants, **request.constants},
        stages={**found.stages, **request.stages},
        traits=(*(t for t in found.traits if t.casefold() in names), *request.traits),
    )


def _import(
    workspace: Workspace,
    request: Request,
    connection: duckdb.DuckDBPyConnection,
    scratch: Path,
) -> Imported:
    store = Store(workspace)
    manifest = store.manifest()
    for table in manifest.tables.values():
        store.verify(table)
    if not request.dry_run:
        store.sweep(manifest)
    sources, columns = _read(request, connection, scratch)
    request = _with_settings(workspace, request, columns.headers)
    recognised = _recognise(request, columns.headers)
    _refuse_second_header(columns, sources)
    key = contacts.read_key(workspace.path)
    converter = Converter(
        columns=columns,
        table=recognised.table,
        targets=recognised.targets,
        numeric=frozenset.intersection(*(source.numeric for source in sources)),
        asked=request.asked,
        zone=workspace.settings.time_zone,
        key=key or contacts.new_key(),
    )
    staging = Staging(connection, request, sources, recognised, columns, converter)
    _note_layout(staging)
    traits = build_rows(staging)
    if recognised.table == "deals":
        deals.settle_outcomes(staging)
    checks.require(staging)
    settle_ids(staging)
    checks.look_over(staging, workspace.settings.currency)
    stored = {name: store.folder / table.file for name, table in manifest.tables.items()}
    checks.check_accounts(staging, stored)
    stored_before = manifest.tables.get(staging.table.name)
    gone = no_longer_traits(staging, stored_before, traits.traits)
    staging.note("no_longer_a_trait", len(gone), gone)
    staging.has_history = wide.unfold(staging)
    imported = _account_for(staging, traits)
    if request.dry_run:
        return imported
    return commit(store, staging, traits.traits, imported, None if key else converter.key)


def _recognise(request: Request, headers: Sequence[str]) -> Recognised:
    found = recognise(headers, table=request.table, vendor=request.vendor, given=request.columns)
    names = {header.casefold() for header in headers}
    unknown = [trait for trait in request.traits if trait.casefold() not in names]
    if unknown:
        raise InputError("unknown_header", given=unknown, allowed=list(headers))
    allowed = columns_of(found.table)
    for column in request.constants:
        if column not in allowed:
            raise InputError("unknown_column", given=column, table=found.table, allowed=allowed)
    return found


def _refuse_second_header(columns: Columns, sources: Sequence[Source]) -> None:
    """Raise ``InputError`` where the first record of a file is a header too, in other words."""
    for number, source in enumerate(sources):
        first = columns.rows(
            f"SELECT * EXCLUDE _file FROM {RAW} WHERE _file = {number} ORDER BY _record LIMIT 1"
        )
        for record, *values in first:
            if are_headers([value for value in values if value]):
                line = source.line_of([record])[record]
                raise InputError("two_headers", path=source.path.name, line=line)


def _note_layout(staging: Staging) -> None:
    sources = staging.sources
    staging.note("footer", sum(source.footer_lines for source in sources))
    staging.note("repeated_header", sum(len(source.repeated_headers) for source in sources))
    staging.note("unknown_characters", sum(source.unknown_characters for source in sources))
    others = [sheet for source in sources for sheet in source.other_sheets]
    staging.note("other_sheets", len(others), (), others)
    for source in sources:
        name = source.path.name
        staging.aside += [
            SetAside(name, line, None, None, "repeated_header") for line in source.repeated_headers
        ]
        staging.aside += [
            SetAside(name, reject.line, None, None, reject.reason) for reject in source.rejects
        ]


def _account_for(staging: Staging, traits: Traits) -> Imported:
    """Add up the rows; raise where one is missing, or where none is left."""
    kept = staging.number(f"SELECT count(*) FROM {ROWS}") + staging.merged_rows
    rows = sum(source.records for source in staging.sources)
    aside = len(staging.aside)
    if rows != kept + aside:
        raise WorkspaceError("rows_unaccounted", rows=rows, kept=kept, aside=aside)
    if kept == 0:
        reasons = sorted({item.reason for item in staging.aside})
        raise InputError("nothing_kept", files=list(staging.file_names), reasons=reasons)
    mapping: dict[str, str | None] = {
        header: target if target not in (CONTACT, IGNORED, TRAIT) else None
        for header, target in staging.recognised.targets.items()
    }
    return Imported(
        table=staging.table.name,
        files=staging.file_names,
        rows=rows,
        kept=kept,
        set_aside=tuple(staging.aside),
        mapping=mapping | {header: header for header in traits.traits},
        traits=tuple(traits.traits),
        findings=tuple(staging.findings),
        set_aside_file=None,
        changed=False,
    )
