"""Someone is erased on either database, and the ledger is locked again after it."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.session.conftest import exercise
from workshop.errors import InputError
from workshop.session import drafts, ledger, people, rounds
from workshop.session.answers import mine
from workshop.session.erase import erase, known, redaction_of, someone_called, someone_with
from workshop.session.schema import answers, decisions, participants
from workshop.session.scrub import scrub, wipe

NAME = "Zoë D'Hondt"


@pytest.fixture
def filled(room):
    """Give one of five a name, an answer and a decision."""
    for name in room.join("sales", 5):
        people.give_name(room.store, f"token of {name}", NAME if name == "sales0" else name)
    one = rounds.open_round(room.store, room.session.session_id, "asked", exercise())
    for name in room.people:
        room.answer(one.round_id, name, "q", 3)
    rounds.reveal(room.store, one.round_id, early=True)
    drafts.keep(room.store, room.session.session_id, "decision", "x", {"owner": NAME})
    proposal = ledger.Proposal(
        kind="other",
        subject="bellen",
        what=f"{NAME} belt",
        why="Dat helpt.",
        expects_of_marketing="-",
        expects_of_sales="-",
        owner=NAME,
        owner_team="sales",
        review_on=dt.date(2099, 1, 1),
    )
    ledger.decide(room.store, room.session.session_id, proposal)
    return room


def test_the_name_goes_and_the_ledger_is_locked_again(filled):
    store = filled.store
    who = someone_called(store, NAME)
    redaction = redaction_of(store, who, texts=False)
    device = filled.people["sales0"].participant_id
    with store.write() as connection:
        found = erase(connection, who, texts=False)
        assert scrub(connection, redaction) == 2
    wipe(store)
    # One row of the device, and one that the ledger added.
    assert (found.devices, found.answers, found.unlinked) == (1, 0, 1)
    assert mine(store, 1, device) == {}
    with store.read() as connection:
        counted = sa.select(sa.func.count()).select_from(answers)
        assert connection.scalar(counted) == 5
        assert connection.scalar(sa.select(sa.func.count()).select_from(participants)) == 5
    (decision,) = ledger.ledger(store)
    assert (decision.owner, decision.what) == ("", "[…] belt")
    assert drafts.latest(store, "decision", "x").content == {"owner": ""}
    assert NAME not in {one.name for one in known(store)}
    with pytest.raises(sa.exc.DatabaseError, match="never edited"), store.write() as connection:
        connection.execute(sa.update(decisions).values(what="x"))


def test_where_it_breaks_off_nothing_changed_and_the_ledger_is_locked(filled):
    store = filled.store
    who = someone_called(store, NAME)
    with pytest.raises(KeyboardInterrupt), store.write() as connection:
        erase(connection, who, texts=False)
        scrub(connection, redaction_of(store, who, texts=False))
        raise KeyboardInterrupt
    assert someone_called(store, NAME) == who
    with pytest.raises(sa.exc.DatabaseError, match="never edited"), store.write() as connection:
        connection.execute(sa.update(decisions).values(what="x"))


def test_a_participant_is_found_by_enough_of_a_number(filled):
    number = filled.people["sales1"].participant_id
    assert someone_with(filled.store, number[:8]).name == "sales1"
    for wrong in (number[:5], "zzzzzzzz"):
        with pytest.raises(InputError, match="no_such_participant"):
            someone_with(filled.store, wrong)
