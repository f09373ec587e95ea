from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special, stats

from tests.calibration import FULL
from workshop.analysis.shrinkage import fit_prior, shrink


class Truth(NamedTuple):
    """Rates that were drawn, and what was counted of them."""

    rate: np.ndarray
    won: np.ndarray
    leads: np.ndarray


def draw(rng: np.random.Generator, channels: int, mean: float, correlation: float) -> Truth:
    """Draw 20 to 200 leads for each of a number of channels, and how many were won."""
    leads = np.exp(rng.uniform(np.log(20), np.log(200), channels)).round().astype(int)
    size = 1 / correlation - 1
    rate = rng.beta(mean * size, (1 - mean) * size, channels)
    return Truth(rate, rng.binomial(leads, rate), leads)


def fitted(won: np.ndarray, leads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bound rates as if the prior that fits best were known: what must not be done."""

    def unlikely(point: np.ndarray) -> float:
        mean, correlation = special.expit(point)
        size = 1 / correlation - 1
        alpha, beta = mean * size, (1 - mean) * size
        return -(
            special.betaln(alpha + won, beta + leads - won) - special.betaln(alpha, beta)
        ).sum()

    pooled = special.logit((won.sum() + 0.5) / (leads.sum() + 1))
    fits = [
        optimize.minimize(unlikely, [pooled, start], method="L-BFGS-B", bounds=[(-9, 9), (-12, 5)])
        for start in (-5, -2)
    ]
    mean, correlation = special.expit(min(fits, key=lambda fit: fit.fun).x)
    size = 1 / correlation - 1
    posterior = stats.beta(mean * size + won, (1 - mean) * size + leads - won)
    return posterior.ppf(0.025), posterior.ppf(0.975)


@pytest.mark.parametrize(
    ("won", "leads"),
    [
        ([7, 2, 9], [40, 35, 30]),
        ([0, 5], [12, 60]),
        ([20], [90]),
        ([1, 2, 0, 3, 1, 8], [15, 22, 9, 30, 11, 20]),
    ],
)
def test_the_grid_agrees_with_a_fine_one(won: list[int], leads: list[int]) -> None:
    middles = (np.arange(300) + 0.5) / 300
    mean, root = (axis.ravel() for axis in np.meshgrid(middles, middles))
    size = 1 / root**2 - 1
    alpha, beta = mean * size, (1 - mean) * size
    log_weight = sum(
        stats.betabinom.logpmf(hits, tries, alpha, beta)
        for hits, tries in zip(won, leads, strict=True)
    )
    weight = np.exp(log_weight - log_weight.max())
    keep = weight > 1e-7
    alpha, beta, weight = alpha[keep], beta[keep], weight[keep] / weight[keep].sum()

    found = shrink(won, leads)
    for hits, tries, rate, low, high in zip(won, leads, *found, strict=True):
        a, b = alpha + hits, beta + tries - hits
        assert rate == pytest.approx((a / (a + b)) @ weight, abs=0.0005)
        below = special.betainc(a, b, max(low, 1e-9)) @ weight
        # A bound of 0: more than 2.5% is below what can be told apart from it.
        assert below >= 0.025 if low == 0 else below == pytest.approx(0.025, abs=0.001)
        assert special.betainc(a, b, high) @ weight == pytest.approx(0.975, abs=0.001)


def test_the_weights_of_the_prior_add_up() -> None:
    prior = fit_prior(np.array([3.0, 9.0]), np.array([20.0, 31.0]))
    assert prior.weight.sum() == pytest.approx(1)
    assert (prior.alpha > 0).all()
    assert (prior.beta > 0).all()


def test_a_count_that_occurs_twice_counts_twice() -> None:
    won, leads = np.array([3.0, 9.0, 3.0]), np.array([20.0, 31.0, 20.0])
    thrice = fit_prior(won, leads)
    twice = fit_prior(won[:2], leads[:2], [2, 1])
    for first, second in zip(thrice, twice, strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-9)


def test_alike_channels_are_shrunk_and_unlike_ones_hardly() -> None:
    alike = shrink([9, 10, 11, 10, 12, 8], [100] * 6)
    unlike = shrink([1, 20, 40, 60, 80, 99], [100] * 6)
    own = np.diff(stats.beta(11, 91).ppf([0.025, 0.975]))[0]
    assert (alike.high - alike.low < 0.75 * own).all()
    np.testing.assert_allclose(unlike.rate, [0.01, 0.2, 0.4, 0.6, 0.8, 0.99], atol=0.02)


def test_large_counts_keep_their_own_rate() -> None:
    found = shrink([2_000_000, 500_000], [10_000_000, 10_000_000])
    np.testing.assert_allclose(found.rate, [0.2, 0.05], rtol=1e-4)
    np.testing.assert_allclose(
        found.high - found.low,
        2 * 1.96 * np.sqrt(np.array([0.2 * 0.8, 0.05 * 0.95]) / 1e7),
        rtol=0.01,
    )


def test_a_sharp_posterior_is_found() -> None:
    # 400 large channels that are alike: the pooled rate is nearly all that there is to know.
    rng = np.random.default_rng(3)
    leads = np.full(400, 20_000)
    found = shrink(rng.binomial(leads, 0.1), leads)
    assert np.abs(found.rate - 0.1).max() < 0.003
    assert ((found.low <= 0.1) & (found.high >= 0.1)).all()


pairs = st.lists(
    st.integers(0, 3000).flatmap(lambda won: st.tuples(st.just(won), st.integers(0, 3000))),
    min_size=1,
    max_size=8,
)


@given(pairs)
@settings(max_examples=30, deadline=None)
def test_bounds_are_in_order_and_defined(counted: list[tuple[int, int]]) -> None:
    won = np.array([hits for hits, _ in counted])
    leads = won + np.array([misses for _, misses in counted])
    leads = np.maximum(leads, 1)
    found = shrink(won, leads)
    assert (found.low >= 0).all()
    assert (found.low <= found.high).all()
    assert (found.high <= 1).all()
    assert ((found.rate >= 0) & (found.rate <= 1)).all()
    backwards = shrink(won[::-1], leads[::-1])
    for first, second in zip(found, backwards, strict=True):
        np.testing.assert_array_equal(first, second[::-1])
    turned = shrink(leads - won, leads)
    np.testing.assert_allclose(turned.rate, 1 - found.rate, atol=0.002)
    np.testing.assert_allclose(turned.low, 1 - found.high, atol=0.01)


@pytest.mark.slow
def test_intervals_cover_95_percent_when_the_prior_is_true(calibrated) -> None:
    # Exact for a Bayesian interval whose arithmetic is right, also among the data that we choose
    # to look at. With none or all won a rate may be 0 or 1 but for rounding: no interval of
    # floats can leave that out in the right share of cases.
    runs = 3000 if FULL else 120
    rng = np.random.default_rng(17)
    covered, looked_at = np.zeros(runs), np.zeros(runs)
    for run in range(runs):
        truth = draw(rng, 5, mean=rng.random(), correlation=rng.random() ** 2)
        found = shrink(truth.won, truth.leads)
        inside = (found.low <= truth.rate) & (truth.rate <= found.high)
        some = (truth.won > 0) & (truth.won < truth.leads)
        covered[run], looked_at[run] = (inside & some).sum(), some.sum()
    calibrated(
        "Channels: shrunk interval covers, truths from the prior",
        "mean and correlation drawn from the prior, 20 to 200 leads a channel",
        "5 channels",
        "0.95",
        covered[looked_at > 0] / looked_at[looked_at > 0],
    )
    share = covered.sum() / looked_at.sum()
    error = np.sqrt(((covered - share * looked_at) ** 2).sum()) / looked_at.sum()
    assert share == pytest.approx(0.95, abs=3 * error)


@pytest.mark.slow
@pytest.mark.parametrize("channels", [4, 12])
@pytest.mark.parametrize(("mean", "correlation"), [(0.05, 0.005), (0.2, 0.005)])
def test_intervals_cover_and_those_of_a_fitted_prior_do_not(
    channels: int, mean: float, correlation: float, calibrated
) -> None:
    runs = 800 if FULL else 25
    rng = np.random.default_rng(23)
    ours, theirs = [], []
    for _ in range(runs):
        truth = draw(rng, channels, mean, correlation)
        found = shrink(truth.won, truth.leads)
        low, high = fitted(truth.won, truth.leads)
        ours.append(((found.low <= truth.rate) & (truth.rate <= found.high)).mean())
        theirs.append(((low <= truth.rate) & (truth.rate <= high)).mean())

    def covers(shares: list[float]) -> bool:
        # For a given prior 95% is approximate: 0.93 to 0.98 in these corners.
        return bool(np.mean(shares) > 0.93 - 3 * np.std(shares) / np.sqrt(runs))

    simulated = f"rates around {mean:.0%} (correlation {correlation:g}), 20 to 200 leads a channel"
    calibrated("Channels: shrunk interval covers", simulated, f"{channels} channels", "0.95", ours)
    calibrated(
        "*For comparison:* the prior fitted by maximum likelihood: interval covers",
        simulated,
        f"{channels} channels",
        "0.95",
        theirs,
    )
    assert covers(ours)
    assert not covers(theirs)
    assert np.mean(theirs) < 0.85
