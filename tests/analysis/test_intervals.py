from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import confint_proportions_2indep

from tests.calibration import FULL
from workshop.analysis.intervals import (
    benjamini_hochberg,
    boschloo,
    comparable,
    fisher,
    newcombe,
    odds_ratio,
    share,
    wilson,
    with_difference,
)


def counts_up_to(largest: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.integers(1, largest).flatmap(
        lambda total: st.tuples(st.integers(0, total), st.just(total))
    )


counts_of_totals = counts_up_to(200)
small = counts_up_to(12)


# Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_reproduces_published_intervals(
    successes: int, trials: int, low: float, high: float
) -> None:
    bounds = wilson(successes, trials)
    assert (round(float(bounds.low), 4), round(float(bounds.high), 4)) == (low, high)


def test_wilson_is_exact_at_the_ends_and_null_without_trials() -> None:
    trials = np.arange(1, 2000)
    assert (wilson(0, trials).low == 0).all()
    assert (wilson(trials, trials).high == 1).all()
    assert np.isnan(wilson(0, 0)).all()


@given(counts_of_totals)
def test_wilson_solves_the_score_equation(counts: tuple[int, int]) -> None:
    successes, trials = counts
    for bound in wilson(successes, trials):
        score = abs(successes / trials - bound)
        reach = 1.959963984540054 * math.sqrt(bound * (1 - bound) / trials)
        assert score == pytest.approx(reach, abs=1e-9)


