"""Find whom a name, an address or an id means in the CRM tables."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterator

import duckdb
from pydantic import BaseModel, ConfigDict

from workshop.crm import contacts
from workshop.crm.schema import TABLES
from workshop.crm.sql import connect, identifier, literal, literals, path_literal
from workshop.crm.store import Manifest, Store
from workshop.errors import InputError
from workshop.redaction import Redaction, folded, pattern_of
from workshop.workspace import Workspace

_OURS = ("_source", "account", "medium", "country")
_MOST_SHOWN = 8
_SHORTEST = 3


class Contact(BaseModel):
    """Someone in the CRM: the ids of their records, and what else names them.

    ``owners`` are how they stand as the owner of records; ``stranger`` takes their place there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    leads: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    stranger: str = ""
    redaction: Redaction = Redaction()


class _Tables:
    """The tables in force, for looking things up."""

    def __init__(self, store: Store, manifest: Manifest, connection: duckdb.DuckDBPyConnection):
        self.manifest = manifest
        self._connection = connection
        self._aside = [
            store.folder / record.set_aside_file
            for record in manifest.imports.values()
            if record.set_aside_file
        ]
        self._sources = {
            name: f"read_parquet({path_literal(store.folder / stored.file)})"
            for name, stored in manifest.tables.items()
        }

    def texts(self, table: str) -> list[str]:
        """Return the columns of a table that hold text; none where there is no such table."""
        if table not in self._sources:
            return []
        rows = self._connection.execute(f"DESCRIBE FROM {self._sources[table]}").fetchall()
        return [str(row[0]) for row in rows if str(row[1]) == "VARCHAR"]

    def set_aside(self) -> set[str]:
        """Return every cell of what imports set aside."""
        cells: set[str] = set()
        for path in self._aside:
            with path.open(encoding="utf-8-sig", newline="") as file:
                cells.update(cell for row in csv.reader(file) for cell in row)
        return cells

    def contact_columns(self, table: str) -> list[str]:
        """Return the columns that were kept because contacts were asked for."""
        stored = self.manifest.tables.get(table)
        known = {*TABLES[table].columns, *_OURS, *(stored.traits if stored else ())}
        return [column for column in self.texts(table) if column not in known]

    def ids(self, table: str, where: str) -> tuple[str, ...]:
        """Return the ids of the rows that meet a condition."""
        key = TABLES[table].key or ""
        sql = f"SELECT DISTINCT {identifier(key)} FROM {self._sources[table]} WHERE {where}"
        return tuple(sorted(str(row[0]) for row in self._connection.execute(sql).fetchall()))

    def values(self, table: str, column: str, where: str) -> set[str]:
        """Return what a column says in the rows that meet a condition."""
        name = identifier(column)
        sql = f"SELECT DISTINCT {name} FROM {self._sources[table]} WHERE ({where})"
        found = self._connection.execute(f"{sql} AND {name} IS NOT NULL").fetchall()
        return {str(row[0]) for row in found}


def find_contact(workspace: Workspace, given: str) -> Contact:
    """Find whom an id, an e-mail address, a phone number or a name means.

    What the import made a keyed hash of is found by what it was. Raises ``InputError``:
    ``no_such_contact``; ``several_contacts`` with the ids, where a name is that of several;
    ``warehouse_no_contact`` where the tables are in the client's own warehouse.
    """
    store = Store(workspace)
    manifest = store.manifest()
    if workspace.settings.warehouse and not manifest.tables:
        raise InputError("warehouse_no_contact", path=str(workspace.path), given=given)
    key = contacts.read_key(workspace.path)
    spelled = {given.strip()}
    if key is not None:
        spelled |= {contacts.pseudonyms([given], key, prefix)[given] for prefix in ("c-", "p-")}
    connection = connect()
    try:
        tables = _Tables(store, manifest, connection)
        return _found(tables, given.strip(), sorted(spelled))
    finally:
        connection.close()


def _found(tables: _Tables, given: str, spelled: list[str]) -> Contact:
    leads = _by_id(tables, "leads", spelled) or _by_contact(tables, "leads", given)
    accounts = _by_id(tables, "accounts", spelled) or _by_contact(tables, "accounts", given, "name")
    owners = tuple(sorted(_owners(tables, spelled)))
    values = {given} - {*leads, *accounts}
    for table, ids in (("leads", leads), ("accounts", accounts)):
        values |= _own_values(tables, table, ids)
    within = tuple(sorted(one for one in values if _is_plain(one)))
    if not (leads or accounts or owners or _stands_somewhere(tables, values, within)):
        raise InputError("no_such_contact", given=given)
    others = {one: f"forgotten-{secrets.token_hex(4)}" for one in (*leads, *accounts)}
    return Contact(
        leads=leads,
        accounts=accounts,
        owners=owners,
        stranger=f"p-{secrets.token_hex(8)}",
        redaction=Redaction(whole=dict.fromkeys(sorted(values), ""), within=within, ids=others),
    )


def _by_id(tables: _Tables, table: str, spelled: list[str]) -> tuple[str, ...]:
    if not tables.texts(table):
        return ()
    return tables.ids(table, f"{TABLES[table].key} IN ({literals(spelled)})")


def _by_contact(tables: _Tables, table: str, given: str, *also: str) -> tuple[str, ...]:
    """Return the rows in which someone stands by name or address; an address is one person's."""
    columns = [*tables.contact_columns(table), *(c for c in also if c in tables.texts(table))]
    if not columns:
        return ()
    found = tables.ids(table, " OR ".join(_says(column, given) for column in columns))
    if len(found) > 1 and "@" not in given:
        raise InputError("several_contacts", given=given, ids=list(found[:_MOST_SHOWN]))
    return found


def _owners(tables: _Tables, spelled: list[str]) -> Iterator[str]:
    for table in ("leads", "deals", "stage_history"):
        if "owner" in tables.texts(table):
            wanted = literals(folded(one) for one in spelled)
            yield from tables.values(table, "owner", f"lower(trim(owner)) IN ({wanted})")


def _own_values(tables: _Tables, table: str, ids: tuple[str, ...]) -> set[str]:
    """Return the names, addresses and numbers in someone's own rows, and in nobody else's."""
    if not ids:
        return set()
    theirs = f"{TABLES[table].key} IN ({literals(ids)})"
    columns = [*tables.contact_columns(table), *(("name",) if table == "accounts" else ())]
    own: set[str] = set()
    for column in columns:
        others = {folded(one) for one in tables.values(table, column, f"NOT ({theirs})")}
        said = tables.values(table, column, theirs)
        own |= {one for one in said if folded(one) not in others and len(one) >= _SHORTEST}
    return own


def _stands_somewhere(tables: _Tables, values: set[str], within: tuple[str, ...]) -> bool:
    wanted = Redaction(whole=dict.fromkeys(values, ""), within=within)
    if any(wanted.text(cell) != cell for cell in tables.set_aside()):
        return True
    for table in tables.manifest.tables:
        for column in tables.texts(table):
            name = identifier(column)
            tests = [_says(column, one) for one in values]
            if within:
                tests.append(f"regexp_matches({name}, {literal('(?i)' + pattern_of(within))})")
            if tests and tables.values(table, column, " OR ".join(tests)):
                return True
    return False


def _says(column: str, given: str) -> str:
    return f"lower(trim({identifier(column)})) = {literal(folded(given))}"


def _is_plain(text: str) -> bool:
    """Tell what nobody writes by accident: an address, a number, a name of several words."""
    return "@" in text or len(text.split()) > 1 or sum(c.isdigit() for c in text) >= 8
