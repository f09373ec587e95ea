"""What was planted in the example company is found with its sign; what was not is not reported."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from workshop.crm.tables import open_tables
from workshop.questions.channels import channels
from workshop.questions.funnel import funnel
from workshop.questions.goal import goal
from workshop.questions.velocity import velocity
from workshop.questions.won_lost import won_lost


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


@pytest.fixture(scope="module")
def answer(tables):
    return won_lost(tables)


def test_the_levels_with_an_effect_are_clear_and_have_its_sign(answer):
    clear = answer.history[answer.history["verdict"] == "clear"].set_index(["trait", "level"])
    for level, sign in {
        ("sector", "Voeding"): 1,
        ("sector", "Bouw"): -1,
        ("trigger", "Verhuizing"): 1,
        ("trigger", "Offertevergelijking"): -1,
    }.items():
        assert level in clear.index
        assert (clear.loc[level, "odds_ratio"] > 1) == (sign > 0)


def test_nothing_else_is_reported_but_the_two_traps(answer):
    clear = answer.history[answer.history["verdict"] == "clear"]
    planted = {"sector": {"Voeding", "Bouw"}, "trigger": {"Verhuizing", "Offertevergelijking"}}
    for row in clear.itertuples():
        if row.trait == "Leadkwaliteit":
            assert not row.known_at_creation
        elif row.trait == "role":
            assert row.level is None or row.level != row.level
        else:
            assert row.level in planted[row.trait]


def test_what_was_filled_in_after_the_outcome_is_never_vouched_for(answer):
    rows = answer.history[answer.history["trait"] == "Leadkwaliteit"]
    assert len(rows)
    assert not rows["known_at_creation"].any()
    assert "traits_not_vouched" in answer.caveats


def test_the_role_is_left_empty_more_often_on_lost_deals(answer):
    role = answer.missingness.set_index("trait").loc["role"]
    assert role["ci_high"] < 0


def test_the_sector_follows_the_owner_and_food_and_building_hold_within_it(answer):
    pair = answer.confounded.set_index("trait")
    assert pair.loc["sector", "confounder"] == "owner"
    within = answer.within[answer.within["trait"] == "sector"].set_index("level")
    assert within.loc["Bouw", "odds_ratio"] < 1 < within.loc["Voeding", "odds_ratio"]


def test_the_sample_is_ten_against_ten_and_the_same_for_the_same_seed(tables, answer):
    again = won_lost(tables)
    assert again.sample == answer.sample
    assert {side: len(ids) for side, ids in answer.sample.ids.items()} == {"won": 10, "lost": 10}
    assert won_lost(tables, seed=1).sample.ids != answer.sample.ids


def test_some_open_deals_are_stalled_and_they_can_be_left_out(answer):
    assert answer.sample.stalled_after_days is not None
    assert not answer.rows_without_stalled.equals(answer.rows)


def test_the_funnel_leaks_between_mql_and_sql(tables):
    found = funnel(tables)
    lowest = found.leaks.set_index("code").loc["lowest_rate"]
    assert (lowest["from_stage"], lowest["to_stage"]) == ("mql", "sql")
    assert lowest["verdict"] == "clear"
    rates = found.steps.set_index("from_stage")["rate"]
    assert rates["lead"] == pytest.approx(0.50, abs=0.03)
    assert rates["mql"] == pytest.approx(0.27, abs=0.03)
    assert rates["sql"] == pytest.approx(0.81, abs=0.04)


def test_young_cohorts_are_marked_and_have_no_interval(tables):
    rows = funnel(tables).rows
    young = rows[~rows["mature"].astype(bool)]
    assert set(young["cohort"]) >= {"2026-10"}
    assert young["ci_low"].isna().all()


def test_channels_work_or_are_noise_as_planted(tables):
    verdicts = channels(tables).rows.set_index("channel")["verdict"]
    assert {name for name in verdicts.index if verdicts[name] == "works"} == {
        "Referentie",
        "Webinar",
    }
    assert [name for name in verdicts.index if verdicts[name] == "noise"] == ["LinkedIn"]


def test_online_shops_are_won_fastest(tables):
    rows = velocity(tables).rows
    early = rows[rows["horizon_days"] == 30].set_index("group")
    others = early.drop("E-commerce")
    assert (others[others["deals"] >= 30]["ci_high"] < early.loc["E-commerce", "ci_low"]).all()


def test_the_first_goal_is_a_proposal_for_the_next_quarter(tables):
    found = goal(tables)
    assert found.proposed
    assert found.period.name == "2027Q1"
    assert found.baseline_period.name == "2026Q1"
    assert found.rows["probability"].is_monotonic_increasing
    below = found.rows[found.rows["mqls"] < found.needed_at_80]["probability"]
    above = found.rows[found.rows["mqls"] > found.needed_at_80]["probability"]
    assert below.max() < 0.8 < above.min()


DOCS = Path(__file__).parents[2] / "docs"


def test_the_table_of_planted_against_found_is_that_of_the_answers(tables, example, monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    script = importlib.import_module("make_planted")
    page = script.PAGE.read_text("utf-8")
    assert page.count(script.BEGIN) == page.count(script.END) == 1
    written = page.partition(script.BEGIN)[2].partition(script.END)[0]
    assert written == script.table(tables, example.path)
