"""Take a contact, or a colleague who owns records, out of the tables, their history and the rest.

A lead goes with its activities and stages; a deal stays, without the lead. An owner's records stay
and belong to someone unknown. What holds a person's name, address or number in any other column
is emptied.
"""

from __future__ import annotations

import csv
import io
import os
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from workshop.crm.find_contact import Contact
from workshop.crm.schema import TABLES
from workshop.crm.sql import connect, identifier, literal, literals, path_literal
from workshop.crm.store import ImportRecord, Manifest, Store, StoredTable, digest_of
from workshop.redaction import REMOVED, folded, pattern_of
from workshop.workspace import Workspace, sync_folder, write_atomically

_OWNERS = ("owner",)
_RECORD = {"stage_history": "lead", "activities": "lead"}


class Taken(BaseModel):
    """How much of the tables went: the files that were written anew, and the rows in them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: tuple[str, ...] = ()
    rows: int = 0


def erase_contact(workspace: Workspace, contact: Contact, *, dry: bool = False) -> Taken:
    """Write every table, and what imports changed and set aside, without a contact.

    All of it is in force at once, by one rename. Done twice it changes nothing.
    """
    store = Store(workspace)
    manifest = store.manifest()
    connection = connect()
    written: dict[str, tuple[str, int]] = {}
    try:
        names = {stored.file: table for table, stored in manifest.tables.items()}
        for name in [*names, *manifest.changes]:
            found = _rewritten(connection, store, name, names.get(name), contact, manifest, dry)
            if found is not None:
                written[name] = found
    finally:
        connection.close()
    after = _after(store, manifest, written, contact, dry=dry)
    taken = Taken(files=tuple(written), rows=sum(rows for _, rows in written.values()))
    if dry or after == manifest:
        return taken
    sync_folder(store.folder)
    store.commit(after.model_copy(update={"sequence": manifest.sequence + 1}))
    return taken


def _rewritten(
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    name: str,
    table: str | None,
    contact: Contact,
    manifest: Manifest,
    dry: bool,
) -> tuple[str, int] | None:
    """Write one Parquet file without a contact; return its new name and how many rows differ."""
    source = f"read_parquet({path_literal(store.folder / name)})"
    types = {str(r[0]): str(r[1]) for r in connection.execute(f"DESCRIBE FROM {source}").fetchall()}
    columns = ", ".join(_column(c, kind, table, contact) for c, kind in types.items())
    keep = f"NOT coalesce({_is_theirs(table, types, contact)}, false)"
    chosen = f"SELECT {columns} FROM {source} WHERE {keep}"
    counted = f"SELECT count(*) FROM (FROM {source} EXCEPT ALL ({chosen}))"
    (rows,) = connection.execute(counted).fetchone() or (0,)
    if not rows:
        return None
    fresh = f"{Path(name).stem.rpartition('-')[0] or 'table'}-{manifest.sequence + 1}.parquet"
    if table is None:
        fresh = f"{Path(name).stem}-{manifest.sequence + 1}.parquet"
    if not dry:
        target = store.folder / fresh
        connection.execute(
            f"COPY ({chosen}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION snappy)"
        )
        with target.open("rb") as file:
            os.fsync(file.fileno())
    return fresh, int(rows)


def _is_theirs(table: str | None, types: dict[str, str], contact: Contact) -> str:
    """Return the SQL of the rows that go as a whole."""
    leads, accounts = literals(contact.leads) or "NULL", literals(contact.accounts) or "NULL"
    if table is None:
        return (
            f"(\"table\" = 'leads' AND id IN ({leads})) "
            f"OR (\"table\" = 'accounts' AND id IN ({accounts}))"
        )
    if table == "leads":
        return f"lead_id IN ({leads})"
    if table in ("accounts", "account_events"):
        return f"account_id IN ({accounts})"
    if table in _RECORD and "record" in types:
        return (
            f"(record = 'lead' AND record_id IN ({leads})) "
            f"OR (record = 'account' AND record_id IN ({accounts}))"
        )
    return "false"


def _column(column: str, kind: str, table: str | None, contact: Contact) -> str:
    """Return the SQL of a column without what tells of a contact."""
    name = identifier(column)
    if kind != "VARCHAR" or column in ("_source", "table", "column", "outcome", "record"):
        return name
    if table is not None and column == TABLES[table].key:
        return name
    sql = name
    if contact.redaction.within:
        pattern = literal(f"(?i){pattern_of(contact.redaction.within)}")
        sql = f"regexp_replace({sql}, {pattern}, {literal(REMOVED)}, 'g')"
    gone = {"lead_id": contact.leads, "account_id": contact.accounts}.get(column, ())
    if column in ("old", "new"):
        gone = (*contact.leads, *contact.accounts)
    if column in (*_OWNERS, "old", "new") and contact.owners:
        known = f"lower(trim({name})) IN ({literals(folded(one) for one in contact.owners)})"
        sql = f"CASE WHEN {known} THEN {literal(contact.stranger)} ELSE {sql} END"
    values = [folded(one) for one in (*contact.redaction.whole, *gone)]
    if values and column not in _OWNERS:
        sql = f"CASE WHEN lower(trim({name})) IN ({literals(values)}) THEN NULL ELSE {sql} END"
    return sql if sql == name else f"{sql} AS {name}"


def _after(
    store: Store,
    manifest: Manifest,
    written: dict[str, tuple[str, int]],
    contact: Contact,
    *,
    dry: bool,
) -> Manifest:
    """Return the manifest of what was written; set-aside files are written on the way."""
    records = {
        name: _record(store, record, contact, manifest.sequence + 1, dry)
        for name, record in manifest.imports.items()
    }
    tables = {
        name: stored if stored.file not in written or dry else _stored(store, stored, written)
        for name, stored in manifest.tables.items()
    }
    changes = tuple(written[name][0] if name in written else name for name in manifest.changes)
    return manifest.model_copy(update={"tables": tables, "imports": records, "changes": changes})


def _stored(store: Store, stored: StoredTable, written: dict[str, tuple[str, int]]) -> StoredTable:
    file, _ = written[stored.file]
    path = store.folder / file
    rows = pq.read_metadata(path).num_rows
    return stored.model_copy(update={"file": file, "rows": rows, "digest": digest_of(path)})


def _record(
    store: Store, record: ImportRecord, contact: Contact, sequence: int, dry: bool
) -> ImportRecord:
    findings = tuple(
        replace(one, examples=tuple(text for text in one.examples if not _tells(text, contact)))
        for one in record.findings
    )
    aside = record.set_aside_file
    path = store.folder / aside if aside else None
    if path is not None and path.is_file() and not dry:
        before = path.read_bytes()
        content = _without_rows(before, contact)
        if content != before:
            aside = f"{path.stem}-{sequence}.csv"
            write_atomically(store.folder / aside, content)
    return record.model_copy(update={"findings": findings, "set_aside_file": aside})


def _without_rows(content: bytes, contact: Contact) -> bytes:
    """Return a CSV of what was set aside without the rows that tell of a contact."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows(row for row in rows if not any(_tells(cell, contact) for cell in row))
    return text.getvalue().encode("utf-8-sig") if len(rows) else content


def _tells(text: str, contact: Contact) -> bool:
    ids = {*contact.leads, *contact.accounts, *contact.owners}
    return contact.redaction.text(text) != text or text.removeprefix("'") in ids
