"""The session database: SQLite beside the client's tables, or Postgres by URL."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from workshop.disk import said_of
from workshop.errors import InputError, WorkspaceError
from workshop.session.migrate import (
    HEAD,
    bring_up_to_date,
    check_known,
    keep_copy,
    version_of,
)
from workshop.workspace import Workspace

FILE = "session.db"
PASSWORD_VARIABLE = "SAMENSPEL_STORE_PASSWORD"
"""Where a Postgres password stands, so that it never stands in a file."""
_PATIENCE_MS = 5_000


class Store:
    """A database that holds what the room says; every write is a transaction, or nothing."""

    def __init__(self, engine: sa.Engine, place: str) -> None:
        self.engine = engine
        self.place = place
        """What an error names: the file, or the address without its password."""

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open a transaction that is on disk when the block ends, and gone where it fails.

        Raises ``WorkspaceError``: ``store_busy``, ``store_full``, ``store_read_only`` or
        ``store_damaged``.
        """
        with self._worded(), self.engine.execution_options(writes=True).begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that sees one moment of the database and changes nothing."""
        with self._worded(), self.engine.connect() as connection:
            yield connection

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a file."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The file, where it is one."""
        name = self.engine.url.database
        return Path(name) if self.is_sqlite and name else None

    def close(self) -> None:
        """Close its connections."""
        self.engine.dispose()

    @contextmanager
    def _worded(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            _refuse(error, self.place)


def open_store(workspace: Workspace) -> Store:
    """Open a workspace's session database, new or brought up to date.

    Raises ``InputError`` for an address that is none, ``WorkspaceError`` for a database that
    cannot be reached, is damaged, or is of a newer version than this one knows.
    """
    url = workspace.settings.store
    return open_url(url) if url else open_file(workspace.path / FILE)


def open_file(path: Path) -> Store:
    """Open a SQLite file, new or as it stands."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return _ready(Store(engine, str(path)))


def open_url(address: str) -> Store:
    """Open a Postgres database; its password comes from the environment."""
    url = checked_url(address)
    engine = sa.create_engine(url, pool_pre_ping=True)
    return _ready(Store(engine, url.render_as_string(hide_password=True)))


def checked_url(address: str) -> sa.URL:
    """Return the address of a Postgres database; raise ``InputError`` for what is none.

    Nothing is asked of the database. The password comes from the environment.
    """
    try:
        url = sa.make_url(address)
        if url.get_backend_name() != "postgresql":
            raise InputError("bad_store_url", given=url.render_as_string(), allowed=["postgresql"])
        if url.password is not None:
            raise InputError("store_password_in_file", variable=PASSWORD_VARIABLE)
        password = os.environ.get(PASSWORD_VARIABLE) or None
        return url.set(drivername="postgresql+psycopg", password=password)
    except (ArgumentError, NoSuchModuleError) as error:
        # It may hold a password, wherever that stands in what is no address.
        given = re.sub(r":[^/@][^@]*@", ":***@", address)
        raise InputError("bad_store_url", given=given, allowed=["postgresql"]) from error


def insert_new(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that does nothing where the row would be a second one of its kind."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def _ready(store: Store) -> Store:
    """Bring the tables to this version, which a second look at an open database does not redo."""
    with store.read() as connection:
        version = version_of(connection)
    if version != HEAD:
        with store.write() as connection:
            # Again, now that nobody else can be bringing it up to date.
            version = version_of(connection)
            check_known(version, store.place)
            if version not in (None, HEAD):
                _keep_copy(store, str(version))
            bring_up_to_date(connection)
    return store


def _keep_copy(store: Store, version: str) -> None:
    """Keep a file as an earlier kit left it; a server keeps copies of its own."""
    if store.file is None:
        return
    try:
        keep_copy(store.file, version)
    except (OSError, sqlite3.Error) as error:
        raise WorkspaceError(
            "store_not_copied", path=store.place, problem=said_of(error)
        ) from error


def _prepare(connection: DBAPIConnection, record: Any) -> None:
    """Set up a SQLite connection: readers beside one writer, and on disk before it is said."""
    # SQLAlchemy begins transactions itself, so that a read sees one moment and a write waits.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_FAULTS = {
    sqlite3.SQLITE_BUSY: "store_busy",
    sqlite3.SQLITE_LOCKED: "store_busy",
    sqlite3.SQLITE_PROTOCOL: "store_busy",
    sqlite3.SQLITE_FULL: "store_full",
    sqlite3.SQLITE_READONLY: "store_read_only",
    sqlite3.SQLITE_CORRUPT: "store_damaged",
    sqlite3.SQLITE_NOTADB: "store_damaged",
    sqlite3.SQLITE_IOERR: "store_unreadable",
    sqlite3.SQLITE_CANTOPEN: "store_unreadable",
}
_POSTGRES_FAULTS = {"53": "store_full", "25": "store_read_only", "55": "store_busy"}


def _refuse(error: DatabaseError, place: str) -> NoReturn:
    """Raise what went wrong with the database in our words; a fault of ours stays what it is."""
    cause = error.orig
    number = getattr(cause, "sqlite_errorcode", None)
    state = getattr(cause, "sqlstate", None)
    # The low byte is the kind; the rest tells more than a reader needs.
    code = _FAULTS.get(number & 0xFF) if number is not None else None
    if code is None and isinstance(error, OperationalError) and number is None:
        code = _POSTGRES_FAULTS.get((state or "")[:2], "store_unreachable")
    if code is None:
        raise error
    raise WorkspaceError(code, path=place) from error
