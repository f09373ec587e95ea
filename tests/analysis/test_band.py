"""The weekly band: how often it cries wolf, against a pointwise one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.calibration import FULL
from workshop.analysis.band import alarms, simultaneous_band, weekly_paths
from workshop.analysis.landing import Lags, landed_by
from workshop.analysis.plan import Goal, Plan, Rates, Values
from workshop.analysis.simulate import probability, simulate

DRAWS = 50_000 if FULL else 10_000

QUARTER = Plan(Goal("revenue", 500_000, 91), Rates(150, 30, 40, 8), Values(25_000, 0.8))
KNOWN = replace(QUARTER, rates=Rates(10**9, 2 * 10**8, 10**9, 2 * 10**8))


def leaves(paths: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Tell which paths leave a band in some week."""
    return ((paths < low) | (paths > high)).any(axis=1)


def left(paths: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Return the share of paths that leave a band in some week."""
    return float(leaves(paths, low, high).mean())


@pytest.mark.slow
@pytest.mark.parametrize("draws", [DRAWS])
@pytest.mark.parametrize(
    ("plan", "mqls", "simulated"),
    [
        (QUARTER, 740, "revenue, rates from 150 MQLs and 40 closed deals"),
        (KNOWN, 740, "revenue, rates known exactly"),
        (replace(QUARTER, goal=Goal("pipeline", 500_000, 91)), 120, "pipeline"),
        (
            replace(QUARTER, goal=Goal("revenue", 500_000, 91), values=Values(500, 0.8)),
            20_000,
            "revenue of many small deals",
        ),
    ],
    ids=["revenue", "known rates", "pipeline", "many deals"],
)
def test_at_most_a_fifth_of_quarters_leave_the_band(
    plan: Plan, mqls: int, simulated: str, draws: int, calibrated
) -> None:
    band = simultaneous_band(weekly_paths(simulate(plan, draws=draws, seed=1), mqls))
    fresh = weekly_paths(simulate(plan, draws=draws, seed=2), mqls)
    noise = np.sqrt(2 * 0.8 * 0.2 / draws)
    found = calibrated(
        "Weekly band of 80%: quarters with a false alarm",
        simulated,
        f"13 weeks, {mqls:,} MQLs",
        "0.20",
        leaves(fresh, band["low"].to_numpy(), band["high"].to_numpy()),
    )
    assert found.share < 0.2 + 3 * noise


@pytest.mark.slow
@pytest.mark.parametrize("draws", [DRAWS])
def test_a_pointwise_band_alarms_in_more_than_half_of_the_quarters(draws: int, calibrated) -> None:
    paths, fresh = (weekly_paths(simulate(KNOWN, draws=draws, seed=s), 740) for s in (1, 2))
    low, high = np.quantile(paths, [0.1, 0.9], axis=0)
    assert paths.shape == (draws, 13)
    found = calibrated(
        "*For comparison:* a pointwise band of 80%: quarters with a false alarm",
        "revenue, rates known exactly",
        "13 weeks, 740 MQLs",
        "none",
        leaves(fresh, low, high),
    )
    assert found.share > 0.5


@settings(max_examples=50, deadline=None)
@given(
    hnp.arrays(float, st.tuples(st.integers(1, 60), st.integers(1, 6)), elements=st.floats(-9, 9)),
    st.floats(0.05, 0.95),
)
def test_the_band_holds_the_wanted_share_of_its_own_paths(paths: np.ndarray, level: float) -> None:
    band = simultaneous_band(paths, level)
    assert left(paths, band["low"].to_numpy(), band["high"].to_numpy()) <= 1 - level + 1e-9
    assert (band["low"] <= band["high"]).all()


def test_the_band_of_one_week_is_the_central_interval() -> None:
    # Of 1 to 10, 80% without the two at the ends.
    band = simultaneous_band(np.arange(1.0, 11.0)[:, None])
    assert band.iloc[0].tolist() == [1, 2, 5.5, 9]


def test_paths_end_where_the_probability_says() -> None:
    simulation = simulate(QUARTER, seed=3)
    ends = weekly_paths(simulation, 600)[:, -1]
    expected = probability(simulation, 600).probability
    assert (ends >= 500_000).mean() == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("values", [Values(25_000, 0.8), Values(100, 0), Values(100, 2)])
def test_paths_run_on_average_as_the_lags_say(values: Values) -> None:
    lags = Lags(to_won=pd.DataFrame({"days": [7, 28, 70], "n": [500, 300, 200]}))
    plan = replace(KNOWN, goal=Goal("revenue", 1, 90), values=values, lags=lags)
    paths = weekly_paths(simulate(plan, draws=4_000, seed=1), 8_000)
    days = [7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 90]
    expected = 8_000 * 0.04 * values.mean * landed_by(lags, "revenue", 90, days)
    assert paths.mean(axis=0) == pytest.approx(expected, rel=0.01, abs=1)
    assert (np.diff(paths, axis=1) >= 0).all()


def test_open_deals_land_evenly_over_the_period() -> None:
    deals = pd.DataFrame({"probability": 0.5, "amount": [1_000.0] * 300})
    plan = replace(QUARTER, open_deals=deals)
    paths = weekly_paths(simulate(plan, draws=2_000, seed=1), 0)
    assert paths.mean(axis=0) == pytest.approx(150_000 * np.arange(1, 14) / 13, rel=0.02)


def test_alarms_name_the_side() -> None:
    band = pd.DataFrame({"week": [1, 2, 3], "low": [0, 5, 9], "median": 6, "high": [4, 8, 12]})
    actual = pd.DataFrame({"week": [3, 1, 2], "value": [13, 4, 4.9]})
    assert alarms(band, actual)["alarm"].tolist() == ["within", "below", "above"]


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(ValueError, match="level between 0 and 1"):
        simultaneous_band(np.ones((3, 2)), 1.0)
    with pytest.raises(ValueError, match="needs paths"):
        simultaneous_band(np.ones((0, 2)))
    with pytest.raises(ValueError, match="at least 0"):
        weekly_paths(simulate(QUARTER, draws=5, seed=1), -1)
