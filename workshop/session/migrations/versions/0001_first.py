"""The first version: sessions, people, rounds, answers, drafts and the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables, and have the database itself keep the ledger as it was written."""
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(12), nullable=False, unique=True),
        sa.Column("floor", sa.Integer, nullable=False),
        sa.Column("opened_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("running", sa.Boolean, unique=True),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("person_id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("team", sa.String(9), nullable=False),
    )
    op.create_table(
        "participants",
        sa.Column("participant_id", sa.String(32), primary_key=True),
        sa.Column(
            "session_id",
            sa.Integer,
            sa.ForeignKey("sessions.session_id"),
            nullable=False,
            index=True,
        ),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("team", sa.String(9), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("means", sa.String(6), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.person_id")),
        sa.Column("joined_at", sa.DateTime, nullable=False),
        sa.CheckConstraint("team IN ('sales', 'marketing', 'other')", name="known_team"),
        sa.CheckConstraint("means IN ('phone', 'shared', 'card')", name="known_means"),
    )
    op.create_table(
        "rounds",
        sa.Column("round_id", sa.Integer, primary_key=True),
        sa.Column(
            "session_id",
            sa.Integer,
            sa.ForeignKey("sessions.session_id"),
            nullable=False,
            index=True,
        ),
        sa.Column("exercise", sa.String(60), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("named", sa.Boolean, nullable=False),
        sa.Column("minutes", sa.Integer),
        sa.Column("repeats", sa.Integer, sa.ForeignKey("rounds.round_id")),
        sa.Column("opened_at", sa.DateTime, nullable=False),
        sa.Column("revealed_at", sa.DateTime),
        sa.Column("ended_early", sa.Boolean, nullable=False),
        sa.Column("open", sa.Boolean),
        sa.UniqueConstraint("session_id", "open", name="one_open_round"),
    )
    op.create_table(
        "answers",
        sa.Column("answer_id", sa.Integer, primary_key=True),
        sa.Column("round_id", sa.Integer, sa.ForeignKey("rounds.round_id"), nullable=False),
        sa.Column(
            "participant_id",
            sa.String(32),
            sa.ForeignKey("participants.participant_id"),
            nullable=False,
        ),
        sa.Column("item", sa.String(200), nullable=False),
        sa.Column("value", sa.JSON),
        sa.Column("key", sa.String(240), nullable=False),
        sa.Column("given_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("participant_id", "key", name="one_answer_a_key"),
    )
    op.create_index("answers_of", "answers", ["round_id", "participant_id", "item", "answer_id"])
    op.create_table(
        "finished",
        sa.Column("round_id", sa.Integer, sa.ForeignKey("rounds.round_id"), primary_key=True),
        sa.Column(
            "participant_id",
            sa.String(32),
            sa.ForeignKey("participants.participant_id"),
            primary_key=True,
        ),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "drafts",
        sa.Column("draft_id", sa.Integer, primary_key=True),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("sessions.session_id"), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("side", sa.String(9), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    op.create_index("drafts_of", "drafts", ["kind", "subject", "side", "draft_id"])
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.Integer, primary_key=True),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("sessions.session_id"), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("expects_of_marketing", sa.Text, nullable=False),
        sa.Column("expects_of_sales", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.person_id"), nullable=False),
        sa.Column("review_on", sa.Date, nullable=False),
        sa.Column("content", sa.JSON),
        sa.Column("round_id", sa.Integer, sa.ForeignKey("rounds.round_id")),
        sa.Column("vote", sa.JSON),
        sa.Column("dissent", sa.JSON, nullable=False),
        sa.Column("signed_sales_id", sa.Integer, sa.ForeignKey("people.person_id")),
        sa.Column("signed_marketing_id", sa.Integer, sa.ForeignKey("people.person_id")),
        sa.Column("replaces", sa.Integer, sa.ForeignKey("decisions.decision_id"), unique=True),
        sa.Column("decided_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("kind", "subject", "version", name="one_decision_a_version"),
    )
    for statement in _KEPT[op.get_bind().dialect.name]:
        op.execute(statement)


_KEPT = {
    "sqlite": (
        """CREATE TRIGGER no_decision_is_edited BEFORE UPDATE ON decisions
        BEGIN SELECT RAISE(ABORT, 'a decision is replaced, never edited'); END""",
        """CREATE TRIGGER no_decision_is_deleted BEFORE DELETE ON decisions
        BEGIN SELECT RAISE(ABORT, 'a decision is replaced, never deleted'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION keep_decisions() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'a decision is replaced, never edited or deleted'; END $$""",
        """CREATE TRIGGER decisions_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions
        FOR EACH STATEMENT EXECUTE FUNCTION keep_decisions()""",
    ),
}
