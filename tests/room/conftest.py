"""A workspace with a running session, and a server with it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgres import running_postgres
from tests.room.phones import Phone, Served, served
from workshop.session import sessions
from workshop.session.sessions import Session
from workshop.session.store import Store, open_store
from workshop.workspace import Workspace

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    """Close what phones opened."""
    yield
    while Phone.opened:
        Phone.opened.pop().web.close()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return a new client's folder."""
    return Workspace.create(tmp_path / "client", "Rekvast <BV>", language="nl")


@pytest.fixture
def store(workspace: Workspace) -> Iterator[Store]:
    """Open the session database of the workspace."""
    opened = open_store(workspace)
    yield opened
    opened.close()


@pytest.fixture
def session(store: Store) -> Session:
    """Start a session."""
    return sessions.start(store)


@pytest.fixture
def room(workspace: Workspace, store: Store, session: Session) -> Iterator[Served]:
    """Serve the room."""
    with served(workspace, store) as running:
        yield running


@pytest.fixture
def phone(room: Served, session: Session) -> Callable[..., Phone]:
    """Return what gives a new phone that has joined."""

    def joined(team: str = "sales", language: str = "nl", **more: str) -> Phone:
        return Phone(room.url).join(session.code, team, language, **more)

    return joined


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """Start one Postgres for all tests; each takes a database of its own."""
    with running_postgres() as folder:
        yield folder


@pytest.fixture
def postgres_url(postgres: Path) -> str:
    """Create an empty database and return its address."""
    name = f"phones{next(_numbers)}"
    with psycopg.connect(
        host=str(postgres), user="tester", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql://tester@/{name}?host={postgres}"
