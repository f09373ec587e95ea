"""A hand on the goal: the answer for each place of it is that of a goal asked afresh."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.crm.replay_cases import make_tables
from workshop.analysis.plan import Values
from workshop.analysis.simulate import retarget, simulate
from workshop.crm.tables import open_tables
from workshop.questions.goal import goal, moved, sliding
from workshop.questions.goal_file import GoalFile

GOALS = [
    GoalFile(kind="pipeline", target=300_000, period="2027Q1"),
    GoalFile(kind="revenue", target=120_000, period="2027Q1", baseline=50_000),
]


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


@pytest.mark.parametrize("given", GOALS, ids=lambda given: given.kind)
@pytest.mark.parametrize("share", [0.2, 1.0, 3.0])
def test_a_moved_goal_is_answered_as_one_asked_afresh(tables, given, share):
    simulation = sliding(tables, given, seed=3)
    target = share * given.target
    found = moved(simulation, target, 150)
    fresh = goal(tables, given.model_copy(update={"target": target, "mqls": 150}), seed=3)
    pd.testing.assert_frame_equal(found.rows, fresh.rows)
    assert found.probability == pytest.approx(fresh.planned_probability, abs=1e-12)


def test_the_curve_stands_still_where_its_volumes_are_given(tables):
    simulation = sliding(tables, GOALS[0])
    rows = [moved(simulation, target, 100, [50, 100]).rows for target in (200_000, 400_000)]
    assert [list(one["mqls"]) for one in rows] == [[50, 100]] * 2
    assert (rows[0]["probability"] > rows[1]["probability"]).all()
    assert moved(simulation, 200_000, 100, [50, 100]).probability == rows[0]["probability"][1]


def test_a_target_is_above_nothing(tables):
    with pytest.raises(ValueError, match="target above 0"):
        moved(sliding(tables, GOALS[0]), 0, 100)


def test_retargeting_draws_nothing_again(tables):
    plan = sliding(tables, GOALS[1]).plan
    there = retarget(simulate(plan, seed=8), 500_000)
    back = retarget(there, plan.goal.target)
    assert np.array_equal(back.deals, simulate(plan, seed=8).deals)
    assert there.deals.mean() > back.deals.mean()


def test_there_is_nothing_to_move_where_the_goal_has_no_answer():
    leads = [{"lead_id": "L1", "created_at": "2026-01-10 09:00:00", "source": "Web"}]
    tables = make_tables({"leads": leads})
    assert goal(tables).rows.empty
    assert sliding(tables) is None


def test_a_million_values_are_resampled_from_their_quantiles():
    amounts = np.round(np.exp(np.linspace(5, 12, 2_000)), 2)
    deals = np.arange(2_000) % 1_000 + 1
    many = Values.from_history(pd.DataFrame({"amount": amounts, "deals": deals}))
    assert many.deals == deals.sum() == 1_001_000
    assert len(many.amounts) == 100_000
    mean = np.average(amounts, weights=deals)
    spread = np.sqrt(np.average((amounts - mean) ** 2, weights=deals))
    assert many.mean == pytest.approx(mean, rel=1e-4)
    assert many.cv == pytest.approx(spread / mean, rel=1e-3)
    levels = [0.01, 0.5, 0.99]
    every = np.repeat(amounts, deals)
    assert np.quantile(many.amounts, levels) == pytest.approx(np.quantile(every, levels), rel=0.01)


def test_fewer_values_are_resampled_one_by_one_in_any_order():
    history = pd.DataFrame({"amount": [300.0, 100.0, 200.0], "deals": [20, 1, 30]})
    values = Values.from_history(history)
    assert values.amounts.tolist() == [100.0] + [200.0] * 30 + [300.0] * 20
