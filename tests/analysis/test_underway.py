"""Leads on their way: against leads followed one by one, in a band that seldom cries wolf."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.calibration import FULL
from workshop.analysis.band import simultaneous_band, weekly_paths
from workshop.analysis.landing import Lags, share_come
from workshop.analysis.plan import Goal, Plan, Rates, Values
from workshop.analysis.simulate import probability, simulate
from workshop.analysis.underway import Earlier, ahead, drawn, expected

FIRST = pd.DataFrame({"days": [0, 3, 10, 30], "n": [10, 40, 40, 10]})
SECOND = pd.DataFrame({"days": [5, 20, 60], "n": [50, 30, 20]})
LAGS = Lags(to_opportunity=FIRST, to_won=SECOND)
PIPELINE = Plan(Goal("pipeline", 100_000, 91), Rates(600, 130, 200, 80), Values(18_000, 0.7), LAGS)
REVENUE = replace(PIPELINE, goal=Goal("revenue", 100_000, 91))
WAITING = pd.DataFrame({"days": [0, 2, 9, 25, 40], "leads": [30, 25, 40, 20, 60]})
ON_THE_EVE = Earlier(WAITING)
A_MONTH_BEFORE = Earlier(WAITING, wait=30, arrived=240, over=200)
BEFORE = pytest.mark.parametrize(
    "earlier", [ON_THE_EVE, A_MONTH_BEFORE], ids=["on the eve", "a month before"]
)
KINDS = pytest.mark.parametrize("plan", [PIPELINE, REVENUE], ids=["pipeline", "revenue"])
QUARTERS = 4_000 if FULL else 800


def by_hand_of(age: int, end: int, kind: str) -> tuple[float, float]:
    """Sum over every pair of lags: the share come by an age, and landed after it by an end."""
    come = ahead_of = 0.0
    for first, n in FIRST.itertuples(index=False):
        if first <= age:
            come += n / 100
        elif kind == "pipeline":
            ahead_of += n / 100 * (first <= age + end)
        else:
            for second, m in SECOND.itertuples(index=False):
                ahead_of += n * m / 10_000 * (first + second <= age + end)
    return come, ahead_of


@pytest.mark.parametrize("kind", ["pipeline", "revenue"])
def test_what_is_ahead_is_the_sum_over_all_lags(kind):
    found = ahead(LAGS, kind, [0, 5, 12], [1, 7, 50])
    for row, age in enumerate([0, 5, 12]):
        for column, end in enumerate([1, 7, 50]):
            come, rest = by_hand_of(age, end, kind)
            assert found.come[row] == pytest.approx(come)
            assert found.ahead[row, column] == pytest.approx(rest)


def test_the_share_come_is_what_was_never_ahead_any_more():
    ages = np.array([0, 4, 11, 200])
    assert share_come(LAGS, "pipeline", ages) == pytest.approx([0.1, 0.5, 0.9, 1.0])
    whole = ahead(LAGS, "revenue", [-1], ages + 1).ahead[0]
    assert share_come(LAGS, "revenue", ages) == pytest.approx(whole)


@KINDS
@BEFORE
def test_draws_bring_on_average_what_is_expected(plan, earlier):
    simulation = simulate(plan, draws=4_000, seed=1)
    ends, given = [7.0, 28.0, 91.0], (earlier, plan.lags, plan.goal.kind, simulation.chances)
    counts = drawn(*given, ends, 2).cumsum(axis=1)
    assert counts.mean(axis=0) == pytest.approx(expected(*given, ends), rel=0.05)


@pytest.mark.parametrize("kind", ["pipeline", "revenue"])
def test_what_is_expected_is_the_sum_over_every_lead_and_lag(kind):
    simulation = simulate(replace(PIPELINE, goal=Goal(kind, 1, 91)), draws=1_000, seed=1)
    q = simulation.qualification.mean()
    each = (simulation.qualification * simulation.win).mean() if kind == "revenue" else q
    by_hand = 0.0
    for age, leads in WAITING.itertuples(index=False):
        come, by_end = by_hand_of(age, 30 + 91, kind)
        by_hand += leads * each * (by_end - by_hand_of(age, 30, kind)[1]) / (1 - q * come)
    for day in range(1, 31):
        landed = [by_hand_of(-1, 31 - day + until, kind)[1] for until in (91, 0)]
        by_hand += 240.5 / 200 * each * (landed[0] - landed[1])
    found = expected(A_MONTH_BEFORE, LAGS, kind, simulation.chances, [91])[0]
    assert found == pytest.approx(by_hand)


def test_nobody_on_the_way_brings_nothing():
    nobody = replace(PIPELINE, earlier=Earlier(WAITING.iloc[:0]))
    simulation = simulate(nobody, draws=10, seed=1)
    assert not simulation.earlier.any()
    alone = simulate(PIPELINE, draws=10, seed=1)
    assert (weekly_paths(simulation, 50) == weekly_paths(alone, 50)).all()
    assert probability(simulation, 90) == probability(alone, 90)


@pytest.mark.parametrize("wrong", [{"wait": -1}, {"arrived": -1}, {"over": 0}])
def test_leads_of_before_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="at least"):
        Earlier(WAITING, **wrong)


def lags(frame: pd.DataFrame, rng: np.random.Generator, size: int) -> np.ndarray:
    return rng.choice(frame["days"].to_numpy(float), size, p=frame["n"] / 100)


def followed(plan: Plan, mqls: int, rng: np.random.Generator) -> np.ndarray:
    """Follow each lead of one quarter: does it become a deal, on which day, and for how much."""
    rates, earlier = plan.rates, plan.earlier
    rate = rng.beta(rates.opportunities + 0.5, rates.mqls - rates.opportunities + 0.5)
    win = rng.beta(rates.won + 0.5, rates.closed - rates.won + 0.5)
    # Day 0 is the first of the period; the last that the leads on their way were seen is -1 - wait.
    waiting = -1.0 - earlier.wait - np.repeat(WAITING["days"], WAITING["leads"]).to_numpy(float)
    between = rng.poisson(rng.gamma(earlier.arrived + 0.5, 1 / earlier.over) * earlier.wait)
    arriving = -1.0 - rng.integers(0, max(earlier.wait, 1), between)
    day = np.concatenate([rng.uniform(0, 91, mqls), waiting, arriving])
    seen = np.arange(len(day)) < mqls + len(waiting)
    becomes, first = rng.random(len(day)) < rate, lags(FIRST, rng, len(day))
    # A lead of before that became a deal before is not on its way: take another like it.
    known = seen & (day < 0)
    while (gone := becomes & known & (day + first < -0.5 - earlier.wait)).any():
        becomes[gone], first[gone] = rng.random(gone.sum()) < rate, lags(FIRST, rng, gone.sum())
    if plan.goal.kind == "revenue":
        first, becomes = first + lags(SECOND, rng, len(day)), becomes & (rng.random(len(day)) < win)
    days = (day + first)[becomes & (day + first > -0.5)]
    values = plan.values.draw(rng, len(days))
    return np.array([values[days < end].sum() for end in 7 * np.arange(1, 14)])


@pytest.fixture(scope="module")
def quarters():
    """Return what many quarters brought week by week, each lead followed on its own."""
    made = {}

    def of(plan: Plan) -> np.ndarray:
        key = (plan.goal.kind, plan.earlier.wait)
        if key not in made:
            rng = np.random.default_rng(3)
            made[key] = np.array([followed(plan, 120, rng) for _ in range(QUARTERS)])
        return made[key]

    return of


@pytest.mark.slow
@KINDS
def test_quarters_followed_lead_by_lead_seldom_leave_the_band(plan, calibrated, quarters):
    plan = replace(plan, earlier=ON_THE_EVE)
    band = simultaneous_band(weekly_paths(simulate(plan, seed=1), 120))
    paths = quarters(plan)
    out = ((paths < band["low"].to_numpy()) | (paths > band["high"].to_numpy())).any(axis=1)
    found = calibrated(
        "Weekly band of 80%, leads on their way included: quarters with a false alarm",
        f"{plan.goal.kind}, each lead followed on its own",
        "13 weeks, 120 MQLs and 175 on their way",
        "0.20",
        out,
    )
    assert found.share < 0.2 + 3 * np.sqrt(0.2 * 0.8 / QUARTERS)
    middle = np.median(paths[:, -1])
    assert middle == pytest.approx(band["median"].iloc[-1], rel=0.1)


@KINDS
@BEFORE
def test_quarters_followed_lead_by_lead_reach_the_goal_as_often_as_said(plan, earlier, quarters):
    plan = replace(plan, earlier=earlier)
    paths = quarters(plan)[:, -1]
    likely = replace(plan, goal=replace(plan.goal, target=float(np.quantile(paths, 0.4))))
    said = probability(simulate(likely, seed=1), 120).probability
    reached = float((paths >= likely.goal.target).mean())
    assert reached == pytest.approx(said, abs=3.5 * np.sqrt(0.25 / QUARTERS) + 0.01)
    # Without them the goal would be further off.
    alone = probability(simulate(replace(likely, earlier=None), seed=1), 120).probability
    assert alone < said - 0.1
