"""What became of a decision: written down once more, never edited, the last look counts."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from tests.session.conftest import Room
from tests.session.test_ledger import decided
from workshop.errors import InputError
from workshop.session import promises, sessions
from workshop.session.ledger import Decision, decision_of, ledger
from workshop.session.promises import Promise, listed, promise, promises_of
from workshop.session.reviews import outcomes, review, reviews_in
from workshop.session.store import Store

MONDAY = dt.date(2026, 11, 2)
WEEK = dt.timedelta(weeks=1)


def promised(room: Room, by: dt.date = MONDAY + WEEK, **fields: object) -> Decision:
    given = {"what": "Call them", "so_that": "we know why", "owner": "An", "owner_team": "sales"}
    made = Promise.model_validate({**given, "by": by, **fields})
    return promise(room.store, room.session.session_id, made, today=MONDAY)


def other(room: Room, **fields: object) -> Decision:
    return decided(room, None, kind="other", subject="Lunch", **fields)


def look(
    store: Store, one: Decision, outcome: str, today: dt.date, *, session: int = 0, **given: object
) -> None:
    number = session or one.session_id
    review(store, number, one.decision_id, outcome, today=today, **given)  # type: ignore[arg-type]


class TestPromising:
    def test_a_promise_stands_in_the_ledger_and_replaces_nothing(self, room: Room) -> None:
        first, second = promised(room), promised(room)
        assert [one.replaced_by for one in ledger(room.store)] == [None, None]
        assert promises_of(room.store, room.session.session_id) == (first, second)
        said = (first.kind, first.what, first.why, first.owner, first.owner_team, first.due_on)
        assert said == ("promise", "Call them", "we know why", "An", "sales", MONDAY + WEEK)

    def test_three_are_enough_for_a_session(self, room: Room) -> None:
        for _ in range(promises.MOST):
            promised(room)
        with pytest.raises(InputError, match="enough_promises"):
            promised(room)
        room.session = sessions.start(room.store)
        assert promised(room).decision_id == promises.MOST + 1

    def test_its_day_lies_ahead(self, room: Room) -> None:
        with pytest.raises(InputError, match="review_in_past"):
            promised(room, by=MONDAY)

    @pytest.mark.parametrize("field", ["what", "so_that", "owner"])
    def test_nothing_is_left_out(self, field: str) -> None:
        given = {"what": "a", "so_that": "b", "owner": "c", "owner_team": "sales", "by": MONDAY}
        with pytest.raises(ValidationError):
            Promise.model_validate({**given, field: " "})


class TestReviewing:
    @pytest.mark.parametrize(
        ("kind", "allowed"),
        [
            ("promise", ("done", "not_done", "dropped")),
            ("other", ("kept", "changed", "dropped")),
            ("commitment", ("kept", "changed", "dropped")),
            ("goal", ("kept", "changed")),
        ],
    )
    def test_what_both_signed_is_not_dropped_by_a_press(self, kind: str, allowed: tuple) -> None:
        assert outcomes(kind) == allowed

    def test_another_outcome_is_refused_and_nothing_is_written(self, room: Room) -> None:
        made, joint = promised(room), decided(room)
        for one, outcome in ((made, "kept"), (joint, "dropped"), (joint, "done")):
            with pytest.raises(InputError) as caught:
                look(room.store, one, outcome, MONDAY, next_on=MONDAY + WEEK)
            assert caught.value.code == "no_such_review"
            assert caught.value.fields["allowed"] == list(outcomes(one.kind))
        with pytest.raises(InputError, match="unknown_decision"):
            look(room.store, made._replace(decision_id=99), "done", MONDAY)
        assert reviews_in(room.store, room.session.session_id) == ()

    @pytest.mark.parametrize("outcome", ["done", "dropped"])
    def test_what_is_over_is_never_overdue(self, room: Room, outcome: str) -> None:
        made = promised(room)
        assert made.is_overdue(MONDAY + 2 * WEEK)
        look(room.store, made, outcome, MONDAY + WEEK, next_on=MONDAY + 2 * WEEK)
        found = decision_of(room.store, made.decision_id)
        assert (found.holds, found.due_on, found.review.next_on) == (False, None, None)
        assert not found.is_overdue(MONDAY + 9 * WEEK)
        assert ledger(room.store, holding=True) == ()

    @pytest.mark.parametrize("outcome", ["kept", "changed"])
    def test_what_stays_is_due_on_its_new_day(self, room: Room, outcome: str) -> None:
        made, day = other(room), MONDAY + 4 * WEEK
        look(room.store, made, outcome, MONDAY, next_on=day, note="  Ask them  ")
        found = decision_of(room.store, made.decision_id)
        assert (found.holds, found.due_on, found.review.note) == (True, day, "Ask them")
        assert not found.is_overdue(day)
        assert found.is_overdue(day + dt.timedelta(days=1))

    @pytest.mark.parametrize(
        ("next_on", "code"), [(None, "review_missing"), (MONDAY, "review_in_past")]
    )
    def test_what_stays_takes_a_day_ahead(
        self, room: Room, next_on: dt.date | None, code: str
    ) -> None:
        with pytest.raises(InputError, match=code):
            look(room.store, promised(room), "not_done", MONDAY, next_on=next_on)

    def test_a_note_has_an_end(self, room: Room) -> None:
        with pytest.raises(InputError, match="note_too_long"):
            look(room.store, promised(room), "done", MONDAY, note="a" * 601)

    def test_what_is_not_done_is_counted_once_a_session(self, room: Room) -> None:
        made = promised(room)
        for week in (1, 2):
            day = MONDAY + week * WEEK
            session = sessions.start(room.store).session_id
            for _ in range(2):
                look(room.store, made, "not_done", day, session=session, next_on=day + WEEK)
            assert decision_of(room.store, made.decision_id).missed == week
        # Somebody had done it after all.
        look(room.store, made, "done", MONDAY + 2 * WEEK, session=session)
        found = decision_of(room.store, made.decision_id)
        assert (found.missed, found.holds) == (1, False)
        assert [one.outcome for one in reviews_in(room.store, session)] == ["done"]

    def test_the_ledger_can_be_read_as_it_stood_after_an_earlier_session(self, room: Room) -> None:
        made, first = promised(room), decided(room)
        later = sessions.start(room.store)
        look(room.store, made, "done", MONDAY, session=later.session_id)
        room.session = later
        decided(room, what="Narrower")
        before = ledger(room.store, until=first.session_id)
        assert [(one.holds, one.replaced_by, one.review) for one in before] == [
            (True, None, None),
            (True, None, None),
        ]
        assert [one.holds for one in ledger(room.store)] == [False, False, True]

    @pytest.mark.parametrize("statement", ["UPDATE reviews SET note = 'x'", "DELETE FROM reviews"])
    def test_the_database_itself_refuses_an_edit(self, room: Room, statement: str) -> None:
        look(room.store, promised(room), "done", MONDAY)
        with pytest.raises(sa.exc.DatabaseError, match="later one"), room.store.write() as writing:
            writing.exec_driver_sql(statement)
        assert len(reviews_in(room.store, room.session.session_id)) == 1


class TestListing:
    def test_what_is_due_comes_first_overdue_before_today(self, room: Room) -> None:
        today = MONDAY + 2 * WEEK
        now, late = promised(room, by=today), promised(room)
        promised(room, by=today + WEEK)
        found = listed(room.store, today)
        assert [one.decision_id for one in found.waiting] == [late.decision_id, now.decision_id]
        assert (found.handled, found.coming) == ((), 1)

    def test_what_this_session_said_is_handled_and_last_week_s_is_not(self, room: Room) -> None:
        made, kept = promised(room), other(room, review_on=MONDAY + WEEK)
        today = MONDAY + WEEK
        session = sessions.start(room.store).session_id
        look(room.store, made, "not_done", today, session=session, next_on=today + WEEK)
        found = listed(room.store, today)
        assert [one.decision_id for one in found.waiting] == [kept.decision_id]
        assert [one.decision_id for one in found.handled] == [made.decision_id]
        assert found.find(made.decision_id).missed == 1
        sessions.start(room.store)
        found = listed(room.store, today + WEEK)
        assert [one.decision_id for one in found.waiting] == [kept.decision_id, made.decision_id]
        assert found.handled == ()
