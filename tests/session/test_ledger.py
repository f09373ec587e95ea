"""The ledger: both teams or not at all, replaced and never edited."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from tests.session.conftest import Room
from workshop.errors import InputError
from workshop.session import drafts
from workshop.session.ledger import Ballot, Decision, Proposal, decide, holding, ledger

TODAY = dt.date(2026, 11, 2)
YES = {"sales": Ballot(3, 1), "marketing": Ballot(2, 0)}


def proposal(**fields: object) -> Proposal:
    given = {
        "kind": "definition",
        "subject": "mql",
        "what": "Fits and is interested",
        "why": "Half of the calls were too early",
        "expects_of_marketing": "No lead without a role",
        "expects_of_sales": "A call within a day",
        "owner": "An",
        "owner_team": "sales",
        "review_on": dt.date(2026, 12, 1),
        "content": {"term": "mql"},
        "signed_sales": "An",
        "signed_marketing": "Bo",
    }
    return Proposal.model_validate({**given, **fields})


def decided(room: Room, vote: dict[str, Ballot] | None = YES, **fields: object) -> Decision:
    return decide(room.store, room.session.session_id, proposal(**fields), vote=vote, today=TODAY)


class TestDeciding:
    def test_all_of_it_is_written_down(self, room: Room) -> None:
        dissent = [{"team": "sales", "text": "Too broad"}]
        made = decided(room, dissent=dissent)
        assert ledger(room.store) == (made,)
        assert made._asdict() | {"decided_at": None} == {
            **proposal().model_dump(),
            "decision_id": 1,
            "session_id": room.session.session_id,
            "version": 1,
            "round_id": None,
            "vote": {"sales": {"yes": 3, "no": 1}, "marketing": {"yes": 2, "no": 0}},
            "dissent": dissent,
            "replaces": None,
            "replaced_by": None,
            "decided_at": None,
            "review": None,
            "missed": 0,
        }

    @pytest.mark.parametrize("kind", ["definition", "rules", "goal"])
    @pytest.mark.parametrize("team", ["sales", "marketing"])
    def test_neither_team_signs_alone(self, room: Room, kind: str, team: str) -> None:
        with pytest.raises(InputError) as caught:
            decided(room, kind=kind, **{f"signed_{team}": None})
        assert (caught.value.code, caught.value.fields["team"]) == ("not_signed", team)
        assert ledger(room.store) == ()

    @pytest.mark.parametrize(
        ("ballot", "agrees"),
        [
            (Ballot(1, 0), True),
            (Ballot(2, 1), True),
            (Ballot(1, 1), False),
            (Ballot(0, 0), False),
            (Ballot(1, 3), False),
        ],
    )
    def test_a_team_agrees_by_more_yes_than_no(
        self, room: Room, ballot: Ballot, agrees: bool
    ) -> None:
        vote = {**YES, "marketing": ballot}
        if agrees:
            assert decided(room, vote).vote is not None
            return
        with pytest.raises(InputError) as caught:
            decided(room, vote)
        assert (caught.value.code, caught.value.fields["team"]) == ("no_yes", "marketing")

    @pytest.mark.parametrize("vote", [None, {}, {"sales": Ballot(4, 0)}])
    def test_without_a_vote_there_is_no_joint_decision(
        self, room: Room, vote: dict[str, Ballot] | None
    ) -> None:
        with pytest.raises(InputError, match="no_yes"):
            decided(room, vote)

    def test_a_commitment_is_its_owners(self, room: Room) -> None:
        made = decided(room, None, kind="commitment", signed_sales=None, signed_marketing=None)
        assert (made.owner, made.owner_team, made.vote) == ("An", "sales", None)

    @pytest.mark.parametrize(
        "field", ["what", "why", "expects_of_marketing", "expects_of_sales", "owner"]
    )
    def test_nothing_is_left_out(self, field: str) -> None:
        with pytest.raises(ValidationError):
            proposal(**{field: "  "})

    def test_a_review_lies_ahead(self, room: Room) -> None:
        with pytest.raises(InputError, match="review_in_past"):
            decided(room, review_on=TODAY)


class TestReplacing:
    def test_a_later_decision_replaces_the_one_that_held(self, room: Room) -> None:
        first, other = decided(room), decided(room, subject="sql")
        second = decided(room, what="Narrower")
        assert (second.version, second.replaces) == (2, first.decision_id)
        assert [one.replaced_by for one in ledger(room.store)] == [second.decision_id, None, None]
        assert ledger(room.store, holding=True) == (other, second)
        assert holding(room.store, "definition", "mql") == second
        assert holding(room.store, "definition", "prospect") is None

    @pytest.mark.parametrize(
        "statement", ["UPDATE decisions SET what = 'x'", "DELETE FROM decisions"]
    )
    def test_the_database_itself_refuses_an_edit(self, room: Room, statement: str) -> None:
        made = decided(room)
        with pytest.raises(sa.exc.DatabaseError, match="replaced"), room.store.write() as writing:
            writing.exec_driver_sql(statement)
        assert ledger(room.store) == (made,)

    def test_two_at_once_follow_each_other(self, room: Room) -> None:
        people = [threading.Thread(target=decided, args=(room,)) for _ in range(4)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        assert [one.version for one in ledger(room.store)] == [1, 2, 3, 4]
        assert len(ledger(room.store, holding=True)) == 1


class TestDrafts:
    def test_the_last_state_counts_and_the_same_is_kept_once(self, room: Room) -> None:
        session = room.session.session_id
        assert drafts.latest(room.store, "definition", "mql") is None
        first = drafts.keep(room.store, session, "definition", "mql", {"a": 1})
        assert drafts.keep(room.store, session, "definition", "mql", {"a": 1}) == first
        second = drafts.keep(room.store, session, "definition", "mql", {"a": 2})
        drafts.keep(room.store, session, "definition", "mql", {"a": 3}, side="sales")
        assert drafts.latest(room.store, "definition", "mql") == second
        assert second.draft_id > first.draft_id
