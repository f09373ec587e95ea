"""Answers: saved before they are acknowledged, counted once however often they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from workshop.session.schema import answers, finished, now, rounds
from workshop.session.store import Store, insert_new

Saved = Literal["saved", "repeated", "closed"]
LONGEST_KEY = 64
KEYS_AT_ONCE = 250
"""Of one question to the database: what any of them takes in one statement."""


class Given(NamedTuple):
    """One answer: a value that its question allows, null to take it back.

    ``key`` is the sender's own for this answer: what comes with a key that the participant used
    before counts as sent again, and does not undo what came after it.
    """

    round_id: int
    participant_id: str
    item: str
    value: Any
    key: str


def save(store: Store, given: Sequence[Given]) -> list[Saved]:
    """Save answers in one transaction and return, in their order, what became of each.

    ``closed``: the round takes no answers any more. When this returns, what it calls saved is on
    disk; when it raises, nothing of it is.
    """
    with store.write() as connection:
        takes = _open_rounds(connection, {one.round_id for one in given})
        seen = _seen(connection, given)
        verdicts, rows = list[Saved](), []
        for one in given:
            verdicts.append(_verdict(one, takes, seen))
            if verdicts[-1] == "saved":
                seen.add((one.participant_id, one.key))
                rows.append({**one._asdict(), "given_at": now()})
        if rows:
            connection.execute(sa.insert(answers), rows)
        return verdicts


def mine(store: Store, round_id: int, participant_id: str) -> dict[str, Any]:
    """Return a participant's own answers by item, for the page of that participant alone."""
    own = (
        sa.select(answers.c.item, answers.c.value)
        .where(answers.c.round_id == round_id, answers.c.participant_id == participant_id)
        .order_by(answers.c.answer_id)
    )
    with store.read() as connection:
        found = {row.item: row.value for row in connection.execute(own)}
    return {item: value for item, value in found.items() if value is not None}


def say_done(store: Store, round_id: int, participant_id: str, done: bool = True) -> bool:
    """Note that a participant is done, or goes on; return whether the round still took it."""
    who = {"round_id": round_id, "participant_id": participant_id}
    with store.write() as connection:
        if not _open_rounds(connection, {round_id}):
            return False
        mark = (finished.c.round_id == round_id, finished.c.participant_id == participant_id)
        if done:
            connection.execute(insert_new(connection, finished).values(**who, at=now()))
        else:
            connection.execute(sa.delete(finished).where(*mark))
    return True


def is_done(store: Store, round_id: int, participant_id: str) -> bool:
    """Tell whether a participant said to be done."""
    mark = (finished.c.round_id == round_id, finished.c.participant_id == participant_id)
    with store.read() as connection:
        return connection.execute(sa.select(finished.c.at).where(*mark)).first() is not None


def _open_rounds(connection: sa.Connection, ids: set[int]) -> set[int]:
    """Return which of some rounds take answers, held so until the transaction ends."""
    chosen = sa.select(rounds.c.round_id).where(rounds.c.round_id.in_(ids), rounds.c.open.is_(True))
    return set(connection.execute(chosen.with_for_update(read=True)).scalars())


def _seen(connection: sa.Connection, given: Sequence[Given]) -> set[tuple[str, str]]:
    """Return which of the keys that come with answers were used before, and by whom."""
    columns = (answers.c.participant_id, answers.c.key)
    keys = sorted({(one.participant_id, one.key) for one in given})
    return {
        (row.participant_id, row.key)
        for start in range(0, len(keys), KEYS_AT_ONCE)
        for row in connection.execute(
            sa.select(*columns).where(sa.tuple_(*columns).in_(keys[start : start + KEYS_AT_ONCE]))
        )
    }


def _verdict(one: Given, takes: set[int], seen: set[tuple[str, str]]) -> Saved:
    if one.round_id not in takes:
        return "closed"
    return "repeated" if (one.participant_id, one.key) in seen else "saved"
