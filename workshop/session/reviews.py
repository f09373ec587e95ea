"""Reviews: what became of a decision when its day came; the last one of it counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal, NamedTuple

import sqlalchemy as sa

from workshop.errors import InputError
from workshop.session.schema import decisions, now, reviews
from workshop.session.store import Store

Outcome = Literal["done", "not_done", "kept", "changed", "dropped"]
CLOSED: tuple[Outcome, ...] = ("done", "dropped")
"""What leaves nothing to look at again."""
LONGEST_NOTE = 600

_OF_PROMISE: tuple[Outcome, ...] = ("done", "not_done", "dropped")
_OF_BOTH: tuple[Outcome, ...] = ("kept", "changed")
_OF_OTHERS: tuple[Outcome, ...] = ("kept", "changed", "dropped")
_JOINT = ("definition", "rules", "goal")


class Review(NamedTuple):
    """One look at a decision; ``next_on`` is the day of the next, null where there is none."""

    review_id: int
    decision_id: int
    session_id: int
    outcome: Outcome
    note: str
    next_on: dt.date | None
    reviewed_at: dt.datetime


class Reviewed(NamedTuple):
    """What became of a decision so far: the last look, and in how many sessions it was not done."""

    last: Review
    missed: int


_COLUMNS = [reviews.c[name] for name in Review._fields]


def outcomes(kind: str) -> tuple[Outcome, ...]:
    """Return what can become of a kind of decision.

    A promise is done or not; anything else is kept, changed or dropped. What both teams signed is
    not dropped by a press: it holds until both sign another.
    """
    if kind == "promise":
        return _OF_PROMISE
    return _OF_BOTH if kind in _JOINT else _OF_OTHERS


def review(
    store: Store,
    session_id: int,
    decision_id: int,
    outcome: Outcome,
    *,
    today: dt.date,
    next_on: dt.date | None = None,
    note: str = "",
) -> Review:
    """Write down what became of a decision; what stays open takes the day of the next look.

    A second look in one session takes the place of the first. Raises ``InputError``:
    ``unknown_decision``, ``no_such_review`` for one that this kind cannot have, ``review_missing``
    without a next day where there must be one, ``review_in_past``, ``note_too_long``.
    """
    note = note.strip()
    closed = outcome in CLOSED
    if not closed and next_on is None:
        raise InputError("review_missing")
    if not closed and next_on is not None and next_on <= today:
        raise InputError("review_in_past", given=next_on, today=today)
    if len(note) > LONGEST_NOTE:
        raise InputError("note_too_long", most=LONGEST_NOTE)
    values = {
        "decision_id": decision_id,
        "session_id": session_id,
        "outcome": outcome,
        "note": note,
        "next_on": None if closed else next_on,
        "reviewed_at": now(),
    }
    with store.write() as connection:
        kind = connection.scalar(
            sa.select(decisions.c.kind).where(decisions.c.decision_id == decision_id)
        )
        if kind is None:
            raise InputError("unknown_decision", given=decision_id)
        if outcome not in outcomes(kind):
            raise InputError("no_such_review", given=outcome, allowed=list(outcomes(kind)))
        made = connection.execute(sa.insert(reviews).values(values).returning(*_COLUMNS)).one()
    return Review(*made)


def reviews_in(store: Store, session_id: int) -> tuple[Review, ...]:
    """Return what a session said of each decision it looked at, in the order it first did."""
    chosen = sa.select(*_COLUMNS).where(reviews.c.session_id == session_id)
    with store.read() as connection:
        rows = connection.execute(chosen.order_by(reviews.c.review_id)).all()
    return tuple({row.decision_id: Review(*row) for row in rows}.values())


def reviewed(connection: sa.Connection, until: int | None = None) -> dict[int, Reviewed]:
    """Return what became of every decision that was looked at, by its number.

    With ``until``, as it stood at the end of that session.
    """
    chosen = sa.select(*_COLUMNS).order_by(reviews.c.review_id)
    if until is not None:
        chosen = chosen.where(reviews.c.session_id <= until)
    found: dict[int, list[Review]] = {}
    for row in connection.execute(chosen):
        found.setdefault(row.decision_id, []).append(Review(*row))
    return {number: Reviewed(looks[-1], _missed(looks)) for number, looks in found.items()}


def _missed(looks: Sequence[Review]) -> int:
    """Count the sessions that left it undone, each by the last thing it said."""
    said = {look.session_id: look.outcome for look in looks}
    return sum(outcome == "not_done" for outcome in said.values())
