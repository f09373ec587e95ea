"""The ledger: every decision with its reason; replaced by a later one, never edited."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, NamedTuple

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from workshop.errors import InputError
from workshop.session.people import find_person
from workshop.session.reviews import CLOSED, Review, Reviewed, reviewed
from workshop.session.schema import decisions, now, people, sessions
from workshop.session.sessions import bump
from workshop.session.store import Store

Kind = Literal["definition", "rules", "goal", "commitment", "experiment", "promise", "other"]
SIGNED_BY_BOTH: tuple[Kind, ...] = ("definition", "rules", "goal")
"""What neither team can decide alone."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
_Subject = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]


class Ballot(NamedTuple):
    """How one team voted."""

    yes: int
    no: int

    @property
    def agrees(self) -> bool:
        """Whether more of them said yes than no, and at least one did."""
        return self.yes > self.no


class Dissent(BaseModel):
    """Why someone does not agree, in their words; anonymous where the vote was."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    team: str | None = None
    text: _Text


class Proposal(BaseModel):
    """A decision as it is put to the room.

    ``owner_team`` is whose the owner is; ``content`` what a definition, the rules or the goal
    say, as their files would. Both teams sign what neither can decide alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    subject: _Subject
    what: _Text
    why: _Text
    expects_of_marketing: _Text
    expects_of_sales: _Text
    owner: Name
    owner_team: Literal["sales", "marketing", "other"]
    review_on: dt.date
    content: Any = None
    signed_sales: Name | None = None
    signed_marketing: Name | None = None
    dissent: Annotated[tuple[Dissent, ...], Field(max_length=200)] = ()


class Decision(NamedTuple):
    """A decision as it stands in the ledger; a name that was forgotten is empty.

    ``vote`` is yes and no by team, or null where none was held. ``replaced_by`` is the later
    decision. ``review`` is what became of it when it was last looked at, ``missed`` in how many
    sessions it was not done.
    """

    decision_id: int
    session_id: int
    kind: str
    subject: str
    version: int
    what: str
    why: str
    expects_of_marketing: str
    expects_of_sales: str
    owner: str
    owner_team: str
    review_on: dt.date
    content: Any
    round_id: int | None
    vote: dict[str, Any] | None
    dissent: list[dict[str, Any]]
    signed_sales: str | None
    signed_marketing: str | None
    replaces: int | None
    replaced_by: int | None
    decided_at: dt.datetime
    review: Review | None = None
    missed: int = 0

    @property
    def holds(self) -> bool:
        """Whether it still stands: not replaced, done or dropped."""
        closed = self.review is not None and self.review.outcome in CLOSED
        return self.replaced_by is None and not closed

    @property
    def due_on(self) -> dt.date | None:
        """The day on which it is looked at again; null for one that does not hold."""
        if not self.holds:
            return None
        return self.review_on if self.review is None else self.review.next_on

    def is_overdue(self, today: dt.date) -> bool:
        """Tell whether it should have been looked at by now."""
        return self.due_on is not None and self.due_on < today


def decide(
    store: Store,
    session_id: int,
    proposal: Proposal,
    *,
    vote: dict[str, Ballot] | None = None,
    round_id: int | None = None,
    today: dt.date | None = None,
    after: int = 0,
) -> Decision:
    """Write a decision to the ledger; it replaces the one that holds for its kind and subject.

    Its version is the next one, beyond ``after``: that of a file written before any session.
    Raises ``InputError``: ``not_signed`` (with the team) where both teams must sign and one has
    not, ``no_yes`` where a team's vote is not a yes, ``review_in_past``.
    """
    _check(proposal, vote, today or now().date())
    with store.write() as connection:
        hold(connection, session_id)
        last = connection.execute(
            sa.select(decisions.c.decision_id, decisions.c.version)
            .where(decisions.c.kind == proposal.kind, decisions.c.subject == proposal.subject)
            .order_by(decisions.c.version.desc())
            .limit(1)
        ).first()
        values = {
            **proposal.model_dump(include={*_SAME}),
            "session_id": session_id,
            "version": max(last.version if last else 0, after) + 1,
            "owner_id": find_person(connection, proposal.owner, proposal.owner_team),
            "signed_sales_id": _signatory(connection, proposal.signed_sales, "sales"),
            "signed_marketing_id": _signatory(connection, proposal.signed_marketing, "marketing"),
            "dissent": [one.model_dump() for one in proposal.dissent],
            "vote": {team: ballot._asdict() for team, ballot in vote.items()} if vote else None,
            "round_id": round_id,
            "replaces": last.decision_id if last else None,
            "decided_at": now(),
        }
        decision_id = write(connection, session_id, values)
    return decision_of(store, decision_id)


