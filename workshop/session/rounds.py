"""Rounds: an exercise opened for answers, until they are shown."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple

import sqlalchemy as sa

from workshop.errors import InputError
from workshop.session.exercise import Exercise
from workshop.session.schema import answers, finished, now, participants, rounds, sessions
from workshop.session.sessions import bump
from workshop.session.store import Store

State = Literal["open", "revealed", "closed"]


class Round(NamedTuple):
    """One exercise as it was opened; ``closed`` is a round that ended without a reveal.

    ``content`` is the exercise as it stood then: what a facilitator edits later changes nothing.
    ``repeats`` is the round that this one asks again.
    """

    round_id: int
    session_id: int
    exercise: str
    content: Exercise
    named: bool
    minutes: int | None
    repeats: int | None
    opened_at: dt.datetime
    revealed_at: dt.datetime | None
    ended_early: bool
    state: State


class Progress(NamedTuple):
    """How far an open round is: how many joined, answered something, and said they are done."""

    joined: int
    answered: int
    done: int

    @property
    def pending(self) -> int:
        """How many have not said that they are done."""
        return self.joined - self.done


_COLUMNS = [
    rounds.c[name]
    for name in (
        "round_id",
        "session_id",
        "exercise",
        "content",
        "named",
        "minutes",
        "repeats",
        "opened_at",
        "revealed_at",
        "ended_early",
        "open",
    )
]


def open_round(
    store: Store,
    session_id: int,
    exercise: str,
    content: Exercise,
    *,
    named: bool | None = None,
    minutes: int | None = None,
) -> Round:
    """Open an exercise for answers; named or anonymous, which is fixed from here on.

    Raises ``InputError``: ``round_open`` while another one takes answers, ``session_ended``.
    """
    with store.write() as connection:
        _refuse_if_busy(connection, session_id)
        return _insert(
            connection,
            session_id=session_id,
            exercise=exercise,
            content=content.model_dump(mode="json"),
            named=content.named if named is None else named,
            minutes=content.minutes if minutes is None else minutes,
            repeats=None,
        )


def reopen(store: Store, round_id: int) -> Round:
    """Ask a revealed round again as a new one, in which everyone's answers stand until changed.

    The first round stays as it was shown.
    """
    first = round_of(store, round_id)
    if first.state != "revealed":
        raise InputError("not_revealed", exercise=first.content.title.model_dump())
    with store.write() as connection:
        _refuse_if_busy(connection, first.session_id)
        made = _insert(
            connection,
            session_id=first.session_id,
            exercise=first.exercise,
            content=first.content.model_dump(mode="json"),
            named=first.named,
            minutes=first.minutes,
            repeats=round_id,
        )
        taken = ["participant_id", "item", "value", "given_at"]
        source = sa.select(
            sa.literal(made.round_id),
            # A key that no phone can have sent.
            sa.literal(f"{made.round_id}:") + answers.c.item,
            *[answers.c[name] for name in taken],
        ).where(answers.c.round_id == round_id)
        connection.execute(sa.insert(answers).from_select(["round_id", "key", *taken], source))
    return made


def reveal(store: Store, round_id: int, *, early: bool = False) -> Round:
    """Close a round and show its answers, from this moment on.

    Raises ``InputError``: ``round_pending`` while people still write, unless ``early``;
    ``round_over`` for one that takes no answers.
    """
    with store.write() as connection:
        found = _locked(connection, round_id)
        pending = _progress(connection, found).pending
        if pending > 0 and not early:
            raise InputError("round_pending", n=pending)
        connection.execute(
            sa.update(rounds)
            .where(rounds.c.round_id == round_id)
            .values(open=None, revealed_at=now(), ended_early=pending > 0)
        )
        last = (
            sa.select(sa.func.max(answers.c.answer_id))
            .where(answers.c.round_id == round_id)
            .group_by(answers.c.participant_id, answers.c.item)
        )
        # What someone took back or wrote over is nobody's business.
        connection.execute(
            sa.delete(answers).where(
                answers.c.round_id == round_id,
                answers.c.answer_id.not_in(last) | answers.c.value.is_(None),
            )
        )
        bump(connection, found.session_id)
    return round_of(store, round_id)


def close(store: Store, round_id: int) -> None:
    """Close a round without showing anything of it; its answers stay sealed."""
    with store.write() as connection:
        found = _locked(connection, round_id)
        connection.execute(sa.update(rounds).where(rounds.c.round_id == round_id).values(open=None))
        bump(connection, found.session_id)


def round_of(store: Store, round_id: int) -> Round:
    """Return a round by its number; raise ``InputError`` for none."""
    with store.read() as connection:
        return _by_id(connection, round_id)


def rounds_of(store: Store, session_id: int, exercise: str | None = None) -> tuple[Round, ...]:
    """Return the rounds of a session, or those of one exercise, the first first."""
    with store.read() as connection:
        return rounds_in(connection, session_id, exercise)


def rounds_in(
    connection: sa.Connection, session_id: int, exercise: str | None = None
) -> tuple[Round, ...]:
    """Return what `rounds_of` does, at the moment that a transaction sees."""
    chosen = sa.select(*_COLUMNS).where(rounds.c.session_id == session_id)
    if exercise is not None:
        chosen = chosen.where(rounds.c.exercise == exercise)
    rows = connection.execute(chosen.order_by(rounds.c.round_id)).all()
    return tuple(_round(row) for row in rows)


def shown_now(store: Store, session_id: int) -> Round | None:
    """Return the round that phones show: the open one, or else the last that was opened."""
    last = (
        sa.select(*_COLUMNS)
        .where(rounds.c.session_id == session_id)
        .order_by(rounds.c.round_id.desc())
        .limit(1)
    )
    with store.read() as connection:
        row = connection.execute(last).first()
    found = None if row is None else _round(row)
    return None if found is None or found.state == "closed" else found


def progress(store: Store, round_id: int) -> Progress:
    """Return how far a round is; never who, and never by team."""
    with store.read() as connection:
        return _progress(connection, _by_id(connection, round_id))


def _progress(connection: sa.Connection, found: Round) -> Progress:
    everyone = sa.select(sa.func.count()).select_from(participants)
    latest = (
        sa.select(answers.c.participant_id, sa.func.max(answers.c.answer_id).label("answer_id"))
        .where(answers.c.round_id == found.round_id)
        .group_by(answers.c.participant_id, answers.c.item)
        .subquery()
    )
    answered = (
        sa.select(sa.func.count(answers.c.participant_id.distinct()))
        .join(latest, latest.c.answer_id == answers.c.answer_id)
        .where(answers.c.value.is_not(None))
    )
    done = sa.select(sa.func.count()).where(finished.c.round_id == found.round_id)
    took_part = [
        participants.c.participant_id.in_(
            sa.select(table.c.participant_id).where(table.c.round_id == found.round_id)
        )
        for table in (answers, finished)
    ]
    # Who shared a device or wrote on a card in an earlier round is somebody else by now.
    joined = everyone.where(
        participants.c.session_id == found.session_id,
        (participants.c.means == "phone")
        | (participants.c.joined_at >= found.opened_at)
        | sa.or_(*took_part),
    )
    return Progress(*(int(connection.scalar(one) or 0) for one in (joined, answered, done)))


def _insert(connection: sa.Connection, **values: object) -> Round:
    made = connection.execute(
        sa.insert(rounds)
        .values(**values, opened_at=now(), ended_early=False, open=True)
        .returning(*_COLUMNS)
    ).one()
    found = _round(made)
    bump(connection, found.session_id)
    return found


def _refuse_if_busy(connection: sa.Connection, session_id: int) -> None:
    runs = sa.select(sessions.c.running).where(sessions.c.session_id == session_id)
    if not connection.scalar(runs.with_for_update()):
        raise InputError("session_ended")
    busy = sa.select(rounds.c.content).where(
        rounds.c.session_id == session_id, rounds.c.open.is_(True)
    )
    content = connection.scalar(busy)
    if content is not None:
        raise InputError("round_open", exercise=content["title"])


def _locked(connection: sa.Connection, round_id: int) -> Round:
    """Return an open round, held so that no answer comes in until the transaction ends."""
    chosen = sa.select(*_COLUMNS).where(rounds.c.round_id == round_id).with_for_update()
    row = connection.execute(chosen).first()
    found = None if row is None else _round(row)
    if found is None or found.state != "open":
        raise InputError("round_over")
    return found


def _by_id(connection: sa.Connection, round_id: int) -> Round:
    row = connection.execute(sa.select(*_COLUMNS).where(rounds.c.round_id == round_id)).first()
    if row is None:
        raise InputError("unknown_round", given=round_id)
    return _round(row)


def _round(row: sa.Row[tuple[object, ...]]) -> Round:
    values = dict(row._mapping)
    is_open = values.pop("open")
    values["content"] = Exercise.model_validate(values["content"])
    state: State = "open" if is_open else "revealed" if values["revealed_at"] else "closed"
    return Round(**values, state=state)
