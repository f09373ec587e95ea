from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from tests.calibration import FULL
from workshop.analysis.waiting import by_group, quantile, survival

# Weeks in remission (Freireich et al. 1963); negative: still in remission when last seen.
TREATED = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def counts(*rows: tuple[float, bool, int], group: str | None = "rule") -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["hours", "touched", "leads"])
    frame = frame.astype({"hours": float, "touched": bool, "leads": int})
    return frame.assign(group=pd.Series([group] * len(frame), dtype="str"))


def single(hours: list[int], group: str = "rule") -> pd.DataFrame:
    return counts(*((abs(hour), hour >= 0, 1) for hour in hours), group=group)


def row(frame: pd.DataFrame) -> pd.Series:
    return by_group(frame).iloc[0]


def test_published_example() -> None:
    rows = by_group(pd.concat([single(TREATED, "treated"), single(PLACEBO, "placebo")]))
    rows = rows.set_index("group")
    median = ["median_hours", "median_low", "median_high"]
    assert rows.loc["placebo", median].tolist() == [8, 4, 11]
    assert rows.loc["treated", median].tolist()[:2] == [23, 13]
    assert np.isnan(rows.loc["treated", "median_high"])
    assert rows["leads"].tolist() == [21, 21]
    assert rows["untouched"].tolist() == [0, 12]
    assert np.isnan(rows.loc["treated", "p90_hours"])


