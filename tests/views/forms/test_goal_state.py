"""The goal under a hand: answered from the same draws, kept at each move."""

from __future__ import annotations

import re

import pytest

from workshop.crm.tables import open_tables
from workshop.i18n import Translator
from workshop.questions.goal import goal, moved, sliding
from workshop.questions.goal_file import GoalFile
from workshop.session import drafts, sessions
from workshop.views.forms.goal_form import GoalForm
from workshop.views.forms.goal_state import GoalState
from workshop.views.look import Look

GIVEN = GoalFile(kind="pipeline", target=150_000, period="2027Q1", mqls=300)


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


@pytest.fixture
def state(kept, tables):
    return GoalState(kept, 4, GIVEN, tables, 3)


def test_it_begins_with_the_goal_s_own_answer_and_keeps_nothing(state, kept, tables):
    fresh = goal(tables, GIVEN, 3)
    assert (state.kind, state.period, state.target, state.mqls) == (
        "pipeline", "2027Q1", 150_000, 300,
    )  # fmt: skip
    assert state.answer.probability == pytest.approx(fresh.planned_probability, abs=1e-12)
    assert state.promised is None
    assert sessions.all_sessions(kept) == ()


def test_a_hand_that_moves_gets_the_answer_of_a_goal_asked_afresh(state, tables):
    state.move(target=120_000.0, mqls=260)
    asked = GIVEN.model_copy(update={"target": 120_000, "mqls": 260})
    fresh = goal(tables, asked, 3)
    assert state.answer.probability == pytest.approx(fresh.planned_probability, abs=1e-12)


def test_the_axis_stands_still(state):
    before = list(state.answer.rows["mqls"])
    state.move(target=300_000.0)
    assert list(state.answer.rows["mqls"]) == before


@pytest.mark.parametrize("kind", ["pipeline", "revenue"])
def test_a_promise_of_sales_moves_the_curve_and_its_own_history_does_not(kept, tables, kind):
    given = GoalFile(kind=kind, target=100_000, period="2027Q1", mqls=300)
    state = GoalState(kept, 4, given, tables, 3)
    before = state.answer
    state.move(rate=state.history_rate)
    assert state.answer.probability == before.probability
    state.move(rate=min(1.0, 1.5 * state.history_rate))
    assert (state.answer.rows["probability"] >= before.rows["probability"]).all()
    assert state.answer.probability > before.probability
    own = moved(sliding(tables, given, 3), 100_000, 300, before.rows["mqls"], state.promised)
    assert own.probability == state.answer.probability


def test_each_move_is_there_for_another_kernel(state, kept, tables):
    state.move(target=99_000.0)
    state.move(mqls=210)
    state.move(rate=0.31)
    again = GoalState(kept, 4, GIVEN, tables, 3)
    assert (again.target, again.mqls, again.promised) == (99_000, 210, 0.31)
    assert again.answer.probability == state.answer.probability
    assert drafts.latest(kept, "goal", "goal").content["rate"] == 0.31


def test_another_kind_is_another_question_and_a_wrong_period_changes_nothing(state):
    state.ask(period="volgend kwartaal")
    assert state.problem.code == "bad_period"
    assert state.period == "2027Q1"
    state.ask(kind="revenue", period="2027")
    assert (state.kind, state.period, state.problem) == ("revenue", "2027", None)
    assert state.found.kind == "revenue"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_form_follows_the_hand(state, language):
    look = Look(Translator(language), "#1f4e79")
    form = GoalForm(state, look)
    before = form.curve.value
    form.hands.children[1].children[1].children[0].value = 260
    assert state.mqls == 260
    assert form.curve.value != before
    chance = look.t.percent(state.answer.probability)
    assert chance in form.sentence.value
    assert chance in form.curve.value
    points = re.search(r'polyline points="([^"]+)"', form.curve.value)[1].split()
    xs, ys = zip(*(map(float, point.split(",")) for point in points), strict=True)
    assert list(xs) == sorted(xs)
    assert list(ys) == sorted(ys, reverse=True)
    assert set(form.expectations()) == {"expects_of_marketing", "expects_of_sales"}
    assert "260" in form.expectations()["expects_of_marketing"]
    form.stop()


def test_without_a_crm_it_says_what_is_missing(kept):
    form = GoalForm(GoalState(kept, 4, None, None, 0), Look(Translator("en"), "#1f4e79"))
    assert "Without CRM data" in form.plain()
    assert form.expectations() == {}
