"""Reviews: what became of a decision, each time that it was looked at again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table, and have the database itself keep it as it was written."""
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.Integer, primary_key=True),
        sa.Column(
            "decision_id",
            sa.Integer,
            sa.ForeignKey("decisions.decision_id"),
            nullable=False,
            index=True,
        ),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("sessions.session_id"), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("next_on", sa.Date),
        sa.Column("reviewed_at", sa.DateTime, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('done', 'not_done', 'kept', 'changed', 'dropped')", name="known_outcome"
        ),
    )
    for statement in _KEPT[op.get_bind().dialect.name]:
        op.execute(statement)


_KEPT = {
    "sqlite": (
        """CREATE TRIGGER no_review_is_edited BEFORE UPDATE ON reviews
        BEGIN SELECT RAISE(ABORT, 'a review is followed by a later one, never edited'); END""",
        """CREATE TRIGGER no_review_is_deleted BEFORE DELETE ON reviews
        BEGIN SELECT RAISE(ABORT, 'a review is followed by a later one, never deleted'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION keep_reviews() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'a review is followed by a later one, never edited'; END $$""",
        """CREATE TRIGGER reviews_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON reviews
        FOR EACH STATEMENT EXECUTE FUNCTION keep_reviews()""",
    ),
}
