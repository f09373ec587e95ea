"""A round in its facilitator's hands: the state, without a widget."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.views.played import answer, exercise, options
from workshop.errors import InputError, WorkspaceError
from workshop.questions.cards import Filled
from workshop.session import people, sessions
from workshop.session.answers import say_done
from workshop.session.results import results
from workshop.views.forms import round_state
from workshop.views.forms.answer_card import AnswerCard
from workshop.views.forms.panel_text import panel_text
from workshop.views.forms.round_state import RoundState

CONTENT = exercise({"id": "q", "kind": "statement"}, minutes=5)


@pytest.fixture
def state(store) -> RoundState:
    return RoundState(store, "diagnosis", CONTENT, lambda content, seed: Filled(content, ()), 4)


def another(state: RoundState) -> RoundState:
    """Return the state as a kernel that starts afresh finds it."""
    return RoundState(state.store, state.name, state.exercise, state.fill, state.floor)


def test_before_a_session_there_is_nothing_and_looking_writes_nothing(state):
    assert state.phase == "waiting"
    assert state.session is None
    assert sessions.all_sessions(state.store) == ()


def test_opening_starts_the_session_and_fixes_what_was_chosen(state):
    state.named, state.minutes = True, 0
    state.open()
    assert state.phase == "open"
    assert state.round.named
    assert state.round.minutes is None
    assert sessions.running(state.store) == state.session


def test_another_kernel_finds_the_open_round(state):
    state.open()
    answer(state.store, state.round, "sales", {"q": 3}, done=False)
    found = another(state)
    assert found.phase == "open"
    assert found.round.round_id == state.round.round_id
    assert found.seen.progress[:] == (1, 1, 0)


def test_a_reveal_waits_for_who_still_writes_until_it_is_pressed_again(state):
    state.open()
    answer(state.store, state.round, "sales", {"q": 3}, done=False)
    state.reveal()
    assert (state.phase, state.confirming) == ("open", "reveal")
    state.reveal()
    assert state.phase == "revealed"
    assert state.round.ended_early


def test_once_everyone_is_done_one_press_shows(state):
    state.open()
    answer(state.store, state.round, "sales", {"q": 3})
    state.reveal()
    assert state.phase == "revealed"
    assert not state.round.ended_early


def test_a_first_press_is_taken_back_and_lapses_when_all_are_done(state):
    state.open()
    who = answer(state.store, state.round, "sales", {"q": 3}, done=False)
    state.reveal()
    state.cancel()
    assert state.confirming == ""
    state.reveal()
    say_done(state.store, state.round.round_id, who)
    state.look()
    assert state.confirming == ""
    state.reveal()
    assert not state.round.ended_early


def test_asking_again_is_a_round_of_its_own(state):
    state.open()
    first = state.round.round_id
    for value in (1, 2, 3, 4):
        answer(state.store, state.round, "sales", {"q": value})
    state.reveal()
    state.reopen()
    assert state.phase == "open"
    assert state.round.repeats == first
    assert state.seen.progress.answered == 4
    assert list(results(state.store, first).rows["value"].sort_values()) == [1, 2, 3, 4]


def test_closing_takes_two_presses_and_leaves_it_sealed(state):
    state.open()
    answer(state.store, state.round, "sales", {"q": 3})
    number = state.round.round_id
    state.close()
    assert (state.phase, state.confirming) == ("open", "close")
    state.close()
    assert (state.phase, state.notice) == ("waiting", "closed")
    with pytest.raises(InputError, match="sealed"):
        results(state.store, number)


def test_another_exercise_that_is_open_stands_in_the_way(state):
    other = RoundState(state.store, "terms", CONTENT, state.fill, 4)
    state.open()
    other.look()
    assert other.seen.other.exercise == "diagnosis"
    other.open()
    assert other.problem.code == "round_open"
    assert other.problem.fields["exercise"] == CONTENT.title.model_dump()
    assert other.phase == "waiting"
    state.reveal()
    other.open()
    assert other.problem is None
    assert other.phase == "open"


def test_what_the_store_refuses_is_kept_to_be_said_and_nothing_is_lost(state, monkeypatch):
    state.open()
    answer(state.store, state.round, "sales", {"q": 3})

    def full(*_: object, **__: object) -> None:
        raise WorkspaceError("store_full", path="session.db")

    with monkeypatch.context() as patch:
        patch.setattr(round_state.rounds, "reveal", full)
        state.reveal()
    assert state.problem.code == "store_full"
    assert state.phase == "open"
    state.reveal()
    assert state.problem is None
    assert state.phase == "revealed"


def test_a_store_that_cannot_be_read_leaves_the_screen_as_it_is(state, monkeypatch):
    state.open()

    def busy(*_: object, **__: object) -> None:
        raise WorkspaceError("store_busy", path="session.db")

    with monkeypatch.context() as patch:
        patch.setattr(round_state, "snapshot", busy)
        state.look()
    assert state.trouble.code == "store_busy"
    assert state.phase == "open"
    state.look()
    assert state.trouble is None


def test_an_exercise_that_cannot_be_filled_is_not_opened(store):
    def nothing(*_: object) -> Filled:
        raise InputError("no_leads_to_label", least=3)

    state = RoundState(store, "lead-cards", CONTENT, nothing, 4)
    state.open()
    assert state.problem.code == "no_leads_to_label"
    assert state.round is None


def test_without_a_session_the_last_time_it_was_shown_stands_there(state):
    state.open()
    answer(state.store, state.round, "sales", {"q": 3})
    state.reveal()
    sessions.end(state.store, state.session.session_id)
    assert another(state).phase == "revealed"


def test_a_new_session_does_not_show_the_last_one_s_answers(state):
    state.open()
    answer(state.store, state.round, "sales", {"q": 3})
    state.reveal()
    sessions.start(state.store)
    assert another(state).phase == "waiting"


class TestWords:
    def test_the_time_box_runs_down(self, state, english):
        state.open()
        start = state.round.opened_at
        texts = [
            panel_text(state, english.t, start + dt.timedelta(seconds=passed)).counts[-1].value
            for passed in (0, 61, 301)
        ]
        assert texts == ["5:00", "3:59", "time is up"]

    def test_counts_are_of_everyone_together(self, state, english):
        state.open()
        for _ in range(4):
            answer(state.store, state.round, "sales", {"q": 3})
        answer(state.store, state.round, "marketing", {}, done=False)
        state.look()
        text = panel_text(state, english.t)
        assert [count.value for count in text.counts[:3]] == ["5", "4", "4"]
        assert "Fewer than 4 people of marketing have joined" in text.plain()

    def test_no_answer_stands_in_the_panel_before_the_reveal(self, store, look):
        content = exercise({"id": "q", "kind": "text"})
        state = RoundState(store, "x", content, lambda one, seed: Filled(one, ()), 4)
        state.open()
        for _ in range(5):
            answer(store, state.round, "sales", {"q": "Sphinx"})
        state.look()
        assert "Sphinx" not in panel_text(state, look.t).html()
        assert "Sphinx" not in repr(state.seen)

    @pytest.mark.parametrize(
        ("joined", "said"),
        [
            ({"sales": 3}, "would show nothing"),
            ({"sales": 4, "marketing": 3}, "not of a team apart"),
            ({"sales": 4, "marketing": 4, "other": 1}, "of neither team"),
            ({"sales": 4, "marketing": 4}, None),
        ],
    )
    def test_the_floor_is_said_before_the_round_opens(self, state, english, joined, said):
        session = sessions.start(state.store)
        for team, count in joined.items():
            for _ in range(count):
                people.join(state.store, session.session_id, people.new_token(), team, "en")
        state.look()
        lines = panel_text(state, english.t).lines
        assert (said in lines[0]) if said else lines == ()
        state.named = True
        assert panel_text(state, english.t).lines == ()


class TestCards:
    @pytest.fixture
    def card(self, state) -> AnswerCard:
        state.exercise = exercise(
            {"id": "q", "kind": "statement"},
            {"id": "c", "kind": "choice", "options": options("a", "b")},
            {"id": "n", "kind": "number", "highest": 100},
        )
        state.open()
        return AnswerCard(state.store, state.round, "en")

    def test_a_card_is_one_person_who_is_done(self, card, state):
        assert card.enter({"q": 4, "c": "a", "n": "12,5"})
        assert card.enter({"q": 2, "c": None, "n": ""})
        state.look()
        assert state.seen.progress[:] == (2, 2, 2)
        state.reveal()
        rows = results(state.store, state.round.round_id)
        assert rows.rows.empty
        assert card.saved == 2

    def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_saved(self, card, state):
        assert not card.enter({"q": 4, "n": "a lot"})
        assert {item: wrong.code for item, wrong in card.wrong.items()} == {
            "n": "number_out_of_range"
        }
        state.look()
        assert state.seen.progress.joined == 0

    def test_an_empty_card_is_nobody(self, card, state):
        assert not card.enter({"q": None, "n": " "})
        assert card.problem.code == "empty_card"
        state.look()
        assert state.seen.progress.joined == 0

    def test_a_second_try_is_the_same_person_of_the_team_chosen_now(self, card, state, monkeypatch):
        def busy(*_: object) -> None:
            raise WorkspaceError("store_busy", path="session.db")

        with monkeypatch.context() as patch:
            patch.setattr("workshop.views.forms.answer_card.save", busy)
            assert not card.enter({"q": 4})
        card.team = "marketing"
        assert card.enter({"q": 4})
        assert people.joined(state.store, state.session.session_id)["marketing"] == 1
        state.look()
        assert state.seen.progress[:] == (1, 1, 1)

    def test_after_the_reveal_a_card_comes_too_late(self, card, state):
        state.reveal()
        assert not card.enter({"q": 4})
        assert card.problem.code == "round_over"

    def test_a_named_round_needs_the_name(self, state):
        state.named = True
        state.open()
        card = AnswerCard(state.store, state.round, "en")
        assert not card.enter({"q": 4})
        assert card.problem.code == "bad_name"
        card.name = "An"
        assert card.enter({"q": 4})
        state.reveal()
        found = results(state.store, state.round.round_id)
        assert list(found.rows["name"]) == ["An"]
