"""The ledger: every decision with its reason; replaced by a later one, never edited."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, NamedTuple

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from workshop.errors import InputError
from workshop.session.people import find_person
from workshop.session.schema import decisions, now, people, sessions
from workshop.session.sessions import bump
from workshop.session.store import Store

Kind = Literal["definition", "rules", "goal", "commitment", "other"]
SIGNED_BY_BOTH: tuple[Kind, ...] = ("definition", "rules", "goal")
"""What neither team can decide alone."""

_Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
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
    owner: _Name
    owner_team: Literal["sales", "marketing", "other"]
    review_on: dt.date
    content: Any = None
    signed_sales: _Name | None = None
    signed_marketing: _Name | None = None
    dissent: Annotated[tuple[Dissent, ...], Field(max_length=200)] = ()


class Decision(NamedTuple):
    """A decision as it stands in the ledger; names are null where they were forgotten.

    ``vote`` is yes and no by team, or null where none was held. ``replaced_by`` is the later
    decision.
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
        # Two decisions at once must not both replace the same one.
        connection.execute(
            sa.select(sessions.c.revision)
            .where(sessions.c.session_id == session_id)
            .with_for_update()
        )
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
        made = sa.insert(decisions).values(values).returning(decisions.c.decision_id)
        decision_id = int(connection.execute(made).scalar_one())
        bump(connection, session_id)
    return next(one for one in ledger(store) if one.decision_id == decision_id)


def ledger(store: Store, *, holding: bool = False) -> tuple[Decision, ...]:
    """Return every decision, the first first; or only those that hold."""
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
    columns = [({**own, **named}[name]).label(name) for name in Decision._fields]
    joined = (
        decisions.join(owner, decisions.c.owner_id == owner.c.person_id)
        .outerjoin(sales, decisions.c.signed_sales_id == sales.c.person_id)
        .outerjoin(marketing, decisions.c.signed_marketing_id == marketing.c.person_id)
        .outerjoin(later, later.c.replaces == decisions.c.decision_id)
    )
    chosen = sa.select(*columns).select_from(joined).order_by(decisions.c.decision_id)
    if holding:
        chosen = chosen.where(later.c.decision_id.is_(None))
    with store.read() as connection:
        return tuple(Decision(*row) for row in connection.execute(chosen))


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
