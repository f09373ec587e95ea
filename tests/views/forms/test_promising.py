"""Promises made and gone through: three a meeting, one at a time, on disk before the next."""

from __future__ import annotations

import datetime as dt

import pytest

from workshop.i18n import Translator
from workshop.session import sessions
from workshop.session.ledger import ledger
from workshop.session.promises import Promise, promise
from workshop.session.store import open_store
from workshop.views.forms.promise_form import PromiseForm
from workshop.views.forms.promise_state import PromiseState
from workshop.views.forms.review_form import ReviewForm
from workshop.views.forms.review_state import ReviewState
from workshop.workspace import Workspace

MONDAY = dt.date(2026, 11, 2)
WEEK = dt.timedelta(weeks=1)
FILLED = {"what": "Calls <b>them</b>", "so_that": "we know why", "owner": "An"}


@pytest.fixture
def client(tmp_path):
    return Workspace.create(tmp_path / "client", "Client", language="en")


@pytest.fixture
def room(client):
    opened = open_store(client)
    yield opened
    opened.close()


def promising(client, room, today=MONDAY) -> PromiseState:
    return PromiseState(client, room, today)


def fill(state: PromiseState, **other) -> PromiseState:
    for name, value in {**FILLED, "owner_team": "sales", **other}.items():
        setattr(state, name, value)
    return state


def promised(room, *, by=MONDAY + WEEK, session=None, **other):
    session = session or sessions.start(room)
    given = Promise(**{**FILLED, "owner_team": "sales", "by": by, **other})
    return promise(room, session.session_id, given, today=MONDAY)


class TestPromising:
    def test_nothing_is_recorded_while_something_lacks(self, client, room):
        state = promising(client, room)
        assert state.by == MONDAY + WEEK
        state.record()
        assert set(state.missing) == {"what", "owner", "owner_team", "so_that"}
        fill(state, what="a" * 301)
        state.record()
        assert (state.missing, state.overlong) == ((), ("what",))
        assert ledger(room) == ()

    def test_a_recorded_one_leaves_an_empty_form_for_the_next_kernel_too(self, client, room):
        state = fill(promising(client, room), by=MONDAY + 2 * WEEK)
        state.record()
        assert [(one.kind, one.due_on) for one in state.made] == [("promise", MONDAY + 2 * WEEK)]
        assert (state.problem, state.what, state.by) == (None, "", MONDAY + WEEK)
        again = promising(client, room)
        assert (again.what, again.owner, again.made) == ("", "", state.made)

    def test_what_was_typed_is_there_for_another_kernel(self, client, room):
        fill(promising(client, room))
        again = promising(client, room)
        assert {name: getattr(again, name) for name in FILLED} == FILLED

    def test_after_three_the_form_goes(self, client, room):
        form = PromiseForm(promising(client, room), Translator("en"))
        for n in range(3):
            assert form.asked.layout.display == ""
            fill(form.state, what=f"Does {n}")
            form.state.record()
        assert form.asked.layout.display == "none"
        assert "enough for one meeting" in form.plain()
        fill(form.state)
        form.state.record()
        assert form.state.problem.code == "enough_promises"

    def test_a_day_that_has_come_is_refused_and_the_form_kept(self, client, room):
        state = fill(promising(client, room), by=MONDAY)
        state.record()
        assert (state.problem.code, state.what) == ("review_in_past", FILLED["what"])

    @pytest.mark.parametrize("language", ["nl", "en"])
    def test_the_form_shows_what_lacks_and_what_was_promised(self, client, room, language):
        form = PromiseForm(promising(client, room), Translator(language))
        form.state.record()
        wrong = {name for name, field in form.fields.items() if "alert" in field._wrong.value}
        assert wrong == set(form.state.missing)
        for name, value in {**FILLED, "owner_team": "marketing"}.items():
            form.fields[name].widget.value = value
        form.state.record()
        assert "An (Marketing)" in form.made.value
        assert "<b>" not in form.made.value
        assert {field.widget.value for name, field in form.fields.items() if name != "by"} == {""}
        form.stop()


