"""Merge imported rows with those of earlier imports, and keep what changed as history.

A row with an id replaces the one of that id, but for columns that this export does not have. Rows
of tables without an id replace those that say the same thing (``NATURAL_KEYS``). Rows that got an
id from their place in a file replace those of the earlier import of that file.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from workshop.crm.convert import HELPER_KINDS, to_utc
from workshop.crm.recognise import TRAIT
from workshop.crm.schema import DUCKDB_TYPES, Table
from workshop.crm.sql import identifier, literal, literals, path_literal
from workshop.crm.staging import Staging
from workshop.crm.store import StoredTable, Trait, digest_of

NATURAL_KEYS = {
    "stage_history": ("record", "record_id", "stage", "entered_at"),
    "traffic": ("period", "source", "campaign"),
    "account_events": ("account_id", "account", "kind", "at", "amount", "currency"),
}
_NAMED_ACCOUNTS = ("leads", "deals", "account_events")
_SPENT = frozenset(HELPER_KINDS) - {"account", "medium", "country"}
"""Helper columns that have done their work once the outcome is decided."""


class Rows(NamedTuple):
    """Rows to merge: the relation they are in, their traits, and the columns that are filled."""

    table: Table
    relation: str
    traits: dict[str, Trait]
    filled: frozenset[str]


class Merged(NamedTuple):
    """The table as written, and the file of changes; ``None`` for what did not change."""

    table: StoredTable | None
    changes: str | None


@dataclass(frozen=True)
class _Shape:
    """The columns of a merged table, their types, and those that this export fills."""

    types: dict[str, str]
    filled: frozenset[str]

    @property
    def columns(self) -> list[str]:
        return list(self.types)


def merge(
    staging: Staging, rows: Rows, before: StoredTable | None, folder: Path, sequence: int
) -> Merged:
    """Write the table as it is after this import; ``before`` is the one in force."""
    table = rows.table
    have = _types(staging, rows.relation)
    old: dict[str, str] = {}
    gone = no_longer_traits(staging, before, rows.traits)
    if before is not None:
        path = path_literal(folder / before.file)
        staging.connection.execute(f"CREATE OR REPLACE VIEW _old AS FROM read_parquet({path})")
        old = {name: kind for name, kind in _types(staging, "_old").items() if name not in gone}
    extra = ["account"] if table.name in _NAMED_ACCOUNTS else []
    kept = [column for column in have if column not in _SPENT and not column.startswith("_")]
    names = dict.fromkeys([*table.columns, *extra, *kept, *old, "_source"])
    shape = _Shape({c: _type(c, table, have.get(c), old.get(c)) for c in names}, rows.filled)
    _select(staging, "_new", rows.relation, have, shape)
    stored = before.traits if before else {}
    traits = _traits({n: t for n, t in stored.items() if n not in gone}, rows.traits)
    changes = None
    if before is None:
        staging.connection.execute("CREATE OR REPLACE VIEW _after AS FROM _new")
    else:
        _select(staging, "_past", "_old", old, shape)
        update = _update_by_key if table.key else _update_by_content
        if not update(staging, table, shape) and traits == before.traits:
            return Merged(None, None)
        if table.key:
            changes = _write_changes(staging, table, shape, folder, sequence)
    name = f"{table.name}-{sequence}.parquet"
    count = _write(staging, "_after", folder / name)
    digest = digest_of(folder / name)
    return Merged(StoredTable(file=name, rows=count, traits=traits, digest=digest), changes)


def no_longer_traits(
    staging: Staging, before: StoredTable | None, traits: Collection[str]
) -> list[str]:
    """Return the stored traits whose header an export now reads as something else, or leaves out.

    Whoever corrects a mapping must not find the column under its old name still. The header of a
    contact is among ``traits`` where all that it holds is yes and no.
    """
    targets = staging.recognised.targets
    other = {header for header, target in targets.items() if target != TRAIT}
    read = {header.casefold() for header in other.difference(traits)}
    return [name for name in (before.traits if before else {}) if name.casefold() in read]


def _write(staging: Staging, relation: str, path: Path) -> int:
    """Write a relation to the disk, through to the metal; return its number of rows.

    A manifest must never name a file that a power cut took.
    """
    staging.connection.execute(
        f"COPY {relation} TO {literal(str(path))} (FORMAT parquet, COMPRESSION snappy)"
    )
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return staging.number(f"SELECT count(*) FROM read_parquet({path_literal(path)})")


def _traits(old: dict[str, Trait], new: dict[str, Trait]) -> dict[str, Trait]:
    """Return the traits of both; once vouched for stays so, and numbers must always be numbers."""
    both = {
        name: Trait(
            vouched=trait.vouched or old[name].vouched, numeric=trait.numeric and old[name].numeric
        )
        for name, trait in new.items()
        if name in old
    }
    return {**old, **new, **both}


def _types(staging: Staging, relation: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in staging.rows(f"DESCRIBE {relation}")}


def _type(column: str, table: Table, new: str | None, old: str | None) -> str:
    kind = table.columns.get(column)
    if kind is None:
        return "VARCHAR"
    if kind != "time":
        return DUCKDB_TYPES[kind]
    return "TIMESTAMP" if "TIMESTAMP" in (new, old) else "DATE"


def _select(
    staging: Staging, name: str, relation: str, have: dict[str, str], shape: _Shape
) -> None:
    """Create a view with all the columns, a day in a column of times as its local midnight."""
    parts = []
    for column, wanted in shape.types.items():
        quoted = identifier(column)
        if column not in have:
            parts.append(f"NULL::{wanted} AS {quoted}")
        elif have[column] == "DATE" and wanted == "TIMESTAMP":
            midnight = to_utc(f"CAST({quoted} AS TIMESTAMP)", staging.converter.zone)
            parts.append(f"{midnight} AS {quoted}")
        else:
            parts.append(f"CAST({quoted} AS {wanted}) AS {quoted}")
    staging.connection.execute(
        f"CREATE OR REPLACE VIEW {name} AS SELECT {', '.join(parts)} FROM {relation}"
    )


def _update_by_key(staging: Staging, table: Table, shape: _Shape) -> bool:
    """Build ``_after`` from ``_past`` and ``_new``; tell whether anything differs from before.

    ``_updated`` holds the rows that are there now and were so before, differently.
    """
    key = identifier(table.key or "")
    fresh = ", ".join(
        f"n.{c}"
        if column in shape.filled or column in (table.key, "_source")
        else f"CASE WHEN p.{key} IS NULL THEN n.{c} ELSE p.{c} END AS {c}"
        for column in shape.columns
        for c in (identifier(column),)
    )
    different = " OR ".join(
        f"n.{identifier(c)} IS DISTINCT FROM p.{identifier(c)}"
        for c in shape.columns
        if c in shape.filled or c == "_source"
    )
    staging.connection.execute(
        f"""
        CREATE OR REPLACE TABLE _merged AS
        SELECT {fresh}, p.{key} IS NULL AS _added, p.{key} IS NOT NULL AND ({different}) AS _differs
        FROM _new n LEFT JOIN _past p ON n.{key} = p.{key}
        """
    )
    gone = f"coalesce(_source IN ({literals(staging.file_names)}), false)"
    staging.connection.execute(
        f"""
        CREATE OR REPLACE VIEW _after AS
        SELECT * FROM _past p ANTI JOIN _new n ON p.{key} = n.{key} WHERE NOT {gone}
        UNION ALL BY NAME SELECT * EXCLUDE (_added, _differs) FROM _merged
        """
    )
    touched = staging.number("SELECT count(*) FROM _merged WHERE _added OR _differs")
    dropped = staging.number(
        f"SELECT count(*) FROM _past p ANTI JOIN _new n ON p.{key} = n.{key} WHERE {gone}"
    )
    return touched + dropped > 0


def _update_by_content(staging: Staging, table: Table, shape: _Shape) -> bool:
    """Build ``_after`` as `_update_by_key` does, for a table whose rows have no id."""
    same = " AND ".join(
        f"p.{identifier(key)} IS NOT DISTINCT FROM n.{identifier(key)}"
        for key in NATURAL_KEYS[table.name]
    )
    staging.connection.execute(
        f"""
        CREATE OR REPLACE TABLE _joined AS
        SELECT p.* FROM _past p ANTI JOIN _new n ON {same} UNION ALL FROM _new
        """
    )
    staging.connection.execute("CREATE OR REPLACE VIEW _after AS FROM _joined")
    different = staging.number(
        "SELECT count(*) FROM ((FROM _after EXCEPT ALL FROM _past) "
        "UNION ALL (FROM _past EXCEPT ALL FROM _after))"
    )
    return different > 0


def _write_changes(
    staging: Staging, table: Table, shape: _Shape, folder: Path, sequence: int
) -> str | None:
    """Write the earlier and the new value of every cell that changed; return the file's name.

    Rows that are named by their place in a file have no history: another may stand there now.
    """
    key = identifier(table.key or "")
    changed = sorted(column for column in shape.filled if column in shape.types)
    parts = [
        f'SELECT {literal(table.name)} AS "table", a.{key} AS id, {literal(c)} AS "column", '
        f"CAST(p.{identifier(c)} AS VARCHAR) AS old, CAST(a.{identifier(c)} AS VARCHAR) AS new, "
        f"{sequence} AS sequence FROM _merged a JOIN _past p ON a.{key} = p.{key} "
        f"WHERE a._differs AND a._source IS NULL "
        f"AND a.{identifier(c)} IS DISTINCT FROM p.{identifier(c)}"
        for c in changed
        if c != table.key
    ]
    if not parts:
        return None
    staging.connection.execute(
        f"CREATE OR REPLACE TABLE _changes AS {' UNION ALL '.join(parts)} ORDER BY ALL"
    )
    if not staging.number("SELECT count(*) FROM _changes"):
        return None
    name = f"changes-{sequence}.parquet"
    _write(staging, "_changes", folder / name)
    return name
