"""The tables of what the room says: one place for their columns and for what may not happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa

TEAMS = ("sales", "marketing", "other")
LANGUAGES = ("nl", "en")

metadata = sa.MetaData()


class Instant(sa.TypeDecorator[dt.datetime]):
    """A moment in UTC, on every database the same."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> Any:
        """Store UTC without its zone."""
        return None if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> dt.datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


_MOMENT: ContextVar[dt.datetime | None] = ContextVar("moment", default=None)


def now() -> dt.datetime:
    """Return the moment, in UTC."""
    return _MOMENT.get() or dt.datetime.now(dt.UTC)


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let all that is stored within have been at a moment: for sessions that are played."""
    before = _MOMENT.set(moment)
    try:
        yield
    finally:
        _MOMENT.reset(before)


sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("session_id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(12), nullable=False, unique=True),
    sa.Column("floor", sa.Integer, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    # True while it runs and null after, so that the database holds to one at a time.
    sa.Column("running", sa.Boolean, unique=True),
    # Goes up with all that a phone should notice.
    sa.Column("revision", sa.Integer, nullable=False),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("person_id", sa.Integer, primary_key=True),
    # Names stand here alone, so that a forgotten person is one row.
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("team", sa.String(9), nullable=False),
)

participants = sa.Table(
    "participants",
    metadata,
    sa.Column("participant_id", sa.String(32), primary_key=True),
    sa.Column("session_id", sa.ForeignKey("sessions.session_id"), nullable=False, index=True),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("team", sa.String(9), nullable=False),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("means", sa.String(6), nullable=False),
    sa.Column("person_id", sa.ForeignKey("people.person_id")),
    sa.Column("joined_at", Instant, nullable=False),
    sa.CheckConstraint("team IN ('sales', 'marketing', 'other')", name="known_team"),
    sa.CheckConstraint("means IN ('phone', 'shared', 'card')", name="known_means"),
)

rounds = sa.Table(
    "rounds",
    metadata,
    sa.Column("round_id", sa.Integer, primary_key=True),
    sa.Column("session_id", sa.ForeignKey("sessions.session_id"), nullable=False, index=True),
    sa.Column("exercise", sa.String(60), nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("named", sa.Boolean, nullable=False),
    sa.Column("minutes", sa.Integer),
    sa.Column("repeats", sa.ForeignKey("rounds.round_id")),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("revealed_at", Instant),
    sa.Column("ended_early", sa.Boolean, nullable=False),
    # True while it takes answers and null after: one open round a session.
    sa.Column("open", sa.Boolean),
    sa.UniqueConstraint("session_id", "open", name="one_open_round"),
)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("answer_id", sa.Integer, primary_key=True),
    sa.Column("round_id", sa.ForeignKey("rounds.round_id"), nullable=False),
    sa.Column("participant_id", sa.ForeignKey("participants.participant_id"), nullable=False),
    sa.Column("item", sa.String(200), nullable=False),
    # Null takes an answer back. Of an item the last row counts; at the reveal the others go.
    sa.Column("value", sa.JSON(none_as_null=True)),
    sa.Column("key", sa.String(240), nullable=False),
    sa.Column("given_at", Instant, nullable=False),
    sa.UniqueConstraint("participant_id", "key", name="one_answer_a_key"),
    sa.Index("answers_of", "round_id", "participant_id", "item", "answer_id"),
)

finished = sa.Table(
    "finished",
    metadata,
    sa.Column("round_id", sa.ForeignKey("rounds.round_id"), primary_key=True),
    sa.Column("participant_id", sa.ForeignKey("participants.participant_id"), primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("draft_id", sa.Integer, primary_key=True),
    sa.Column("session_id", sa.ForeignKey("sessions.session_id"), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("side", sa.String(9), nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Index("drafts_of", "kind", "subject", "side", "draft_id"),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("decision_id", sa.Integer, primary_key=True),
    sa.Column("session_id", sa.ForeignKey("sessions.session_id"), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("expects_of_marketing", sa.Text, nullable=False),
    sa.Column("expects_of_sales", sa.Text, nullable=False),
    sa.Column("owner_id", sa.ForeignKey("people.person_id"), nullable=False),
    sa.Column("review_on", sa.Date, nullable=False),
    sa.Column("content", sa.JSON(none_as_null=True)),
    sa.Column("round_id", sa.ForeignKey("rounds.round_id")),
    sa.Column("vote", sa.JSON(none_as_null=True)),
    sa.Column("dissent", sa.JSON, nullable=False),
    sa.Column("signed_sales_id", sa.ForeignKey("people.person_id")),
    sa.Column("signed_marketing_id", sa.ForeignKey("people.person_id")),
    # A decision is replaced once, by the one that then holds.
    sa.Column("replaces", sa.ForeignKey("decisions.decision_id"), unique=True),
    sa.Column("decided_at", Instant, nullable=False),
    sa.UniqueConstraint("kind", "subject", "version", name="one_decision_a_version"),
)

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("review_id", sa.Integer, primary_key=True),
    sa.Column("decision_id", sa.ForeignKey("decisions.decision_id"), nullable=False, index=True),
    sa.Column("session_id", sa.ForeignKey("sessions.session_id"), nullable=False),
    sa.Column("outcome", sa.String(8), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    # Null where nothing is left to look at.
    sa.Column("next_on", sa.Date),
    sa.Column("reviewed_at", Instant, nullable=False),
    sa.CheckConstraint(
        "outcome IN ('done', 'not_done', 'kept', 'changed', 'dropped')", name="known_outcome"
    ),
)
