"""A store on either database, a session that runs in it, and people who answer."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgres import running_postgres
from workshop.session import people, sessions
from workshop.session.answers import Given, save
from workshop.session.exercise import Exercise
from workshop.session.store import Store, open_file, open_url

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """Start one server for all tests; each takes a database of its own."""
    with running_postgres() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open a new store on SQLite, and on Postgres."""
    if request.param == "sqlite":
        opened = open_file(tmp_path / "session.db")
    else:
        opened = open_url(new_database(request.getfixturevalue("postgres")))
    yield opened
    opened.close()


def new_database(folder: Path) -> str:
    """Create an empty database and return its address."""
    name = f"room{next(_numbers)}"
    with psycopg.connect(
        host=str(folder), user="tester", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql://tester@/{name}?host={folder}"


class Room:
    """A running session and the people in it, by name."""

    def __init__(self, store: Store, floor: int = 4) -> None:
        self.store = store
        self.session = sessions.start(store, floor)
        self.people: dict[str, people.Participant] = {}
        self._keys = itertools.count()

    def join(self, team: str, count: int = 1, means: people.Means = "phone") -> list[str]:
        """Let people join; they are called by team and number."""
        names = [f"{team}{len(self.people) + n}" for n in range(count)]
        for name in names:
            token = f"token of {name}"
            self.people[name] = people.join(
                self.store, self.session.session_id, token, team, "nl", means
            )
        return names

    def given(self, round_id: int, who: str, item: str, value: object, key: str = "") -> Given:
        """Return an answer, with a key of its own unless one is given."""
        key = key or f"key {next(self._keys)}"
        return Given(round_id, self.people[who].participant_id, item, value, key)

    def answer(self, round_id: int, who: str, item: str, value: object, key: str = "") -> str:
        """Save one answer and return what became of it."""
        return save(self.store, [self.given(round_id, who, item, value, key)])[0]


@pytest.fixture
def room(store: Store) -> Room:
    """Start a session on either database."""
    return Room(store)


def words(text: str) -> dict[str, str]:
    """Return a text in both languages."""
    return {"nl": f"{text} (nl)", "en": f"{text} (en)"}


def options(*ids: str) -> list[dict[str, object]]:
    """Return options by their ids."""
    return [{"id": name, "text": words(name)} for name in ids]


def exercise(*questions: dict[str, object], **fields: object) -> Exercise:
    """Return an exercise of these questions, or of one statement, ``q``."""
    asked = questions or ({"id": "q", "kind": "statement"},)
    return Exercise.model_validate(
        {
            "title": words("title"),
            "questions": [{"text": words("text"), **question} for question in asked],
            **fields,
        }
    )
