"""Take a redaction through every text of the session database, and its bytes off the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import sqlalchemy as sa

from workshop.errors import WorkspaceError
from workshop.redaction import Redaction
from workshop.session.schema import answers, decisions, drafts, metadata, reviews, rounds
from workshop.session.store import Store

_TEXTS: dict[str, tuple[sa.Table, tuple[str, ...]]] = {
    table.name: (table, columns)
    for table, columns in (
        (rounds, ("content",)),
        (answers, ("value",)),
        (drafts, ("subject", "content")),
        (
            decisions,
            (
                "subject",
                "what",
                "why",
                "expects_of_marketing",
                "expects_of_sales",
                "content",
                "dissent",
            ),
        ),
        (reviews, ("note",)),
    )
}
"""Where a text can stand that somebody wrote, or that came from the CRM."""


def scrub(connection: sa.Connection, redaction: Redaction) -> int:
    """Redact every text in a transaction of the caller's; return in how many rows it stood.

    The ledger is never edited, but for this: a name in it is no part of what was decided.
    """
    changed = 0
    with _unlocked(connection):
        for table, columns in _TEXTS.values():
            (key,) = table.primary_key.columns
            for row in connection.execute(sa.select(key, *(table.c[name] for name in columns))):
                before = {name: row._mapping[name] for name in columns}
                after = {name: redaction.value(value) for name, value in before.items()}
                if after != before:
                    connection.execute(sa.update(table).where(key == row[0]).values(after))
                    changed += 1
    return changed


def wipe(store: Store) -> None:
    """Write the database anew, so that nothing of what was deleted is left in its file.

    A server keeps its own house. Raises ``WorkspaceError`` (``store_busy``) where another program
    has the file open just then.
    """
    if store.file is None:
        return
    store.engine.dispose()
    try:
        with closing(sqlite3.connect(store.file, timeout=5, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise WorkspaceError("store_busy", path=store.place) from error
    if busy:
        raise WorkspaceError("store_busy", path=store.place)


@contextmanager
def _unlocked(connection: sa.Connection) -> Iterator[None]:
    """Let the ledger be written while the block runs; whatever happens, it is locked again."""
    tables = [table.name for table in metadata.sorted_tables]
    if connection.dialect.name != "sqlite":
        _switch(connection, tables, "DISABLE")
        yield
        _switch(connection, tables, "ENABLE")
        return
    found = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = [(row.name, row.sql) for row in connection.execute(found)]
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    # Where the block raises, the transaction takes the dropping back.
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


def _switch(connection: sa.Connection, tables: list[str], how: str) -> None:
    for name in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{name}" {how} TRIGGER USER')
