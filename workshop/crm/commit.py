"""Put an import in force: tables, what was set aside, the key, and last the manifest."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from workshop.cells import inert
from workshop.crm import contacts, merge, wide
from workshop.crm.findings import Imported, SetAside
from workshop.crm.schema import TABLES
from workshop.crm.staging import ROWS, Staging
from workshop.crm.store import ImportRecord, Manifest, Store, StoredTable, Trait
from workshop.workspace import write_atomically


def commit(
    store: Store, staging: Staging, traits: dict[str, Trait], imported: Imported, key: bytes | None
) -> Imported:
    """Write the tables and put them in force; a repeated import of equal files changes nothing.

    ``key`` is the workspace's new one, where this import needed the first.
    """
    store.prepare()
    manifest = store.manifest()
    sequence = manifest.sequence + 1
    tables, changes = _write_tables(store, manifest, staging, traits)
    name = f"{imported.table}: {', '.join(imported.files)}"
    record = ImportRecord(
        table=imported.table,
        files=imported.files,
        rows=imported.rows,
        kept=imported.kept,
        set_aside=len(imported.set_aside),
        mapping=imported.mapping,
        findings=imported.findings,
        set_aside_file=_write_set_aside(store, manifest.imports.get(name), imported, sequence),
    )
    after = Manifest(
        sequence=manifest.sequence,
        tables=tables,
        imports={**manifest.imports, name: record},
        changes=changes,
    )
    changed = after != manifest
    if changed:
        if key is not None:
            contacts.write_key(store.workspace.path, key)
        store.commit(after.model_copy(update={"sequence": sequence}))
    path = store.folder / record.set_aside_file if record.set_aside_file else None
    return imported._replace(set_aside_file=path, changed=changed)


def _write_tables(
    store: Store, manifest: Manifest, staging: Staging, traits: dict[str, Trait]
) -> tuple[dict[str, StoredTable], tuple[str, ...]]:
    """Write the tables that change; return all tables and files of changes."""
    tables, changes = dict(manifest.tables), list(manifest.changes)
    steps = [merge.Rows(staging.table, ROWS, traits, staging.filled)]
    if staging.has_history:
        steps.append(merge.Rows(TABLES["stage_history"], wide.RELATION, {}, wide.FILLED))
    for rows in steps:
        before = tables.get(rows.table.name)
        written = merge.merge(staging, rows, before, store.folder, manifest.sequence + 1)
        if written.table is not None:
            tables[rows.table.name] = written.table
        if written.changes is not None:
            changes.append(written.changes)
    return tables, tuple(changes)


def _write_set_aside(
    store: Store, before: ImportRecord | None, imported: Imported, sequence: int
) -> str | None:
    """Write what was set aside, unless the last import of these files set aside the same."""
    if not imported.set_aside:
        return None
    content = set_aside_csv(imported.set_aside)
    if before is not None and before.set_aside_file:
        old = store.folder / before.set_aside_file
        if old.is_file() and old.read_bytes() == content:
            return before.set_aside_file
    name = f"set-aside-{imported.table}-{sequence}.csv"
    write_atomically(store.folder / name, content)
    return name


def set_aside_csv(rows: Sequence[SetAside]) -> bytes:
    """Return the records that were set aside as CSV, no cell of which a spreadsheet runs."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(SetAside._fields)
    for row in sorted(rows, key=lambda item: (item.file, item.line)):
        writer.writerow(["" if cell is None else inert(str(cell)) for cell in row])
    return text.getvalue().encode("utf-8-sig")