@given(st.lists(st.integers(0, 100), min_size=1, max_size=40))
@settings(max_examples=50, deadline=None)
def test_with_every_lead_touched_the_quantiles_are_the_usual_ones(hours: list[int]) -> None:
    found = row(single(hours))
    assert found["median_hours"] == np.quantile(hours, 0.5, method="averaged_inverted_cdf")
    assert found["median_hours"] == np.median(hours)
    # A sample holds 0.9 exactly only within rounding; sorted, the definition is by counting.
    ranked = np.sort(hours)
    position = 9 * len(hours)
    at = -(-position // 10) - 1
    level = position % 10 == 0 and at + 1 < len(hours)
    expected = ranked[at : at + 2].mean() if level else ranked[at]
    assert found["p90_hours"] == expected


def walk(rows: list[tuple[int, bool, int]]) -> list[tuple[float, float, float]]:
    """Follow leads one by one: time, share waiting after it, Greenwood's sum."""
    waits = [(hours, touched) for hours, touched, leads in rows for _ in range(leads)]
    share, greenwood, steps = 1.0, 0.0, []
    for time in sorted({hours for hours, touched in waits if touched}):
        present = sum(hours >= time for hours, _ in waits)
        gone = sum(hours == time and touched for hours, touched in waits)
        share *= 1 - gone / present
        greenwood += gone / (present * (present - gone)) if present > gone else np.inf
        steps.append((time, share, greenwood))
    return steps


cells = st.lists(
    st.tuples(st.integers(0, 12), st.booleans(), st.integers(1, 5)), min_size=1, max_size=15
)


@given(cells)
@settings(max_examples=60, deadline=None)
def test_the_curve_is_that_of_a_walk_over_the_leads(rows: list[tuple[int, bool, int]]) -> None:
    curve = survival(counts(*rows))
    steps = walk(rows)
    assert curve.hours.tolist() == [time for time, _, _ in steps]
    np.testing.assert_allclose(curve.waiting, [share for _, share, _ in steps], atol=1e-12)
    for at, (_, share, greenwood) in enumerate(steps):
        if share > 1e-12:
            reach = 1.959963984540054 * np.sqrt(greenwood) / abs(np.log(share))
            assert curve.low[at] == pytest.approx(share ** np.exp(reach))
            assert curve.high[at] == pytest.approx(share ** np.exp(-reach))
    assert (curve.low <= curve.waiting).all()
    assert (curve.waiting <= curve.high).all()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_the_interval_is_that_of_statsmodels_without_weights(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    hours, watched = rng.exponential(10, 80), rng.uniform(5, 60, 80)
    frame = pd.DataFrame({"hours": np.minimum(hours, watched), "touched": hours <= watched})
    reference = SurvfuncRight(frame["hours"].to_numpy(), frame["touched"].to_numpy(int))
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = reference.quantile_ci(share)
    found = quantile(survival(frame.assign(leads=1)), share)
    assert found.hours == reference.quantile(share) or share == 0.5
    assert found.low == low
    assert found.high == high or (np.isnan(found.high) and np.isinf(high))


def test_statsmodels_with_weights_gives_another_standard_error() -> None:
    # The reason for a Greenwood sum of our own: one lead a row must not change its error.
    hours, touched = np.arange(1.0, 9.0), np.array([1, 1, 0, 1, 1, 0, 1, 0])
    plain = SurvfuncRight(hours, touched)
    weighted = SurvfuncRight(hours, touched, freq_weights=np.ones(8))
    np.testing.assert_allclose(plain.surv_prob, weighted.surv_prob)
    assert (weighted.surv_prob_se / plain.surv_prob_se).max() > 1.5


def test_counts_are_as_many_leads() -> None:
    many = counts((2.0, True, 30), (5.5, True, 20), (8.0, False, 10), (40.0, True, 4))
    spread = many.loc[many.index.repeat(many["leads"])].assign(leads=1)
    pd.testing.assert_frame_equal(by_group(many), by_group(spread.sample(frac=1, random_state=2)))


def test_untouched_leads_are_not_left_out() -> None:
    answered = counts((1.0, True, 10), (3.0, True, 10))
    ignored = pd.concat([answered, counts((200.0, False, 30))])
    assert row(answered)["median_hours"] == 2
    found = row(ignored)
    assert (found["leads"], found["untouched"]) == (50, 30)
    assert np.isnan(found["median_hours"])
    assert found["median_low"] == 3
    assert np.isnan(found["median_high"])


def test_nobody_touched() -> None:
    found = row(counts((5.0, False, 7)))
    assert (found["leads"], found["untouched"]) == (7, 7)
    assert found.drop(["group", "leads", "untouched"]).isna().all()


def test_everybody_touched_at_once() -> None:
    # 2.5% is exceeded by no share of leads above 1 - 0.025 ** (1 / leads).
    assert row(counts((0.0, True, 50)))[3:].tolist() == [0] * 6
    few = row(counts((0.0, True, 10)))
    assert 0.1 < 1 - 0.025 ** (1 / 10) < 0.5
    assert few[3:8].tolist() == [0] * 5
    assert np.isnan(few["p90_high"])


def test_groups_come_sorted_and_null_is_one() -> None:
    frame = pd.concat(
        [
            counts((2.0, True, 1), group="b"),
            counts((2.0, True, 2), group=None),
            counts((2.0, True, 3), group="a"),
            counts((2.0, True, 0), group="c"),
        ]
    )
    rows = by_group(frame)
    assert rows["leads"].tolist() == [3, 1, 2]
    assert rows["group"].isna().tolist() == [False, False, True]
    pd.testing.assert_frame_equal(rows, by_group(frame.iloc[::-1]))


def test_nothing_in_gives_nothing_out() -> None:
    assert by_group(counts()).empty


@pytest.mark.slow
@pytest.mark.parametrize("leads", [30, 120])
@pytest.mark.parametrize("watched", [None, 40.0])
def test_intervals_cover_the_truth(leads: int, watched: float | None, calibrated) -> None:
    runs = 2000 if FULL else 250
    rng = np.random.default_rng(leads)
    touch = rng.exponential(10, (runs, leads))
    limit = rng.uniform(0, watched, (runs, leads)) if watched else np.inf
    frame = pd.DataFrame(
        {
            "group": np.repeat(np.arange(runs), leads),
            "hours": np.minimum(touch, limit).ravel(),
            "touched": (touch <= limit).ravel(),
            "leads": 1,
        }
    )
    rows = by_group(frame)
    for name, said, truth in (
        ("median", "median", 10 * np.log(2)),
        ("p90", "90th percentile", 10 * np.log(10)),
    ):
        # An undefined bound is no bound.
        above = rows[f"{name}_low"].fillna(-np.inf) <= truth
        below = rows[f"{name}_high"].fillna(np.inf) >= truth
        covered = calibrated(
            f"Hand-over: interval of the {said} covers",
            "exponential waits of 10 hours on average, "
            + (f"followed for 0 to {watched:g} hours" if watched else "every lead touched"),
            f"{leads} leads",
            "0.95",
            above & below,
        ).share
        assert abs(covered - 0.95) < 0.02 + 3 * np.sqrt(0.05 * 0.95 / runs)
