"""Read a client's own warehouse in place of an import: nothing is taken out, nothing written.

What tells an import's tables, such as their rows, is asked once, when they are opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import ibis.expr.types as ir
from ibis.common.exceptions import TableNotFound

from workshop.crm import contacts
from workshop.crm.engines import connect, shown
from workshop.crm.findings import Finding, counted
from workshop.crm.mapped import ONLY_OURS, Place, canonical, columns_of
from workshop.crm.readable import readable
from workshop.crm.schema import TABLES
from workshop.crm.store import ImportRecord, Manifest, StoredTable
from workshop.errors import InputError, WorkspaceError
from workshop.warehouse import Warehouse, WarehouseTable, check_address
from workshop.workspace import Workspace

_MOST_PARTS = 3


class Opened(NamedTuple):
    """The tables of a warehouse as ours, and what is known of each."""

    raw: dict[str, ir.Table]
    manifest: Manifest


def open_warehouse(workspace: Workspace, warehouse: Warehouse) -> Opened:
    """Open a client's warehouse.

    Raises ``WorkspaceError`` where it lets nobody in or has none of our tables, ``InputError``
    for a table that does not fit what is said of it.
    """
    unknown = sorted({*warehouse.tables} - {*TABLES})
    if unknown:
        raise InputError("warehouse_no_table_of_ours", given=unknown, allowed=list(TABLES))
    address = check_address(warehouse.url)
    connection = connect(address)
    salt = _salt(workspace)
    raw: dict[str, ir.Table] = {}
    stored: dict[str, StoredTable] = {}
    records: dict[str, ImportRecord] = {}
    for name in warehouse.tables or TABLES:
        said = warehouse.tables.get(name, WarehouseTable())
        place = Place(name, said.view or name, said, warehouse.time_zone, salt)
        with connection.wording():
            table = _table(connection, place)
            if table is None and name in warehouse.tables:
                raise _no_view(place)
            if table is None:
                continue
            made, traits = canonical(table, place)
        raw[name] = connection.view(made)
        rows, findings = _counted(raw[name], place)
        stored[name] = StoredTable(file=f"{name}.view", rows=rows, traits=traits)
        records[name] = _record(table, place, rows, findings)
    if not raw:
        raise WorkspaceError("warehouse_empty", place=shown(address), allowed=list(TABLES))
    return Opened(raw, Manifest(tables=stored, imports=records))


def _no_view(place: Place) -> InputError:
    """Return the error about a table that is not there, or may not be read."""
    return place.wrong("warehouse_no_view")


def _table(connection: Any, place: Place) -> ir.Table | None:
    """Return what may be read of the client's table; ``None`` where none has that name."""
    *above, name = place.view.split(".")
    if len(above) >= _MOST_PARTS:
        raise _no_view(place)
    database = tuple(above) if len(above) > 1 else next(iter(above), None)
    for spelled in _spellings(connection, database, name):
        with suppress(TableNotFound):
            found = readable(connection.table(spelled, database=database))
            if found is None:
                raise _no_view(place)
            return found
    return None


def _spellings(connection: Any, database: Any, name: str) -> Iterator[str]:
    """Yield how a table may be spelled; capitals make no difference where one alone is alike."""
    yield from dict.fromkeys((name, name.upper()))
    if connection.name == "postgres":
        there = connection.list_tables(database=database)
        alike = [one for one in there if one.casefold() == name.casefold()]
        yield from alike if len(alike) == 1 else ()


def _counted(table: ir.Table, place: Place) -> tuple[int, tuple[Finding, ...]]:
    """Count the rows, and those whose words are none of ours; refuse an id that is no id."""
    key = TABLES[place.name].key
    columns = sorted(ONLY_OURS.keys() & {*table.columns})
    wanted = {f"no_{name}": _is_no_word(table, name).sum() for name in columns}
    if key is not None:
        wanted |= {"known": table[key].count(), "different": table[key].nunique()}
    row = table.agg(rows=table.count(), **wanted).execute().iloc[0]
    if key is not None and row["different"] < row["rows"]:
        raise place.wrong(
            "warehouse_repeats",
            column=key,
            n=int(row["known"] - row["different"]),
            empty=int(row["rows"] - row["known"]),
        )
    # no rows have no sum
    unknown = [name for name in columns if row["rows"] and row[f"no_{name}"]]
    return int(row["rows"]), tuple(_unknown_words(table, name) for name in unknown)


def _is_no_word(table: ir.Table, name: str) -> ir.BooleanColumn:
    return table[name].notin(sorted(ONLY_OURS[name])).fill_null(False)


def _unknown_words(table: ir.Table, name: str) -> Finding:
    """Return what a column says that is none of our words, and so counts for nothing."""
    others = table.filter(_is_no_word(table, name))
    found = others.group_by(name).agg(rows=others.count()).execute()
    examples = counted(zip(found[name], found["rows"], strict=True))
    return Finding("unknown_word", int(found["rows"].sum()), (name,), examples)


def _record(
    table: ir.Table, place: Place, rows: int, findings: tuple[Finding, ...]
) -> ImportRecord:
    """Return what stands for the import of a table."""
    mapping: dict[str, str | None] = {
        theirs: ours for ours, theirs in columns_of(table, place).items()
    }
    return ImportRecord(
        table=place.name,
        files=(place.view,),
        rows=rows,
        kept=rows,
        set_aside=0,
        mapping=mapping,
        findings=findings,
    )


def _salt(workspace: Workspace) -> str:
    """Return what goes into the stand-ins of people; the key itself does not leave the folder."""
    key = contacts.read_key(workspace.path)
    if key is None:
        with suppress(FileExistsError):
            contacts.write_key(workspace.path, contacts.new_key())
        key = contacts.read_key(workspace.path) or b""
    return hashlib.blake2b(b"warehouse", key=key, digest_size=16).hexdigest()
