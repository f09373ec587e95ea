"""Whether the CRM tables are what their imports wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from workshop.crm import contacts
from workshop.crm.sql import connect, path_literal
from workshop.crm.store import MANIFEST, Manifest, Store, StoredTable
from workshop.errors import WorkspaceError
from workshop.health import Part
from workshop.workspace import Workspace


def data_health(workspace: Workspace) -> tuple[Part, ...]:
    """Return each part of the data: the list of tables, the tables, what goes with them, the key.

    Every byte is read. A workspace into which nothing was imported has no parts.
    """
    store = Store(workspace)
    if not store.folder.is_dir():
        return ()
    place = f"{store.folder.name}/{MANIFEST}"
    try:
        manifest = store.read_manifest()
    except WorkspaceError as error:
        tables = [path.stem for path in sorted(store.folder.glob("*.parquet"))]
        fields: dict[str, object] = {"problem": error.fields["problem"], "tables": tables}
        if (store.folder / MANIFEST).exists():
            return (Part("manifest", place, "damaged", "manifest_unreadable", fields),)
        return (Part("manifest", place, "lost", "manifest_missing", fields),)
    return (Part("manifest", place), *_files(store, manifest), *_key(workspace, manifest))


def _files(store: Store, manifest: Manifest) -> Iterator[Part]:
    connection = connect()
    try:
        for name, stored in sorted(manifest.tables.items()):
            yield _table(store, name, stored, connection)
        for file in manifest.changes:
            place = _place(store, file)
            if _rows(connection, store.folder / file) is None:
                yield Part("changes", place, "damaged", "changes_unreadable")
            else:
                yield Part("changes", place)
    finally:
        connection.close()
    for record in manifest.imports.values():
        aside = record.set_aside_file
        if aside and not (store.folder / aside).is_file():
            yield Part("set_aside", _place(store, aside), "lost", "set_aside_missing")


def _table(
    store: Store, name: str, stored: StoredTable, connection: duckdb.DuckDBPyConnection
) -> Part:
    path, place = store.folder / stored.file, _place(store, stored.file)
    fields: dict[str, object] = {"table": name, "rows": stored.rows}
    if not path.is_file():
        return Part("table", place, "lost", "table_missing", fields)
    rows = _rows(connection, path)
    if rows is None:
        return Part("table", place, "damaged", "table_unreadable", fields)
    try:
        store.verify(stored)
    except WorkspaceError:
        return Part("table", place, "damaged", "table_altered", fields)
    if rows != stored.rows:
        found = {**fields, "found": rows}
        return Part("table", place, "damaged", "table_rows", found)
    return Part("table", place, fields=fields)


def _rows(connection: duckdb.DuckDBPyConnection, path: Path) -> int | None:
    """Return the number of rows, having read every value; ``None`` where that cannot be done."""
    query = f"SELECT count(*), max(hash(t)) FROM read_parquet({path_literal(path)}) t"
    try:
        row = connection.execute(query).fetchone()
    except duckdb.Error:
        return None
    return int(row[0]) if row else 0


def _key(workspace: Workspace, manifest: Manifest) -> Iterator[Part]:
    if not manifest.tables:
        return
    place = contacts.KEY_FILE
    try:
        key = contacts.read_key(workspace.path)
    except (OSError, WorkspaceError):
        yield Part("key", place, "damaged", "key_unusable")
        return
    if key is None:
        yield Part("key", place, "lost", "key_missing")
    else:
        yield Part("key", place)


def _place(store: Store, file: str) -> str:
    return f"{store.folder.name}/{file}"
