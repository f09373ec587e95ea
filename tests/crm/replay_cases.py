"""Small CRMs for the tests of definitions: leads, accounts, activities and deals from lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import ibis
import pandas as pd

from workshop.crm.schema import DUCKDB_TYPES, TABLES
from workshop.crm.sql import identifier
from workshop.crm.store import Manifest, StoredTable, Trait
from workshop.crm.tables import Tables

ZONE = "Europe/Brussels"


def types(table: str, own: Mapping[str, Trait] | None = None) -> dict[str, str]:
    """Return a canonical table's columns with their types in SQL."""
    columns = {name: DUCKDB_TYPES[kind] for name, kind in TABLES[table].columns.items()}
    return columns | dict.fromkeys(own or {}, "VARCHAR")


def make_tables(
    rows: Mapping[str, Iterable[Mapping[str, Any]]],
    *,
    traits: Mapping[str, Trait] | None = None,
    as_of: dt.date | None = dt.date(2026, 12, 31),
) -> Tables:
    """Return the tables of a CRM; what a row does not say is null."""
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    raw, stored = {}, {}
    for table, records in rows.items():
        own = dict(traits or {}) if table == "leads" else {}
        columns = types(table, own)
        described = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
        connection.raw_sql(f'CREATE TABLE "{table}" ({described})')
        records = list(records)
        frame = pd.DataFrame(records, columns=list(columns), dtype=object)
        connection.con.register("given", frame.where(frame.notna(), None))
        connection.raw_sql(f"INSERT INTO {identifier(table)} SELECT * FROM given")
        connection.con.unregister("given")
        raw[table] = connection.table(table)
        stored[table] = StoredTable(file="table.parquet", rows=len(records), traits=own)
    return Tables(
        raw=raw,
        manifest=Manifest(tables=stored),
        zone=ZONE,
        currency="EUR",
        rates=None,
        as_of=as_of,
    )
