"""What changed between two groups: shares, waits, and verdicts that do not cry wolf."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests import calibration
from workshop.analysis.change import judged, logrank, shares, waits

FULL = calibration.FULL


def pairs(*rows):
    """Return pairs from (before_part, before_n, since_part, since_n)."""
    columns = ["before_part", "before_n", "since_part", "since_n"]
    return pd.DataFrame(rows, columns=columns).assign(waiting=0)


def cells(hours, touched, since):
    """Return one cell a lead."""
    return pd.DataFrame({"hours": hours, "touched": touched, "since": since, "leads": 1})


def test_a_difference_is_since_minus_before_with_newcombe_and_fisher():
    row = shares(pairs((2, 10, 7, 10))).iloc[0]
    assert (row["before"], row["since"]) == (0.2, 0.7)
    # Newcombe (1998), method 10, as in docs/methods.md.
    assert [round(row[name], 3) for name in ("difference", "ci_low", "ci_high")] == [
        0.5,
        0.066,
        0.74,
    ]
    assert row["p_value"] == pytest.approx(stats.fisher_exact([[7, 3], [2, 8]]).pvalue)


def test_under_ten_on_a_side_nothing_is_compared():
    rows = shares(pairs((2, 10, 7, 9), (0, 0, 7, 10)))
    assert rows[["difference", "ci_low", "ci_high", "p_value"]].isna().all(axis=None)
    assert list(judged(rows)["verdict"]) == ["too_few", "too_few"]


def test_holm_counts_only_what_was_compared():
    rows = judged(shares(pairs((100, 1000, 150, 1000), (10, 100, 18, 100), (1, 5, 3, 5))))
    first, second = rows["p_value"].iloc[:2]
    assert rows["p_adjusted"].iloc[0] == pytest.approx(2 * first)
    assert rows["p_adjusted"].iloc[1] == pytest.approx(max(2 * first, second))
    assert list(rows["verdict"]) == ["changed", "undecided", "too_few"]


def test_what_came_in_and_has_not_had_its_time_is_too_early():
    rows = pairs((100, 1000, 1, 4), (100, 1000, 1, 4))
    rows["waiting"] = [6, 5]
    assert list(judged(shares(rows))["verdict"]) == ["too_early", "too_few"]


def test_the_log_rank_test_is_that_of_scipy():
    rng = np.random.default_rng(3)
    hours = rng.integers(1, 40, 300).astype(float)
    touched, since = rng.random(300) < 0.7, rng.random(300) < 0.4
    hours[since] = np.ceil(hours[since] * 1.3)
    sides = []
    for kept in (~since, since):
        waited, ended = hours[kept], touched[kept]
        sides.append(stats.CensoredData(uncensored=waited[ended], right=waited[~ended]))
    lead = cells(hours, touched, since)
    counted = lead.groupby(["hours", "touched", "since"], as_index=False)["leads"].sum()
    found = logrank(counted[~counted["since"]], counted[counted["since"]])
    assert found == pytest.approx(stats.logrank(*sides).pvalue, rel=1e-9)


def test_waits_are_compared_by_their_medians():
    before = cells(np.arange(1.0, 22.0), True, False)
    since = cells(np.arange(1.0, 22.0) + 30, True, True)
    row = waits(pd.concat([before, since])).iloc[0]
    assert (row["before"], row["since"], row["difference"]) == (11, 41, 30)
    assert row["ci_low"] < 30 < row["ci_high"]
    assert row["p_value"] < 1e-6


def test_without_a_touch_waits_cannot_be_told_apart():
    both = pd.concat([cells([5.0] * 20, False, False), cells([7.0] * 20, False, True)])
    row = waits(both).iloc[0]
    assert np.isnan(row["p_value"])
    assert np.isnan(row["difference"])


def test_an_empty_side_is_no_error():
    row = waits(cells([5.0] * 20, True, False)).iloc[0]
    assert (row["before"], row["since_n"]) == (5, 0)
    assert np.isnan(row["since"])


def audit(rng, sizes, rates, since):
    """Simulate an audit of which nothing changed, or the last of the rates to ``since``."""
    before_n, since_n = sizes
    rows = []
    for place, rate in enumerate(rates):
        later = since if since is not None and place == len(rates) - 1 else rate
        rows.append((rng.binomial(before_n, rate), before_n, rng.binomial(since_n, later), since_n))
    middle = {}
    for name, n in (("before", before_n), ("since", since_n)):
        hours, seen = np.ceil(rng.exponential(10, n)), rng.uniform(0, 60, n)
        middle[name] = cells(np.minimum(hours, np.ceil(seen)), hours <= seen, name == "since")
    found = pd.concat([shares(pairs(*rows)), waits(pd.concat(middle.values()))])
    return judged(found.assign(waiting=0))


RATES = (0.5, 0.27, 0.8, 0.4, 0.45, 0.26, 0.3, 0.05, 0.1, 0.03)


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(1000, 200), (150, 30)], ids=str)
def test_nothing_changed_and_seldom_anything_is_said_to_have(calibrated, sizes):
    rng = np.random.default_rng(11)
    runs = 4000 if FULL else 60
    alarms = [(audit(rng, sizes, RATES, None)["verdict"] == "changed").any() for _ in range(runs)]
    found = calibrated(
        "Change since the previous audit: any figure `changed` where nothing did",
        "10 shares from 3% to 80% and the waits of leads, all compared at once",
        f"{sizes[0]:,} before, {sizes[1]} since",
        "≤ 0.05",
        alarms,
    )
    assert found.share <= 0.05 + 3 * max(found.error, 0.01)


@pytest.mark.slow
def test_a_change_is_found(calibrated):
    rng = np.random.default_rng(12)
    runs = 2000 if FULL else 40
    rates = (*RATES, 0.3)
    seen = [
        audit(rng, (1000, 200), rates, 0.45)["verdict"].iloc[len(rates) - 1] == "changed"
        for _ in range(runs)
    ]
    found = calibrated(
        "Change since the previous audit: the planted one is `changed`",
        "one share of eleven goes from 30% to 45%",
        "1,000 before, 200 since",
        "≥ 0.80",
        seen,
    )
    assert found.share >= 0.8 - 3 * found.error
