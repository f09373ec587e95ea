"""A vote: a draft put to the room as a round, what each team says of it, and the decision."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pandas as pd

from workshop.errors import InputError
from workshop.session import drafts, ledger
from workshop.session.drafts import Draft
from workshop.session.exercise import Choice, Exercise, FreeText, Option, Words
from workshop.session.floor import INSIDE
from workshop.session.ledger import Ballot, Decision, Dissent, Proposal
from workshop.session.people import joined
from workshop.session.results import Results, results
from workshop.session.rounds import Round, open_round, round_of, rounds_of
from workshop.session.sessions import all_sessions, session_of
from workshop.session.store import Store

VOTE, REASON = "vote", "reason"
YES, NO = "yes", "no"
VOTERS = INSIDE
_ROUND = "vote-"


class Paper(NamedTuple):
    """The words of a ballot paper: what it is about, what is proposed, and what is asked."""

    title: Words
    text: Words
    question: Words
    yes: Words
    no: Words
    reason: Words


class Outcome(NamedTuple):
    """What came of a vote: the draft it was about, each team's ballot, and why some said no.

    A team whose answers may not be shown has no ballot.
    """

    round: Round
    draft: Draft
    ballots: dict[str, Ballot]
    dissent: tuple[Dissent, ...]

    @property
    def agreed(self) -> bool:
        """Whether each team said yes more often than no."""
        return all(team in self.ballots and self.ballots[team].agrees for team in VOTERS)


def call_vote(
    store: Store,
    session_id: int,
    draft: Draft,
    paper: Paper,
    *,
    named: bool = True,
    minutes: int | None = None,
) -> Round:
    """Put a draft to the room, named unless both teams are large enough to vote anonymously.

    Raises ``InputError``: ``vote_needs_names`` for an anonymous vote with a team under the floor,
    and what `open_round` raises.
    """
    if not named:
        floor, present = session_of(store, session_id).floor, joined(store, session_id)
        if min(present[team] for team in VOTERS) < floor:
            raise InputError("vote_needs_names", least=floor)
    return open_round(
        store, session_id, round_name(draft), ballot(paper), named=named, minutes=minutes
    )


def ballot(paper: Paper) -> Exercise:
    """Return the exercise that asks yes or no, and why not."""
    options = (Option(id=YES, text=paper.yes), Option(id=NO, text=paper.no))
    return Exercise(
        title=paper.title,
        intro=paper.text,
        questions=(
            Choice(id=VOTE, kind="choice", text=paper.question, options=options),
            FreeText(id=REASON, kind="text", text=paper.reason),
        ),
    )


def vote_on(store: Store, draft: Draft) -> Round | None:
    """Return the last round about a draft that was not closed without showing it."""
    for session in reversed(all_sessions(store)):
        found = rounds_of(store, session.session_id, round_name(draft))
        kept = [one for one in found if one.state != "closed"]
        if kept:
            return kept[-1]
    return None


def outcome(store: Store, found: Round) -> Outcome:
    """Count a vote whose answers were shown; raise ``InputError`` (``sealed``) before."""
    said = results(store, found.round_id)
    return Outcome(said.round, _draft_of(store, found), _ballots(said), _dissent(said))


def adopt(
    store: Store,
    session_id: int,
    proposal: Proposal,
    draft: Draft,
    *,
    today: dt.date,
    after: int = 0,
) -> Decision:
    """Write what the room voted for to the ledger, with the vote and the dissent.

    Raises ``InputError``: ``no_vote`` where this draft, as it stands, was not put to the vote,
    ``vote_open`` while the answers are sealed, and what `ledger.decide` raises.
    """
    found = vote_on(store, draft)
    if found is None:
        raise InputError("no_vote")
    if found.state != "revealed":
        raise InputError("vote_open")
    counted = outcome(store, found)
    return ledger.decide(
        store,
        session_id,
        proposal.model_copy(update={"dissent": (*proposal.dissent, *counted.dissent)}),
        vote=counted.ballots,
        round_id=found.round_id,
        today=today,
        after=after,
    )


def draft_behind(store: Store, decision: Decision) -> Draft | None:
    """Return what the room voted on before a decision; ``None`` where no vote was held."""
    if decision.round_id is None:
        return None
    return _draft_of(store, round_of(store, decision.round_id))


def round_name(draft: Draft) -> str:
    """Return what the rounds about a draft are called."""
    return f"{_ROUND}{draft.draft_id}"


def is_vote(found: Round) -> bool:
    """Tell whether a round is a vote."""
    return found.exercise.startswith(_ROUND) and found.exercise.removeprefix(_ROUND).isdecimal()


def _draft_of(store: Store, vote: Round) -> Draft:
    return drafts.draft_of(store, int(vote.exercise.removeprefix(_ROUND)))


def _ballots(said: Results) -> dict[str, Ballot]:
    groups, rows = said.groups, said.rows[said.rows["item"] == VOTE]
    shown = set(groups.loc[(groups["item"] == VOTE) & groups["shown"], "team"])
    return {team: _ballot(rows[rows["team"] == team]["value"]) for team in VOTERS if team in shown}


def _ballot(values: pd.Series[str]) -> Ballot:
    return Ballot(int((values == YES).sum()), int((values == NO).sum()))


def _dissent(said: Results) -> tuple[Dissent, ...]:
    """Return the reasons, but those of whom it is known that they said yes."""
    rows = said.rows
    agreed = set(rows.loc[(rows["item"] == VOTE) & (rows["value"] == YES), "person"])
    given = rows[(rows["item"] == REASON) & ~rows["person"].isin(agreed)]
    teams = given["team"].where(given["team"].notna(), None)
    return tuple(
        Dissent(team=team, text=str(text)) for team, text in zip(teams, given["value"], strict=True)
    )
