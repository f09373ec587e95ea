"""What lands within the period, by hand and by drawing the Bayesian bootstrap."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workshop.analysis.landing import Lags, landed_by, landing
from workshop.analysis.posterior import Posterior, jeffreys

TWO_STEPS = Lags(
    to_opportunity=pd.DataFrame({"days": [0, 10, 40], "n": [10, 15, 5]}),
    to_won=pd.DataFrame({"days": [15, 30, 60, 120], "n": [2, 3, 2, 1]}),
)


def test_without_lags_all_of_it_lands() -> None:
    assert landing(Lags(), "revenue", 90) == Posterior(1, 0)


def test_a_month_of_a_quarter_lets_two_thirds_land() -> None:
    # Arrivals of the first 60 days out of 90.
    month = Lags(to_won=pd.DataFrame({"days": [30], "n": [8]}))
    assert landing(month, "revenue", 90) == pytest.approx((2 / 3, 0))
    assert landing(month, "pipeline", 90) == Posterior(1, 0)


def test_two_steps_by_hand() -> None:
    # Sums 15 30 60 | 25 40 70 | 55 70 100 (and 120 and more) of 90 days.
    lands = np.array([[75, 60, 30, 0], [65, 50, 20, 0], [35, 20, 0, 0]]) / 90
    mean = np.array([10, 15, 5]) / 30 @ lands @ np.array([2, 3, 2, 1]) / 8
    assert landing(TWO_STEPS, "revenue", 90).mean == pytest.approx(mean)


def test_the_variance_is_that_of_the_bayesian_bootstrap() -> None:
    rng = np.random.default_rng(3)
    lags = Lags(
        to_opportunity=pd.DataFrame({"days": [0, 20, 70], "n": [1, 2, 1]}),
        to_won=pd.DataFrame({"days": [5, 40, 80], "n": [2, 1, 2]}),
    )
    lands = np.clip(1 - np.add.outer([0, 20, 70], [5, 40, 80]) / 90, 0, None)
    first = rng.dirichlet([1, 2, 1], 400_000)
    second = rng.dirichlet([2, 1, 2], 400_000)
    drawn = np.einsum("di,ij,dj->d", first, lands, second)
    found = landing(lags, "revenue", 90)
    assert found.mean == pytest.approx(drawn.mean(), abs=1e-3)
    assert found.variance == pytest.approx(drawn.var(), rel=0.01)
    assert found.quantile([0.1, 0.9]) == pytest.approx(np.quantile(drawn, [0.1, 0.9]), abs=0.02)


def test_what_has_landed_grows_to_what_lands() -> None:
    days = np.array([0, 30, 60, 90])
    landed = landed_by(TWO_STEPS, "revenue", 90, days)
    rng = np.random.default_rng(1)
    at = rng.uniform(0, 90, 200_000)
    at += rng.choice([0, 10, 40], len(at), p=np.array([10, 15, 5]) / 30)
    at += rng.choice([15, 30, 60, 120], len(at), p=np.array([2, 3, 2, 1]) / 8)
    assert landed == pytest.approx([(at <= day).mean() for day in days], abs=0.004)
    assert landed[-1] == pytest.approx(landing(TWO_STEPS, "revenue", 90).mean)


def test_counts_may_come_in_any_order_and_in_parts() -> None:
    lags = pd.DataFrame({"days": [40, 0, 10, 10], "n": [5, 10, 7, 8]})
    whole = Lags(to_opportunity=TWO_STEPS.to_opportunity)
    assert landing(Lags(to_opportunity=lags), "pipeline", 90) == landing(whole, "pipeline", 90)


@pytest.mark.parametrize(("successes", "trials"), [(0, 5), (30, 150), (40, 40)])
def test_jeffreys_posterior(successes: int, trials: int) -> None:
    exact = stats.beta(successes + 0.5, trials - successes + 0.5)
    found = jeffreys(successes, trials)
    assert found == pytest.approx((exact.mean(), exact.var()))
    levels = [0.025, 0.5, 0.975]
    assert found.quantile(levels) == pytest.approx(exact.ppf(levels))
