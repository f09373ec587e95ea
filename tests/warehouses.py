"""Load a workspace's tables into other engines, as a client's own warehouse would hold them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb

from tests.postgres import running_postgres
from workshop.crm.sql import identifier, path_literal
from workshop.crm.store import Store, StoredTable
from workshop.workspace import Workspace

if TYPE_CHECKING:
    import psycopg

AGREED = ("goal.yaml", "rules.yaml", "definitions")
"""What a workspace holds of what was agreed, beside its tables."""
CALLED = {
    "leads": ("crm.contacts", {"lead_id": "Contact no.", "created_at": "Created On"}),
    "deals": ("crm.Opportunities", {"deal_id": "OPP", "amount": "Deal value", "stage": "Phase"}),
}
"""Tables that the client calls otherwise, and columns that are called otherwise there."""


class Loaded(NamedTuple):
    """A table to load: its name there, per column our name, theirs and the type, and the file."""

    schema: str | None
    name: str
    columns: tuple[tuple[str, str, str], ...]
    path: Path

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the rows, columns in order."""
        ours = ", ".join(f"CAST({identifier(o)} AS {kind})" for o, _, kind in self.columns)
        return duckdb.sql(f"SELECT {ours} FROM read_parquet({path_literal(self.path)})").fetchall()


def to_load(workspace: Workspace) -> list[Loaded]:
    """Return what a client's warehouse would hold: its names, its numbers as numbers."""
    store = Store(workspace)
    return [_loaded(name, table, store) for name, table in store.manifest().tables.items()]


def _loaded(name: str, table: StoredTable, store: Store) -> Loaded:
    path = store.folder / table.file
    view, called = CALLED.get(name, (name, {}))
    schema, _, alone = view.rpartition(".")
    described = duckdb.sql(f"DESCRIBE FROM read_parquet({path_literal(path)})").fetchall()
    numeric = {trait for trait, kept in table.traits.items() if kept.numeric}
    columns = tuple(
        (str(row[0]), called.get(row[0], row[0]), "BIGINT" if row[0] in numeric else str(row[1]))
        for row in described
    )
    return Loaded(schema or None, alone, columns, path)


def settings_of(workspace: Workspace) -> dict[str, Any]:
    """Return the ``tables`` of ``[warehouse]`` that describe what `to_load` loads."""
    found = {}
    for name, table in Store(workspace).manifest().tables.items():
        view, called = CALLED.get(name, (name, {}))
        vouched = {
            yes: [t for t, kept in table.traits.items() if kept.vouched is yes]
            for yes in (True, False)
        }
        found[name] = {"view": view, **called, "traits": vouched[True], "unvouched": vouched[False]}
    return found


def beside(workspace: Workspace, path: Path, warehouse: Mapping[str, Any]) -> Workspace:
    """Lay down a workspace with the same settings and agreements, whose tables are elsewhere."""
    settings = workspace.settings
    other = Workspace.create(
        path,
        settings.client,
        language=settings.language,
        country=settings.country,
        time_zone=settings.time_zone,
        currency=settings.currency,
        warehouse=warehouse,
    )
    for name in AGREED:
        source = workspace.path / name
        if source.is_dir():
            shutil.copytree(source, path / name)
        elif source.exists():
            shutil.copy(source, path / name)
    return other


@contextmanager
def loaded_postgres(workspace: Workspace) -> Iterator[str]:
    """Start a server with the tables of a workspace; yield the address for who may only read."""
    with running_postgres() as folder:
        for database, statements in (("postgres", _DATABASE), ("crm", _SCHEMAS)):
            with _connected(folder, database) as connection:
                for statement in statements:
                    connection.execute(statement)
        with _connected(folder, "crm") as connection:
            for table in to_load(workspace):
                _copy(connection, table)
            for schema in ("public", "crm"):
                connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO reader")
                connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reader")
        yield f"postgresql://reader@/crm?host={folder}"


_DATABASE = (
    # Its order of letters is not that of their codes, as with most servers of clients.
    "CREATE DATABASE crm TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'nl-BE'",
    "REVOKE ALL ON DATABASE crm FROM public",
    "CREATE ROLE reader LOGIN PASSWORD 'geheim'",
    "GRANT CONNECT ON DATABASE crm TO reader",
)
_SCHEMAS = ("REVOKE ALL ON SCHEMA public FROM public", "CREATE SCHEMA crm")


@contextmanager
def _connected(folder: Path, database: str) -> Iterator[psycopg.Connection[Any]]:
    import psycopg  # not where only Spark is

    with psycopg.connect(
        host=str(folder), user="tester", dbname=database, autocommit=True
    ) as connection:
        yield connection


def _copy(connection: psycopg.Connection[Any], table: Loaded) -> None:
    name = ".".join(identifier(part) for part in (table.schema, table.name) if part)
    described = ", ".join(f"{identifier(theirs)} {kind}" for _, theirs, kind in table.columns)
    connection.execute(f"CREATE TABLE {name} ({described})")
    with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
        for row in table.rows():
            copy.write_row(row)
