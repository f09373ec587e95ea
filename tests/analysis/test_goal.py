"""The goal: probabilities against published figures, exact laws and a plain re-simulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.calibration import FULL
from workshop.analysis.goal import (
    answer,
    commitments,
    curve,
    default_volumes,
    needed,
    sensitivity,
)
from workshop.analysis.landing import Lags
from workshop.analysis.plan import Goal, Plan, Rates, Values
from workshop.analysis.simulate import probability, simulate, with_rate

RATES = Rates(mqls=150, opportunities=30, closed=40, won=8)
REFERENCE = Plan(Goal("revenue", 500_000, 90), RATES, Values(25_000, 0.8))
OPEN_DEALS = pd.DataFrame({"probability": [0.5, 0.2, 0.9], "amount": [60_000, 40_000, 10_000]})
LAGS = Lags(
    to_opportunity=pd.DataFrame({"days": [0, 10, 40], "n": [10, 15, 5]}),
    to_won=pd.DataFrame({"days": [15, 30, 60, 120], "n": [2, 3, 2, 1]}),
)


def reached_by_hand(plan: Plan, mqls: int, draws: int, seed: int) -> list[bool]:
    """Play the plan MQL by MQL: no binomial tail, no landing share, no sum by moments."""
    rng = np.random.default_rng(seed)
    rates, goal, reached = plan.rates, plan.goal, []
    for _ in range(draws):
        qualify = rng.beta(rates.opportunities + 0.5, rates.mqls - rates.opportunities + 0.5)
        win = rng.beta(rates.won + 0.5, rates.closed - rates.won + 0.5)
        at = rng.uniform(0, goal.days, mqls)
        kept = rng.random(mqls) < qualify
        steps = [plan.lags.to_opportunity]
        if goal.kind == "revenue":
            kept &= rng.random(mqls) < win
            steps.append(plan.lags.to_won)
        for lags in steps:
            if lags is not None:
                weights = rng.dirichlet(lags["n"].to_numpy(dtype=float))
                at = at + rng.choice(lags["days"].to_numpy(), mqls, p=weights)
        landed = int((kept & (at <= goal.days)).sum())
        value = one_by_one(plan.values, landed, rng) * mean_deal(plan.values, rng)
        if plan.open_deals is not None:
            chance, amount = (plan.open_deals[c].to_numpy() for c in ("probability", "amount"))
            value += float(amount[rng.random(len(amount)) < chance].sum())
        reached.append(value >= goal.baseline + goal.target)
    return reached


def mean_deal(values: Values, rng: np.random.Generator) -> float:
    """Draw the true mean as a multiple of the one of so many deals."""
    if values.deals is None:
        return 1.0
    return float(np.exp(rng.normal(0, np.sqrt(np.log(1 + values.cv**2 / values.deals)))))


def one_by_one(values: Values, deals: int, rng: np.random.Generator) -> float:
    if values.amounts is not None:
        return float(rng.choice(values.amounts, deals).sum())
    sigma = np.sqrt(np.log(1 + values.cv**2))
    return float(np.exp(rng.normal(np.log(values.mean) - sigma**2 / 2, sigma, deals)).sum())


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(("mqls", "expected"), [(500, 0.49), (750, 0.81)])
def test_the_reference_goal(mqls: int, expected: float, seed: int) -> None:
    simulation = simulate(REFERENCE, seed=seed)
    assert probability(simulation, mqls).probability == pytest.approx(expected, abs=0.01)


def test_multiplying_the_averages_promises_the_reference_goal() -> None:
    assert 500 * 30 / 150 * 8 / 40 * 25_000 == 500_000


@pytest.mark.parametrize("mqls", [20, 60, 200])
def test_equal_deals_follow_the_beta_binomial_law(mqls: int) -> None:
    # With every deal worth 1,000, 12 opportunities make 12,000 of pipeline.
    plan = Plan(Goal("pipeline", 12_000, 90), RATES, Values(1_000, 0))
    exact = stats.betabinom.sf(11, mqls, 30.5, 120.5)
    assert probability(simulate(plan, seed=7), mqls).probability == pytest.approx(exact, abs=2e-3)


def test_without_mqls_the_open_deals_decide() -> None:
    chance, amount = OPEN_DEALS["probability"], OPEN_DEALS["amount"]
    exact = sum(
        np.prod([p if won else 1 - p for p, won in zip(chance, wins, strict=True)])
        for wins in product([0, 1], repeat=3)
        if np.dot(wins, amount) >= 50_000
    )
    plan = replace(REFERENCE, goal=Goal("revenue", 45_000, 90, 5_000), open_deals=OPEN_DEALS)
    assert probability(simulate(plan, seed=1), 0).probability == pytest.approx(exact, abs=0.02)


def test_many_small_open_deals_add_up_as_they_would_one_by_one() -> None:
    # 600 equal deals at 20%: a binomial number of them. Only 200 are drawn singly.
    deals = pd.DataFrame({"probability": 0.2, "amount": [1_000.0] * 600})
    plan = replace(REFERENCE, goal=Goal("revenue", 125_000, 90), open_deals=deals)
    exact = stats.binom.sf(124, 600, 0.2)
    # The rest is a normal sum, so the last deal may be won in part: 0.02 at most.
    assert probability(simulate(plan, seed=1), 0).probability == pytest.approx(exact, abs=0.03)


HISTORY = pd.DataFrame({"amount": [5_000, 12_000, 20_000, 80_000], "deals": [20, 15, 10, 5]})


@pytest.mark.slow
@pytest.mark.parametrize("draws", [40_000 if FULL else 4_000])
@pytest.mark.parametrize(
    ("plan", "mqls", "simulated"),
    [
        (REFERENCE, 600, "revenue, no lags"),
        (
            replace(REFERENCE, lags=LAGS, open_deals=OPEN_DEALS),
            1_500,
            "revenue, lags and three open deals",
        ),
        (
            Plan(
                Goal("pipeline", 600_000, 60, 200_000),
                RATES,
                Values.from_history(HISTORY),
                LAGS,
            ),
            350,
            "pipeline, lags, 50 values of history",
        ),
        # Some 130 deals are needed: more than are added one by one.
        (
            Plan(Goal("revenue", 130_000, 90), Rates(60, 40, 50, 30), Values(1_000, 0.7)),
            350,
            "revenue of some 130 deals",
        ),
    ],
    ids=["reference", "lags and open deals", "pipeline from history", "many deals"],
)
def test_playing_the_period_mql_by_mql_gives_the_same(
    plan: Plan, mqls: int, simulated: str, draws: int, calibrated
) -> None:
    computed = probability(simulate(plan, seed=11), mqls).probability
    by_hand = calibrated(
        "Goal: its probability, against playing the period MQL by MQL",
        simulated,
        f"{mqls:,} MQLs",
        f"{computed:.3f}",
        reached_by_hand(plan, mqls, draws, seed=12),
    ).share
    assert 0.2 < by_hand < 0.8
    assert computed == pytest.approx(by_hand, abs=3.5 * np.sqrt(0.25 / draws) + 0.004)


@pytest.mark.parametrize("cv", [0.3, 0.8, 1.5])
def test_the_sum_by_moments_is_as_good_as_adding_up(cv: float) -> None:
    # 200 deals at rates known exactly enough: the law of their sum is all that is left.
    sure = Rates(10**9, 4 * 10**8, 10**9, 5 * 10**8)
    plan = Plan(Goal("revenue", 200_000, 90), sure, Values(1_000, cv))
    rng = np.random.default_rng(5)
    wins = rng.binomial(1_020, 0.2, 20_000)
    sigma = np.sqrt(np.log1p(cv**2))
    single = rng.lognormal(np.log(1_000) - sigma**2 / 2, sigma, wins.sum())
    totals = np.add.reduceat(single, np.concatenate([[0], wins.cumsum()[:-1]]))
    by_hand = (totals >= 200_000).mean()
    simulated = probability(simulate(plan, seed=2), 1_020).probability
    assert simulated == pytest.approx(by_hand, abs=0.015)


def test_skewed_sums_are_skewed() -> None:
    # Every MQL a deal, so that 200 of them bring 200,000 less often than half of the time.
    sure = Rates(10**9, 10**9, 10**9, 10**9)
    plan = Plan(Goal("revenue", 200_000, 90), sure, Values(1_000, 1.2))
    rng = np.random.default_rng(6)
    sigma = np.sqrt(np.log(1 + 1.2**2))
    totals = sum(rng.lognormal(np.log(1_000) - sigma**2 / 2, sigma, 40_000) for _ in range(200))
    simulated = probability(simulate(plan, draws=40_000, seed=2), 200).probability
    assert simulated == pytest.approx(np.mean(totals >= 200_000), abs=0.012)
    assert simulated < 0.485


@pytest.mark.parametrize("mqls", [5, 20, 40])
def test_a_few_deals_of_two_sizes(mqls: int) -> None:
    # 400 takes four deals, or one large one, which is a third of them.
    history = pd.DataFrame({"amount": [100, 400], "deals": [20, 10]})
    sizes = replace(Values.from_history(history), deals=None)
    plan = Plan(Goal("pipeline", 400, 90), RATES, sizes)
    deals = stats.betabinom.pmf([0, 1, 2, 3], mqls, 30.5, 120.5)
    exact = 1 - deals @ (2 / 3) ** np.arange(4)
    assert probability(simulate(plan, seed=1), mqls).probability == pytest.approx(exact, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [200 if FULL else 25])
def test_the_standard_error_bounds_the_noise(seeds: int, calibrated) -> None:
    estimates = [probability(simulate(REFERENCE, draws=2_000, seed=s), 600) for s in range(seeds)]
    found = np.array([estimate.probability for estimate in estimates])
    errors = np.array([estimate.standard_error for estimate in estimates])
    exact = probability(simulate(REFERENCE, draws=400_000, seed=1), 600).probability
    within = calibrated(
        "Goal: Monte Carlo error, within two standard errors of the exact probability",
        "the reference goal, 2,000 draws",
        "600 MQLs",
        "≥ 0.95",
        np.abs(found - exact) <= 2 * errors,
    )
    assert within.share >= 0.95 - 3 * within.error
    assert found.std(ddof=1) < errors.mean()


TRUE_LAGS = {"to_opportunity": (20.0, 30), "to_won": (35.0, 20)}


def lags_of(draws: dict[str, np.ndarray]) -> Lags:
    tables = {}
    for step, days in draws.items():
        values, n = np.unique(days, return_counts=True)
        tables[step] = pd.DataFrame({"days": values, "n": n})
    return Lags(**tables)


def drawn_lags(rng: np.random.Generator, step: str, size: int) -> np.ndarray:
    return np.ceil(rng.exponential(TRUE_LAGS[step][0], size)).astype(int)


def one_future(rng: np.random.Generator) -> tuple[float, bool]:
    """Draw a company, its history and its future: what we would say of a goal, and what came."""
    qualifies, wins = rng.beta(0.5, 0.5, 2)
    spread = np.sqrt(np.log(1 + 0.8**2))
    amounts = rng.lognormal(10, spread, 40).round()
    rates = Rates(200, int(rng.binomial(200, qualifies)), 60, int(rng.binomial(60, wins)))
    history = {step: drawn_lags(rng, step, n) for step, (_, n) in TRUE_LAGS.items()}
    value, deals = np.unique(amounts, return_counts=True)
    values = Values.from_history(pd.DataFrame({"amount": value, "deals": deals}))
    likely = 400 * rates.qualification.mean * rates.win.mean * values.mean * 0.45
    goal = Goal("revenue", float(likely * rng.uniform(0.5, 1.7)), 90)
    plan = Plan(goal, rates, values, lags_of(history))
    said = probability(simulate(plan, draws=2_000, seed=rng), 400).probability
    won = (rng.random(400) < qualifies) & (rng.random(400) < wins)
    at = rng.uniform(0, 90, 400) + sum(drawn_lags(rng, step, 400) for step in TRUE_LAGS)
    came = rng.lognormal(10, spread, int((won & (at <= 90)).sum())).sum()
    return said, bool(came >= goal.target)


@pytest.mark.slow
def test_goals_are_reached_as_often_as_said(calibrated) -> None:
    rng = np.random.default_rng(41)
    said, came = np.array([one_future(rng) for _ in range(3_000 if FULL else 150)]).T
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        some = (said >= low) & (said <= low + 0.2)
        reached = calibrated(
            "Goal: reached, by what was said of it",
            "other rates, amounts and lags each time, known from history; "
            f"said {low:.0%} to {low + 0.2:.0%}",
            "400 MQLs",
            f"{said[some].mean():.3f}",
            came[some],
        )
        assert abs(reached.share - said[some].mean()) < 0.03 + 3 * reached.error


def test_the_curve_has_twelve_volumes_and_never_falls() -> None:
    rows = curve(simulate(replace(REFERENCE, lags=LAGS, open_deals=OPEN_DEALS), seed=3))
    assert list(rows.columns) == ["mqls", "probability", "standard_error"]
    assert len(rows) == 12
    assert rows["mqls"].is_monotonic_increasing
    assert rows["probability"].is_monotonic_increasing
    assert rows["probability"].between(0, 1).all()


def test_default_volumes_reach_past_the_goal_in_round_steps() -> None:
    # Plain multiplication asks for 500.
    assert default_volumes(simulate(REFERENCE, seed=1)) == list(range(100, 1_201, 100))


def test_the_number_needed_is_the_first_that_suffices() -> None:
    simulation = simulate(REFERENCE, seed=1)
    mqls = needed(simulation)
    assert mqls is not None
    assert 700 < mqls < 760
    assert probability(simulation, mqls).probability >= 0.8
    assert probability(simulation, mqls - 1).probability < 0.8


def test_a_goal_that_the_open_deals_reach_needs_no_mql() -> None:
    sure = pd.DataFrame({"probability": [1.0], "amount": [500_000]})
    assert needed(simulate(replace(REFERENCE, open_deals=sure), seed=1)) == 0


def test_a_goal_that_nothing_reaches_in_time_has_no_number() -> None:
    late = Lags(to_won=pd.DataFrame({"days": [90, 200], "n": [3, 5]}))
    result = answer(simulate(replace(REFERENCE, lags=late), seed=1))
    assert result.needed_at_80 is None
    assert result.rows["probability"].eq(0).all()
    assert not result.sensitivity.isna().to_numpy().any()


def test_lags_leave_less_time_and_a_baseline_more_to_do() -> None:
    def at(plan: Plan) -> float:
        return probability(simulate(plan, seed=4), 800).probability

    assert at(replace(REFERENCE, lags=LAGS)) < at(REFERENCE)
    assert at(replace(REFERENCE, goal=Goal("revenue", 500_000, 90, 100_000))) < at(REFERENCE)
    assert at(replace(REFERENCE, goal=Goal("revenue", 400_000, 90, 100_000))) == at(REFERENCE)


def test_sensitivity_moves_one_lever_between_its_percentiles() -> None:
    plan = replace(REFERENCE, values=Values(25_000, 0.8, deals=8))
    simulation = simulate(plan, seed=1)
    table = sensitivity(simulation, 740).set_index("lever")
    assert set(table.index) == {"volume", "qualification_rate", "win_rate", "value", "timing"}
    win = stats.beta.ppf([0.1, 0.9], 8.5, 32.5)
    assert table.loc["win_rate", ["low", "high"]].tolist() == pytest.approx(win)
    volume = 740 * stats.gamma.ppf([0.1, 0.9], 150.5) / 150
    assert table.loc["volume", ["low", "high"]].tolist() == pytest.approx(volume)
    spread = np.exp(1.2815516 * np.sqrt(np.log(1 + 0.8**2 / 8)))
    assert table.loc["value", "high"] == pytest.approx(25_000 * spread, rel=1e-6)
    assert table.loc["timing", ["low", "high"]].tolist() == [1, 1]
    for bound in ("low", "high"):
        worth = replace(plan, values=Values(table.loc["value", bound], 0.8))
        expected = probability(simulate(worth, seed=1), 740).probability
        assert table.loc["value", f"probability_{bound}"] == pytest.approx(expected, abs=1e-9)
    # The widest lever is the one known least: 8 wins of 40.
    assert sensitivity(simulation, 740)["lever"].iloc[0] == "win_rate"


def test_a_held_lever_is_as_good_as_one_that_is_known() -> None:
    table = sensitivity(simulate(REFERENCE, seed=1), 740).set_index("lever")
    rng, rows = np.random.default_rng(3), 40_000
    win = stats.beta.ppf(0.1, 8.5, 32.5)
    deals = rng.binomial(rng.binomial(740, rng.beta(30.5, 120.5, rows)), win)
    by_hand = (rng.gamma(np.maximum(deals, 1e-9) / 0.64, 16_000) >= 500_000).mean()
    assert table.loc["win_rate", "probability_low"] == pytest.approx(by_hand, abs=0.015)
    richer = replace(REFERENCE, goal=Goal("revenue", 400_000, 90))
    scaled = replace(REFERENCE, values=Values(31_250, 0.8))
    at_scale = [probability(simulate(p, seed=1), 740).probability for p in (richer, scaled)]
    assert at_scale[0] == pytest.approx(at_scale[1], abs=1e-9)


def test_the_win_rate_does_nothing_for_a_pipeline_goal() -> None:
    plan = Plan(Goal("pipeline", 500_000, 90), RATES, Values(25_000, 0.8), LAGS)
    table = sensitivity(simulate(plan, seed=1), 150).set_index("lever")
    assert table.loc["win_rate", "probability_low"] == table.loc["win_rate", "probability_high"]
    for lever in ("volume", "qualification_rate", "timing"):
        assert table.loc[lever, "probability_low"] < table.loc[lever, "probability_high"]


def test_commitments_are_a_number_and_a_rate_with_what_they_leave_open() -> None:
    table = commitments(simulate(REFERENCE, seed=1), 740, "proposal").set_index("team")
    marketing, sales = table.loc["marketing"], table.loc["sales"]
    assert (marketing["measure"], marketing["stage"]) == ("opportunities", "proposal")
    assert marketing["expected"] == pytest.approx(740 * 30.5 / 151)
    exact = stats.betabinom.ppf([0.025, 0.975], 740, 30.5, 120.5)
    assert [marketing["low"], marketing["high"]] == pytest.approx(exact, abs=4)
    assert sales["measure"] == "win_rate"
    assert sales["expected"] == pytest.approx(8.5 / 41)
    assert [sales["low"], sales["high"]] == pytest.approx(stats.beta.ppf([0.025, 0.975], 8.5, 32.5))


def test_only_opportunities_created_in_time_count_for_the_commitment() -> None:
    month = Lags(to_opportunity=pd.DataFrame({"days": [30], "n": [40]}))
    table = commitments(simulate(replace(REFERENCE, lags=month), seed=1), 740)
    assert table["expected"].iloc[0] == pytest.approx(740 * 30.5 / 151 * 2 / 3)


def test_the_order_of_rows_does_not_matter_and_the_seed_decides() -> None:
    plan = Plan(Goal("revenue", 300_000, 90), RATES, Values.from_history(HISTORY), LAGS, OPEN_DEALS)
    turned = Plan(
        plan.goal,
        RATES,
        Values.from_history(HISTORY.iloc[::-1]),
        Lags(*(lags.iloc[::-1] for lags in (LAGS.to_opportunity, LAGS.to_won) if lags is not None)),
        OPEN_DEALS.iloc[::-1],
    )
    first, second = (answer(simulate(p, seed=5)) for p in (plan, turned))
    pd.testing.assert_frame_equal(first.rows, second.rows)
    pd.testing.assert_frame_equal(first.sensitivity, second.sensitivity)
    pd.testing.assert_frame_equal(first.commitments, second.commitments)
    assert first.needed_at_80 == second.needed_at_80
    other = curve(simulate(plan, seed=6))
    assert not other["probability"].equals(first.rows["probability"])
    again = simulate(plan, seed=np.random.default_rng(8))
    same = simulate(plan, seed=np.random.default_rng(8))
    assert probability(again, 500) == probability(same, 500)


@settings(max_examples=25, deadline=None)
@given(
    mqls=st.integers(1, 400),
    qualified=st.floats(0, 1),
    closed=st.integers(1, 100),
    won=st.floats(0, 1),
    target=st.floats(1, 1e7),
    cv=st.floats(0, 3),
    kind=st.sampled_from(["pipeline", "revenue"]),
)
def test_more_mqls_never_hurt_and_more_money_never_helps(
    mqls: int, qualified: float, closed: int, won: float, target: float, cv: float, kind: str
) -> None:
    rates = Rates(mqls, int(qualified * mqls), closed, int(won * closed))
    goal = Goal(kind, target, 90)
    plan = Plan(goal, rates, Values(10_000, cv))
    simulation = simulate(plan, draws=300, seed=1)
    rows = curve(simulation, [0, 1, 10, 100, 1_000, 10_000])
    assert rows["probability"].between(0, 1).all()
    assert rows["probability"].is_monotonic_increasing
    more = simulate(replace(plan, goal=replace(goal, target=target * 1.5)), draws=300, seed=1)
    if (cv <= 1.5 and target < 4e5) or target > 3e7:
        harder = curve(more, [0, 1, 10, 100, 1_000, 10_000])["probability"]
        assert (harder <= rows["probability"] + 1e-12).all()


def test_thirty_values_are_resampled_and_fewer_are_a_lognormal() -> None:
    rng = np.random.default_rng(1)
    enough = Values.from_history(pd.DataFrame({"amount": [100.0, 400.0], "deals": [20, 10]}))
    assert set(enough.draw(rng, 1_000)) == {100.0, 400.0}
    assert (enough.mean, enough.deals) == (200.0, 30)
    assert enough.cv == pytest.approx(np.sqrt(2) * 100 / 200)
    assert enough.skewness == pytest.approx(stats.skew([100] * 20 + [400] * 10))
    few = Values.from_history(pd.DataFrame({"amount": [100.0, 400.0], "deals": [19, 10]}))
    assert few.amounts is None
    drawn = few.draw(rng, 200_000)
    assert drawn.mean() == pytest.approx(few.mean, rel=0.01)
    assert drawn.std() / drawn.mean() == pytest.approx(few.cv, rel=0.02)
    assert few.cv == pytest.approx(np.std([100] * 19 + [400] * 10, ddof=1) / few.mean)


def test_the_skewness_of_the_lognormal() -> None:
    sigma = np.sqrt(np.log(1 + 0.8**2))
    assert Values(1.0, 0.8).skewness == pytest.approx(float(stats.lognorm(sigma).stats("s")))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Goal("turnover", 1, 90),
        lambda: Goal("revenue", 0, 90),
        lambda: Goal("revenue", 1, 0),
        lambda: Rates(0, 0, 40, 8),
        lambda: Rates(150, 151, 40, 8),
        lambda: Rates(150, 30, 40, -1),
        lambda: Values(0, 0.8),
        lambda: Values.from_history(pd.DataFrame({"amount": [5.0], "deals": [1]})),
        lambda: Values.from_history(pd.DataFrame({"amount": [5.0, np.nan], "deals": [9, 9]})),
        lambda: Values.from_history(pd.DataFrame({"amount": [5.0, -1.0], "deals": [9, 9]})),
        lambda: Lags(to_won=pd.DataFrame({"days": [-1], "n": [1]})),
        lambda: Lags(to_won=pd.DataFrame({"days": [1], "n": [0]})),
        lambda: Plan(Goal("pipeline", 1, 9), RATES, Values(1, 1), open_deals=OPEN_DEALS),
        lambda: replace(REFERENCE, open_deals=OPEN_DEALS.assign(probability=1.5)),
        lambda: simulate(REFERENCE, draws=0, seed=1),
        lambda: probability(simulate(REFERENCE, draws=5, seed=1), -1),
        lambda: needed(simulate(REFERENCE, draws=5, seed=1), 1.0),
    ],
)
def test_a_plan_that_cannot_be_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        wrong()


def test_the_fewer_deals_the_mean_rests_on_the_less_sure_is_the_goal() -> None:
    def said(deals: int | None, mqls: int) -> float:
        plan = replace(REFERENCE, values=Values(25_000, 0.8, deals))
        return probability(simulate(plan, seed=2), mqls).probability

    likely, unlikely = ([said(deals, mqls) for deals in (None, 60, 6)] for mqls in (1_500, 250))
    assert likely == sorted(likely, reverse=True)
    assert unlikely == sorted(unlikely)


@settings(max_examples=25, deadline=None)
@given(
    rates=st.tuples(st.integers(1, 40), st.integers(1, 20)),
    target=st.integers(20_000, 2_000_000),
    kind=st.sampled_from(["pipeline", "revenue"]),
    wanted=st.sampled_from([0.5, 0.8, 0.9]),
)
def test_goal_to_volume_to_goal_and_back(rates, target: int, kind: str, wanted: float) -> None:
    """The volume that a goal needs reaches it, one MQL fewer does not, and it asks for no other."""
    opportunities, won = rates
    history = Rates(mqls=60, opportunities=opportunities, closed=30, won=won)
    plan = Plan(Goal(kind, target, 90), history, Values(12_000, 0.7))
    simulation = simulate(plan, draws=1_000, seed=5)
    mqls = needed(simulation, wanted)
    assert mqls is not None
    assert probability(simulation, mqls).probability >= wanted
    assert mqls == 0 or probability(simulation, mqls - 1).probability < wanted
    # The goal that this volume reaches with that probability is the goal: more money is out of
    # reach, and what is within it needs no more MQLs.
    dearer = simulate(
        replace(plan, goal=replace(plan.goal, target=target * 1.5)), draws=1_000, seed=5
    )
    cheaper = simulate(
        replace(plan, goal=replace(plan.goal, target=target / 1.5)), draws=1_000, seed=5
    )
    assert probability(dearer, mqls).probability <= probability(simulation, mqls).probability
    assert needed(cheaper, wanted) <= mqls <= needed(dearer, wanted)


@pytest.mark.parametrize(("kind", "lever"), [("pipeline", "qualification"), ("revenue", "win")])
def test_a_promised_rate_moves_the_mean_and_leaves_the_uncertainty_in_proportion(kind, lever):
    plan = replace(REFERENCE, goal=replace(REFERENCE.goal, kind=kind))
    before = simulate(plan, seed=1)
    mean = getattr(plan.rates, lever).mean
    drawn = getattr(with_rate(before, 1.5 * mean), lever)
    assert drawn.mean() == pytest.approx(1.5 * mean, rel=0.01)
    assert drawn.std() / drawn.mean() == pytest.approx(
        getattr(before, lever).std() / getattr(before, lever).mean(), rel=0.02
    )
    same = with_rate(before, mean)
    assert probability(same, 400).probability == probability(before, 400).probability
    assert probability(with_rate(before, 1.5 * mean), 400).probability > (
        probability(before, 400).probability
    )


@pytest.mark.parametrize("rate", [0, -0.1, 1.01])
def test_a_promised_rate_is_a_rate(rate):
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        with_rate(simulate(REFERENCE, seed=1), rate)