# Newcombe 1998, "Interval estimation for the difference", table II, method 10.
@pytest.mark.parametrize(
    ("a", "n", "b", "m", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_newcombe_reproduces_published_intervals(
    a: int, n: int, b: int, m: int, low: float, high: float
) -> None:
    bounds = newcombe(a, n, b, m)
    assert (round(float(bounds.low), 4), round(float(bounds.high), 4)) == (low, high)


@given(st.lists(st.tuples(counts_of_totals, counts_of_totals), min_size=1, max_size=20))
def test_newcombe_of_many_is_newcombe_of_each(
    pairs: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    a, n, b, m = np.array([(*first, *second) for first, second in pairs]).T
    low, high = newcombe(a, n, b, m)
    single = [confint_proportions_2indep(*f, *s, method="newcomb") for f, s in pairs]
    np.testing.assert_allclose(np.column_stack([low, high]), single, atol=1e-12)
    assert ((low >= -1) & (low <= a / n - b / m) & (a / n - b / m <= high) & (high <= 1)).all()


def test_newcombe_is_null_where_a_group_is_empty() -> None:
    low, high = newcombe([0, 1], [0, 2], [1, 1], [2, 2])
    assert np.isnan([low[0], high[0]]).all()
    assert not np.isnan([low[1], high[1]]).any()


@pytest.mark.parametrize(("part", "whole"), [(-1, 5), (6, 5)])
def test_a_count_outside_its_total_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match=f"{part} of {whole}"):
        wilson(part, whole)
    with pytest.raises(ValueError, match=f"{part} of {whole}"):
        newcombe(1, 2, part, whole)


@given(st.tuples(*[st.integers(1, 500)] * 4))
def test_odds_ratio_is_woolfs_where_no_cell_is_empty(cells: tuple[int, int, int, int]) -> None:
    a, b, c, d = cells
    reference = Table2x2(np.array([[a, b], [c, d]]))
    low, high = reference.oddsratio_confint()
    assert np.array(odds_ratio(a, b, c, d)) == pytest.approx(
        [reference.oddsratio, low, high], rel=1e-9
    )


def test_odds_ratio_adds_a_half_to_a_table_with_an_empty_cell_only() -> None:
    estimate, low, high = odds_ratio([5, 4], [0, 2], [3, 3], [4, 6])
    assert estimate.tolist() == pytest.approx([5.5 * 4.5 / (0.5 * 3.5), 4.0])
    assert ((low > 0) & (low < estimate) & (estimate < high)).all()


def test_odds_ratio_is_null_where_a_margin_is_empty() -> None:
    tables = [(0, 0, 3, 4), (3, 4, 0, 0), (5, 0, 6, 0), (0, 5, 0, 6)]
    assert np.isnan(odds_ratio(*np.array(tables).T)).all()
    assert not comparable(*np.array(tables).T).any()
    assert comparable(0, 3, 4, 0)


def test_boschloo_reproduces_the_figures_of_ten_against_ten() -> None:
    assert boschloo(7, 10, 2, 10) == pytest.approx(0.0414, abs=5e-5)
    assert boschloo(7, 10, 3, 10) == pytest.approx(0.1153, abs=5e-5)
    transposed = stats.boschloo_exact([[7, 3], [2, 8]]).pvalue
    assert abs(transposed - boschloo(7, 10, 2, 10)) > 0.001


@pytest.mark.parametrize(("n", "m"), [(5, 5), (10, 10), (9, 6)])
def test_boschloo_is_the_largest_probability_over_the_common_share(n: int, m: int) -> None:
    """Recomputes each p by brute force over a fine grid of the common share."""
    a, b = np.meshgrid(range(n + 1), range(m + 1), indexing="ij")
    common = np.linspace(0.0005, 0.9995, 1999)
    chance = stats.binom.pmf(a[..., None], n, common) * stats.binom.pmf(b[..., None], m, common)
    for won, lost in [(0, m), (1, 3), (n, 2), (n // 2, m // 2), (n - 1, 1)]:
        one_sided = []
        for sides in (a, b):
            total, group = (n, a) if sides is a else (m, b)
            tail = stats.hypergeom.cdf(group, n + m, a + b, total)
            as_extreme = tail <= tail[won, lost] * (1 + 1e-12)
            one_sided.append(chance[as_extreme].sum(axis=0).max())
        assert boschloo(won, n, lost, m) == pytest.approx(min(1, 2 * min(one_sided)), rel=1e-4)


@settings(deadline=None, max_examples=40)
@given(small, small)
def test_boschloo_does_not_depend_on_what_is_called_having_the_level(
    won: tuple[int, int], lost: tuple[int, int]
) -> None:
    (a, n), (b, m) = won, lost
    assert boschloo(a, n, b, m) == boschloo(n - a, n, m - b, m)
    assert 0 <= boschloo(a, n, b, m) <= 1


def test_boschloo_is_null_without_deals() -> None:
    assert math.isnan(boschloo(0, 0, 3, 5))
    assert math.isnan(boschloo(3, 5, 0, 0))


def test_fisher_reproduces_the_lady_tasting_tea() -> None:
    assert fisher(3, 4, 1, 4) == pytest.approx(34 / 70)


@given(counts_of_totals, counts_of_totals)
def test_fisher_sums_the_tables_that_are_no_likelier(
    won: tuple[int, int], lost: tuple[int, int]
) -> None:
    (a, n), (b, m) = won, lost
    chances = stats.hypergeom.pmf(np.arange(n + 1), n + m, a + b, n)
    expected = chances[chances <= chances[a] * (1 + 1e-7)].sum()
    assert fisher(a, n, b, m) == pytest.approx(expected, rel=1e-6)


def test_benjamini_hochberg_rejects_as_published() -> None:
    """Benjamini & Hochberg 1995, section 3.3: four of fifteen at 5%."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    q = benjamini_hochberg(p)
    assert (q < 0.05).tolist() == [True] * 4 + [False] * 11
    assert q[3] == pytest.approx(0.0095 * 15 / 4)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.randoms())
def test_benjamini_hochberg_steps_up_and_skips_what_was_not_tested(p: list[float], random) -> None:
    q = benjamini_hochberg([*p, math.nan])
    ranked = sorted(p)
    expected = [
        min(1.0, *(len(p) * ranked[j] / (j + 1) for j in range(ranked.index(x), len(p)))) for x in p
    ]
    assert q[:-1].tolist() == pytest.approx(expected)
    assert math.isnan(q[-1])


def test_benjamini_hochberg_of_nothing_is_nothing() -> None:
    assert benjamini_hochberg([]).tolist() == []
    assert np.isnan(benjamini_hochberg([math.nan])).all()


def test_share_of_nothing_is_null() -> None:
    assert share([1, 0, 3], [2, 0, 3]).tolist()[::2] == [0.5, 1.0]
    assert math.isnan(share(0, 0))


def test_with_difference_adds_to_the_counts() -> None:
    counts = pd.DataFrame(
        {"trait": ["x"], "won_with": [7], "won_total": [10], "lost_with": [2], "lost_total": [10]}
    )
    before = counts.copy()
    row = with_difference(counts, "with").iloc[0]
    assert row["difference"] == pytest.approx(0.5)
    assert [round(100 * row[bound], 1) for bound in ("ci_low", "ci_high")] == [6.6, 74.0]
    pd.testing.assert_frame_equal(counts, before)


RUNS = 20_000 if FULL else 2_000


@pytest.mark.slow
@pytest.mark.parametrize("trials", [10, 50, 400])
def test_wilson_covers_on_average(trials: int, calibrated) -> None:
    rng = np.random.default_rng(trials)
    truth = rng.uniform(0.02, 0.98, RUNS)
    bounds = wilson(rng.binomial(trials, truth), trials)
    found = calibrated(
        "Share: Wilson's interval covers",
        "true shares drawn evenly from 2% to 98%",
        f"{trials} records",
        "0.95",
        (bounds.low <= truth) & (truth <= bounds.high),
    )
    assert abs(found.share - 0.95) <= 0.01 + 4 * found.error


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second"), [(10, 10), (40, 15)])
def test_newcombe_covers_on_average(first: int, second: int, calibrated) -> None:
    rng = np.random.default_rng(first)
    one, other = rng.uniform(0.05, 0.95, (2, RUNS))
    low, high = newcombe(rng.binomial(first, one), first, rng.binomial(second, other), second)
    found = calibrated(
        "Difference of two shares: Newcombe's interval covers",
        "true shares drawn evenly from 5% to 95%",
        f"{first} + {second} deals",
        "0.95",
        (low <= one - other) & (one - other <= high),
    )
    assert abs(found.share - 0.95) <= 0.015 + 4 * found.error


@pytest.mark.slow
@pytest.mark.parametrize("deals", [20, 100])
def test_woolf_covers_on_average(deals: int, calibrated) -> None:
    rng = np.random.default_rng(deals)
    base = rng.uniform(0.2, 0.6, RUNS)
    ratio = np.exp(rng.uniform(-1.2, 1.2, RUNS))
    odds = ratio * base / (1 - base)
    having, other = rng.binomial(deals, odds / (1 + odds)), rng.binomial(4 * deals, base)
    bounds = odds_ratio(having, deals - having, other, 4 * deals - other)
    found = calibrated(
        "Odds ratio: Woolf's interval covers",
        "true odds ratios from 0.3 to 3.3, 20% to 60% won",
        f"{deals} against {4 * deals} deals",
        "0.95",
        (bounds.low <= ratio) & (ratio <= bounds.high),
    )
    assert abs(found.share - 0.95) <= 0.015 + 4 * found.error
