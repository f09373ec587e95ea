"""Sittings of the room: one runs at a time, under a code that people join it by."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import NamedTuple

import sqlalchemy as sa

from workshop.errors import InputError
from workshop.session.floor import FLOOR, LEAST_FLOOR
from workshop.session.schema import now, rounds, sessions
from workshop.session.store import Store

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What codes are made of: nothing that is read or typed as something else."""
CODE_LENGTH = 6
RESUMED_WITHIN = dt.timedelta(hours=16)
"""A session that began longer ago is another day's."""


class Session(NamedTuple):
    """One sitting: its join code, its floor, and a revision that goes up with what phones show."""

    session_id: int
    code: str
    floor: int
    opened_at: dt.datetime
    ended_at: dt.datetime | None
    revision: int


_COLUMNS = [sessions.c[name] for name in Session._fields]


def running(store: Store) -> Session | None:
    """Return the session that runs, or ``None``."""
    with store.read() as connection:
        return _first(connection, sessions.c.running.is_(True))


def session_of(store: Store, session_id: int) -> Session:
    """Return a session by its number; raise ``InputError`` for none."""
    with store.read() as connection:
        found = _first(connection, sessions.c.session_id == session_id)
    if found is None:
        raise InputError("unknown_session", given=session_id)
    return found


def all_sessions(store: Store) -> tuple[Session, ...]:
    """Return every session, the first first."""
    with store.read() as connection:
        rows = connection.execute(sa.select(*_COLUMNS).order_by(sessions.c.session_id))
        return tuple(Session(*row) for row in rows)


def resume_or_start(store: Store, floor: int = FLOOR) -> Session:
    """Return the session of today: the one that runs, or a new one."""
    found = running(store)
    if found is not None and now() - found.opened_at < RESUMED_WITHIN:
        return found
    return start(store, floor)


def coming(store: Store) -> int:
    """Return the number of the session that `resume_or_start` would return, and start none."""
    found = running(store)
    if found is not None and now() - found.opened_at < RESUMED_WITHIN:
        return found.session_id
    earlier = all_sessions(store)
    return earlier[-1].session_id + 1 if earlier else 1


def start(store: Store, floor: int = FLOOR) -> Session:
    """Start a session; one that still runs ends."""
    if floor < LEAST_FLOOR:
        raise ValueError(f"a floor is at least {LEAST_FLOOR}, not {floor}")
    with store.write() as connection:
        _end(connection, sessions.c.running.is_(True))
        values = {
            "code": _new_code(),
            "floor": floor,
            "opened_at": now(),
            "running": True,
            "revision": 0,
        }
        made = connection.execute(sa.insert(sessions).values(values).returning(*_COLUMNS)).one()
    return Session(*made)


def end(store: Store, session_id: int) -> None:
    """End a session; a round that is still open is closed and stays sealed."""
    with store.write() as connection:
        _end(connection, sessions.c.session_id == session_id)


def bump(connection: sa.Connection, session_id: int) -> None:
    """Tell the phones that there is something new, in the transaction that makes it so."""
    connection.execute(
        sa.update(sessions)
        .where(sessions.c.session_id == session_id)
        .values(revision=sessions.c.revision + 1)
    )


def _end(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    ids = sa.select(sessions.c.session_id).where(which, sessions.c.running.is_(True))
    connection.execute(sa.update(rounds).where(rounds.c.session_id.in_(ids)).values(open=None))
    connection.execute(
        sa.update(sessions)
        .where(which, sessions.c.running.is_(True))
        .values(running=None, ended_at=now(), revision=sessions.c.revision + 1)
    )


def _first(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Session | None:
    row = connection.execute(sa.select(*_COLUMNS).where(which)).first()
    return None if row is None else Session(*row)


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