class TestReviewing:
    def test_one_at_a_time_overdue_first_and_each_on_disk(self, client, room):
        now, late = promised(room, by=MONDAY + 2 * WEEK), promised(room)
        today = MONDAY + 2 * WEEK
        state = ReviewState(client, room, today)
        assert (state.current, state.next_on) == (late.decision_id, today + WEEK)
        state.note = "Waits for the price list"
        state.say("not_done")
        assert (state.problem, state.current, state.note) == (None, now.decision_id, "")
        state.say("done")
        assert state.current == 0
        said = {one.decision_id: one.review for one in ledger(room)}
        assert said[late.decision_id].note == "Waits for the price list"
        assert said[late.decision_id].next_on == today + WEEK
        assert said[now.decision_id].outcome == "done"

    def test_the_last_one_can_be_put_right(self, client, room):
        made = promised(room)
        state = ReviewState(client, room, MONDAY + WEEK)
        state.note = "By mistake"
        state.say("dropped")
        state.back()
        assert (state.current, state.note, state.last) == (made.decision_id, "By mistake", ())
        state.say("done")
        (found,) = ledger(room)
        assert found.review.outcome == "done"
        assert [one.decision_id for one in state.listed.handled] == [made.decision_id]

    def test_a_day_that_lacks_is_said_and_nothing_written(self, client, room):
        made = promised(room)
        state = ReviewState(client, room, MONDAY + WEEK)
        state.next_on = None
        state.say("not_done")
        assert (state.problem.code, state.current) == ("review_missing", made.decision_id)
        assert ledger(room)[0].review is None

    def test_another_kernel_finds_what_was_said(self, client, room):
        promised(room)
        state = ReviewState(client, room, MONDAY + WEEK)
        state.say("done")
        again = ReviewState(client, room, MONDAY + WEEK)
        assert (again.current, len(again.listed.handled)) == (0, 1)

    @pytest.mark.parametrize("language", ["nl", "en"])
    def test_the_panel_has_a_button_for_each_answer_until_none_is_left(
        self, client, room, language
    ):
        t = Translator(language)
        promised(room)
        form = ReviewForm(ReviewState(client, room, MONDAY + WEEK), t)
        presses = [one.description for one in form.presses.children]
        assert presses == [t(f"review.press.{o}") for o in ("done", "not_done", "not_needed")]
        assert form.day.widget.value == MONDAY + 2 * WEEK
        assert "Calls &lt;b&gt;them" in form.now.value
        form.presses.children[0].click()
        assert form.presses.children == ()
        assert form.fields.layout.display == "none"
        assert form.now.value == ""
        assert t("review.through") in form.said.value
        assert t("review.state.done") in form.said.value
        form.stop()

    def test_after_two_times_it_says_that_a_third_is_enough(self, client, room):
        promised(room)
        for week in (1, 2):
            sessions.start(room)
            ReviewState(client, room, MONDAY + week * WEEK).say("not_done")
        sessions.start(room)
        form = ReviewForm(ReviewState(client, room, MONDAY + 3 * WEEK), Translator("en"))
        assert "not done, 2 times now" in form.now.value
        assert "Strike it out, together" in form.now.value

    def test_who_cannot_press_gets_the_list(self, client, room):
        form = ReviewForm(ReviewState(client, room, MONDAY), Translator("en"))
        assert form.plain() == "Nothing to look at today"
        promised(room)
        promised(room, by=MONDAY + 3 * WEEK)
        form.state.today = MONDAY + 2 * WEEK
        form.state.look()
        assert "An (Sales): Calls <b>them</b> (overdue since 9 November 2026)" in form.plain()
        assert "1 more stands" in form.plain()
        assert "<b>" not in form.html().replace("<strong>", "")
