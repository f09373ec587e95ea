"""Promises: the small decisions of a stand-up, who does what by when, in the same ledger."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from workshop.errors import InputError
from workshop.session.ledger import Decision, Line, Name, decision_of, hold, ledger, write
from workshop.session.people import find_person
from workshop.session.schema import decisions, now
from workshop.session.sessions import running
from workshop.session.store import Store

KIND = "promise"
MOST = 3
"""What a sitting can promise: of more, nothing comes."""


class Promise(BaseModel):
    """Who does what by when, so that what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: Line
    so_that: Line
    owner: Name
    owner_team: Literal["sales", "marketing", "other"]
    by: dt.date


class Listed(NamedTuple):
    """What is due, longest overdue first, what this session said of it, and what is to come.

    ``coming`` is how many stand that are not due yet.
    """

    waiting: tuple[Decision, ...]
    handled: tuple[Decision, ...]
    coming: int

    def find(self, number: int) -> Decision | None:
        """Return one of them by its number."""
        found = (one for one in (*self.waiting, *self.handled) if one.decision_id == number)
        return next(found, None)


def promise(store: Store, session_id: int, given: Promise, *, today: dt.date) -> Decision:
    """Write a promise to the ledger; it replaces nothing.

    Raises ``InputError``: ``enough_promises`` where the session has made three already,
    ``review_in_past`` for a day that has come.
    """
    if given.by <= today:
        raise InputError("review_in_past", given=given.by, today=today)
    with store.write() as connection:
        hold(connection, session_id)
        if _count(connection, decisions.c.session_id == session_id) >= MOST:
            raise InputError("enough_promises", most=MOST)
        values = {
            "session_id": session_id,
            "kind": KIND,
            "subject": str(_count(connection) + 1),
            "version": 1,
            "what": given.what,
            "why": given.so_that,
            "expects_of_marketing": "",
            "expects_of_sales": "",
            "owner_id": find_person(connection, given.owner, given.owner_team),
            "review_on": given.by,
            "dissent": [],
            "decided_at": now(),
        }
        decision_id = write(connection, session_id, values)
    return decision_of(store, decision_id)


def promises_of(store: Store, session_id: int) -> tuple[Decision, ...]:
    """Return what a session promised, the first first."""
    return tuple(one for one in ledger(store) if (one.kind, one.session_id) == (KIND, session_id))


def listed(store: Store, today: dt.date) -> Listed:
    """Return what is due, and what the session that runs already said of it."""
    session, decided = running(store), ledger(store)
    number = 0 if session is None else session.session_id
    handled = tuple(one for one in decided if one.review and one.review.session_id == number)
    left = [(one.due_on, one) for one in decided if one not in handled]
    dated = sorted((day, one.decision_id, one) for day, one in left if day is not None)
    waiting = tuple(one for day, _, one in dated if day <= today)
    return Listed(waiting, handled, len(dated) - len(waiting))


def _count(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> int:
    counted = sa.select(sa.func.count()).where(decisions.c.kind == KIND, *which)
    return int(connection.scalar(counted) or 0)
