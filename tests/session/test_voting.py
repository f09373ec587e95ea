"""A vote: both teams or not at all, about the draft as it stands, with the dissent kept."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.session.conftest import Room
from tests.session.test_ledger import proposal
from workshop.errors import InputError
from workshop.session import drafts
from workshop.session.drafts import Draft
from workshop.session.exercise import Words
from workshop.session.ledger import Ballot, Decision, ledger
from workshop.session.rounds import Round, reveal
from workshop.session.voting import Paper, adopt, call_vote, is_vote, outcome, vote_on

TODAY = dt.date(2026, 11, 2)
PAPER = Paper(*(Words(nl=name, en=name) for name in Paper._fields))


def kept(room: Room, content: object = "narrow") -> Draft:
    return drafts.keep(room.store, room.session.session_id, "definition", "mql", content)


def voted(
    room: Room,
    draft: Draft,
    says: dict[str, tuple[int, int]],
    *,
    named: bool = True,
    reasons: bool = True,
) -> Round:
    """Let each team vote, so many yes and no; whoever says no gives a reason."""
    people = {team: room.join(team, sum(counts)) for team, counts in says.items()}
    found = call_vote(room.store, room.session.session_id, draft, PAPER, named=named)
    for team, (yes, _) in says.items():
        for n, who in enumerate(people[team]):
            room.answer(found.round_id, who, "vote", "yes" if n < yes else "no")
            if reasons and n >= yes:
                room.answer(found.round_id, who, "reason", f"{team} says no")
    return reveal(room.store, found.round_id, early=True)


def adopted(room: Room, draft: Draft, **given: int) -> Decision:
    return adopt(room.store, room.session.session_id, proposal(), draft, today=TODAY, **given)


def test_each_team_s_ballot_is_counted_and_its_dissent_kept(room: Room) -> None:
    draft = kept(room)
    found = outcome(room.store, voted(room, draft, {"sales": (2, 1), "marketing": (3, 0)}))
    assert found.ballots == {"sales": Ballot(2, 1), "marketing": Ballot(3, 0)}
    assert found.agreed
    assert found.draft == draft
    assert [(one.team, one.text) for one in found.dissent] == [("sales", "sales says no")]


@pytest.mark.parametrize("says", [{"sales": (3, 0)}, {"sales": (3, 0), "marketing": (1, 1)}])
def test_one_team_is_not_enough(room: Room, says: dict[str, tuple[int, int]]) -> None:
    draft = kept(room)
    assert not outcome(room.store, voted(room, draft, says)).agreed
    with pytest.raises(InputError) as caught:
        adopted(room, draft)
    assert (caught.value.code, caught.value.fields["team"]) == ("no_yes", "marketing")
    assert ledger(room.store) == ()


def test_what_both_teams_voted_for_stands_in_the_ledger_with_the_vote(room: Room) -> None:
    draft = kept(room)
    found = voted(room, draft, {"sales": (2, 1), "marketing": (3, 0), "other": (0, 2)})
    made = adopted(room, draft, after=4)
    assert made.vote == {"sales": {"yes": 2, "no": 1}, "marketing": {"yes": 3, "no": 0}}
    assert (made.round_id, made.version) == (found.round_id, 5)
    assert {one["text"] for one in made.dissent} == {"sales says no", "other says no"}
    assert ledger(room.store) == (made,)


def test_without_a_vote_that_was_shown_there_is_no_decision(room: Room) -> None:
    draft = kept(room)
    with pytest.raises(InputError, match="no_vote"):
        adopted(room, draft)
    call_vote(room.store, room.session.session_id, draft, PAPER)
    with pytest.raises(InputError, match="vote_open"):
        adopted(room, draft)


def test_a_vote_is_about_the_draft_as_it_stood(room: Room) -> None:
    first = kept(room)
    voted(room, first, {"sales": (2, 0), "marketing": (2, 0)})
    changed = kept(room, "wider")
    assert vote_on(room.store, changed) is None
    with pytest.raises(InputError, match="no_vote"):
        adopted(room, changed)


def test_the_last_vote_about_a_draft_counts(room: Room) -> None:
    draft = kept(room)
    voted(room, draft, {"sales": (0, 2), "marketing": (2, 0)})
    second = voted(room, draft, {"sales": (5, 0), "marketing": (2, 0)})
    assert vote_on(room.store, draft) == second
    assert adopted(room, draft).round_id == second.round_id


@pytest.mark.parametrize("few", ["sales", "marketing"])
def test_an_anonymous_vote_takes_both_teams_at_the_floor(room: Room, few: str) -> None:
    draft = kept(room)
    for team in ("sales", "marketing"):
        room.join(team, 3 if team == few else 4)
    with pytest.raises(InputError) as caught:
        call_vote(room.store, room.session.session_id, draft, PAPER, named=False)
    assert (caught.value.code, caught.value.fields["least"]) == ("vote_needs_names", 4)


def test_an_anonymous_vote_counts_and_keeps_a_lone_reason_to_itself(room: Room) -> None:
    draft = kept(room)
    found = outcome(
        room.store, voted(room, draft, {"sales": (4, 1), "marketing": (4, 0)}, named=False)
    )
    assert found.ballots == {"sales": Ballot(4, 1), "marketing": Ballot(4, 0)}
    assert found.dissent == ()


def test_a_team_that_may_not_be_shown_has_no_ballot_and_has_not_agreed(room: Room) -> None:
    draft = kept(room)
    room.join("sales", 3)
    found = outcome(
        room.store, voted(room, draft, {"sales": (1, 0), "marketing": (4, 0)}, named=False)
    )
    assert "sales" not in found.ballots
    assert not found.agreed


def test_what_a_yes_adds_is_no_dissent(room: Room) -> None:
    draft = kept(room)
    yes, no = room.join("sales", 2)
    found = call_vote(room.store, room.session.session_id, draft, PAPER)
    for who, said in ((yes, "yes"), (no, "no")):
        room.answer(found.round_id, who, "vote", said)
        room.answer(found.round_id, who, "reason", f"said with a {said}")
    shown = reveal(room.store, found.round_id, early=True)
    assert [one.text for one in outcome(room.store, shown).dissent] == ["said with a no"]


def test_only_rounds_about_a_draft_are_votes(room: Room) -> None:
    found = call_vote(room.store, room.session.session_id, kept(room), PAPER)
    assert is_vote(found)
    assert not is_vote(found._replace(exercise="vote-on-lunch"))