def hold(connection: sa.Connection, session_id: int) -> None:
    """Let other decisions wait: two at once must not both replace, or number, the same one."""
    connection.execute(
        sa.select(sessions.c.revision).where(sessions.c.session_id == session_id).with_for_update()
    )


def write(connection: sa.Connection, session_id: int, values: dict[str, Any]) -> int:
    """Add a row to the ledger and return its number."""
    made = sa.insert(decisions).values(values).returning(decisions.c.decision_id)
    decision_id = int(connection.execute(made).scalar_one())
    bump(connection, session_id)
    return decision_id


def decision_of(store: Store, decision_id: int) -> Decision:
    """Return a decision by its number."""
    return next(one for one in ledger(store) if one.decision_id == decision_id)


def ledger(
    store: Store, *, holding: bool = False, until: int | None = None
) -> tuple[Decision, ...]:
    """Return every decision, the first first; or only those that hold.

    With ``until``, as the ledger stood at the end of that session.
    """
    owner, sales, marketing = (people.alias(name) for name in ("owner", "sales", "marketing"))
    later = decisions.alias("later")
    own = {name: decisions.c[name] for name in Decision._fields if name in decisions.c}
    named = {
        "owner": owner.c.name,
        "owner_team": owner.c.team,
        "signed_sales": sales.c.name,
        "signed_marketing": marketing.c.name,
        "replaced_by": later.c.decision_id,
    }
    columns = [column.label(name) for name, column in {**own, **named}.items()]
    follows = later.c.replaces == decisions.c.decision_id
    if until is not None:
        follows = follows & (later.c.session_id <= until)
    joined = (
        decisions.join(owner, decisions.c.owner_id == owner.c.person_id)
        .outerjoin(sales, decisions.c.signed_sales_id == sales.c.person_id)
        .outerjoin(marketing, decisions.c.signed_marketing_id == marketing.c.person_id)
        .outerjoin(later, follows)
    )
    chosen = sa.select(*columns).select_from(joined).order_by(decisions.c.decision_id)
    if until is not None:
        chosen = chosen.where(decisions.c.session_id <= until)
    with store.read() as connection:
        looks = reviewed(connection, until)
        found = [_decision(row, looks) for row in connection.execute(chosen)]
    return tuple(one for one in found if one.holds or not holding)


def holding(store: Store, kind: Kind, subject: str) -> Decision | None:
    """Return the decision that holds for a kind and subject, or ``None``."""
    found = ledger(store, holding=True)
    return next((one for one in found if (one.kind, one.subject) == (kind, subject)), None)


_SAME = (
    "kind",
    "subject",
    "what",
    "why",
    "expects_of_marketing",
    "expects_of_sales",
    "review_on",
    "content",
)


def _decision(row: sa.Row[Any], looks: dict[int, Reviewed]) -> Decision:
    found = looks.get(row.decision_id)
    review, missed = found if found is not None else (None, 0)
    return Decision(**row._mapping, review=review, missed=missed)


def _check(proposal: Proposal, vote: dict[str, Ballot] | None, today: dt.date) -> None:
    if proposal.review_on <= today:
        raise InputError("review_in_past", given=proposal.review_on, today=today)
    if proposal.kind not in SIGNED_BY_BOTH:
        return
    signed = {"sales": proposal.signed_sales, "marketing": proposal.signed_marketing}
    for team, name in signed.items():
        if name is None:
            raise InputError("not_signed", team=team)
        if vote is None or team not in vote or not vote[team].agrees:
            raise InputError("no_yes", team=team)


def _signatory(connection: sa.Connection, name: str | None, team: str) -> int | None:
    return None if name is None else find_person(connection, name, team)
