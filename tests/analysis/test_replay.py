from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calibration import FULL
from workshop.analysis.replay import (
    before_landmark,
    lift,
    passed_per_month,
    scores,
    split_day,
    versions_table,
)

# Fit: 100 leads, 20 won; joint passes 40, of which 12 won. By hand: precision 0.3, recall 0.6,
# lift 0.3 / 0.2 = 1.5; Wilson intervals from Newcombe (1998, method 3).
COUNTS = pd.DataFrame(
    [
        ("2026-01", False, "fit", "true", "true", True, 9),
        ("2026-01", False, "fit", "true", "false", True, 3),
        ("2026-01", False, "fit", "true", "true", False, 20),
        ("2026-01", False, "fit", "true", "unknown", False, 8),
        ("2026-02", False, "fit", "false", "true", True, 6),
        ("2026-02", False, "fit", "false", "false", False, 44),
        ("2026-02", False, "fit", "unknown", "false", True, 2),
        ("2026-02", False, "fit", "unknown", "unknown", False, 8),
        ("2026-03", False, "check", "false", "true", False, 10),
        ("2026-04", False, None, "true", "true", False, 5),
        ("2026-04", True, None, "true", "false", True, 7),
        ("2026-04", True, None, "unknown", "false", False, 1),
    ],
    columns=["month", "before_landmark", "period", "sales", "marketing", "became", "leads"],
)


def test_a_definition_is_scored_by_hand():
    row = scores(COUNTS, ["sales", "marketing"]).set_index(["side", "period"]).loc["sales", "fit"]
    assert list(row[["leads", "true", "false", "unknown"]]) == [100, 40, 50, 10]
    assert list(row[["won", "passed_won"]]) == [20, 12]
    assert row["precision"] == pytest.approx(0.3)
    assert row["recall"] == pytest.approx(0.6)
    assert row["lift"] == pytest.approx(1.5)
    # Wilson by hand: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), z = 1.959964.
    assert row["precision_low"] == pytest.approx(0.181, abs=5e-4)
    assert row["precision_high"] == pytest.approx(0.454, abs=5e-4)
    # ln 1.5 ± z √(1/12 - 1/40 - 1/20 + 24/800 - 1/100) = 0.4055 ± 1.96 × 0.1683
    reach = 1.959964 * np.sqrt(1 / 12 - 1 / 40 - 1 / 20 + 24 / 800 - 1 / 100)
    assert np.log(row["lift_high"] / row["lift"]) == pytest.approx(reach)
    assert np.log(row["lift"] / row["lift_low"]) == pytest.approx(reach)


def test_nothing_passed_or_won_has_no_rate_and_no_warning():
    row = scores(COUNTS, ["sales"]).set_index("period").loc["check"]
    assert row["leads"] == 10
    assert row[["precision", "recall", "lift", "lift_low", "lift_high"]].isna().all()
    empty = scores(COUNTS.iloc[:0], ["sales"])
    assert list(empty["period"]) == ["fit", "check"]
    assert (empty["leads"] == 0).all()


def test_two_versions_on_the_same_mature_leads():
    table = versions_table(COUNTS, ["sales", "marketing"])
    assert len(table) == 9
    cells = table.set_index(["first_verdict", "second_verdict"])
    assert cells.loc[("true", "true"), ["leads", "won"]].tolist() == [29, 9]
    assert cells.loc[("false", "true"), ["leads", "won"]].tolist() == [16, 6]
    assert cells.loc[("false", "unknown"), ["leads", "won"]].tolist() == [0, 0]
    assert table["leads"].sum() == 110
    assert versions_table(COUNTS, ["sales"]).empty


def test_leads_passed_a_month_leave_out_those_that_were_deals_already():
    months = passed_per_month(COUNTS, ["sales"], dt.date(2026, 3, 31)).set_index("month")
    assert months["true"].tolist() == [40, 0, 0, 5]
    assert months["leads"].tolist() == [40, 60, 10, 5]
    assert months["complete"].tolist() == [True, True, True, False]


def test_leads_that_were_deals_before_the_landmark_are_counted_apart():
    rows = before_landmark(COUNTS).set_index("before_landmark")
    assert rows.loc[True].tolist() == [8, 7]
    assert rows.loc[False].tolist() == [115, 20]
    assert before_landmark(COUNTS.iloc[:0])["leads"].tolist() == [0, 0]


def test_history_is_split_where_two_thirds_have_passed():
    days = pd.DataFrame(
        {"created_day": pd.to_datetime([f"2026-01-{d:02}" for d in range(1, 10)]), "leads": 10}
    )
    assert split_day(days) == dt.date(2026, 1, 7)
    assert split_day(days.sample(frac=1, random_state=1)) == dt.date(2026, 1, 7)
    assert split_day(days.iloc[:1]) is None
    assert split_day(days.iloc[:0]) is None


def test_everybody_passed_has_a_lift_of_one_without_doubt():
    assert [bound.tolist() for bound in lift([7], [50], [7], [50])] == [[1.0], [1.0], [1.0]]


def test_none_won_among_the_passed_still_has_an_upper_bound():
    found = lift([0], [10], [20], [100])
    assert (found.estimate[0], found.low[0]) == (0, 0)
    # Wilson for 0 of 10 ends at 0.2775 (Newcombe 1998); the base rate is 0.2.
    assert found.high[0] == pytest.approx(0.2775 / 0.2, abs=1e-3)


@given(st.lists(st.integers(0, 400), min_size=4, max_size=4))
def test_bounds_are_in_order(cells):
    a, b, c, d = cells
    found = lift([a], [a + b], [a + c], [a + b + c + d])
    if a + b and a + c:
        assert 0 <= found.low[0] <= found.estimate[0] <= found.high[0] < np.inf
        assert found.estimate[0] == pytest.approx(
            (a / (a + b)) / ((a + c) / (a + b + c + d)), rel=1e-9
        )
    else:
        assert np.isnan(found).all()


@given(st.permutations(range(len(COUNTS))))
@settings(max_examples=15, deadline=None)
def test_row_order_changes_nothing(order):
    mixed = COUNTS.iloc[list(order)]
    sides = ["sales", "marketing"]
    pd.testing.assert_frame_equal(scores(mixed, sides), scores(COUNTS, sides))
    pd.testing.assert_frame_equal(versions_table(mixed, sides), versions_table(COUNTS, sides))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("leads", "passed", "rate_passed", "rate_other"),
    [
        (300, 0.3, 0.4, 0.15),
        (1000, 0.2, 0.25, 0.08),
        (2000, 0.4, 0.1, 0.1),
        (3000, 0.1, 0.12, 0.05),
    ],
)
def test_the_interval_of_the_lift_covers_at_its_rate(
    leads, passed, rate_passed, rate_other, calibrated
):
    times = 20_000 if FULL else 4_000
    rng = np.random.default_rng(7)
    shares = np.array(
        [
            passed * rate_passed,
            passed * (1 - rate_passed),
            (1 - passed) * rate_other,
            (1 - passed) * (1 - rate_other),
        ]
    )
    a, b, c, _ = rng.multinomial(leads, shares, size=times).T
    found = lift(a, a + b, a + c, np.full(times, leads))
    truth = rate_passed / (passed * rate_passed + (1 - passed) * rate_other)
    covered = calibrated(
        "Lift of a definition: interval covers",
        f"{passed:.0%} passed, of which {rate_passed:.0%} won; of the rest {rate_other:.0%}",
        f"{leads:,} leads",
        "0.95",
        (found.low <= truth) & (truth <= found.high),
    ).share
    assert 0.935 <= covered <= 0.975
    # The formula for independent groups would cover nearly always: it is far too wide.
    naive = 1.96 * np.sqrt(
        1 / np.maximum(a, 0.5) - 1 / (a + b) + 1 / np.maximum(a + c, 0.5) - 1 / leads
    )
    wide = np.abs(np.log(np.maximum(found.estimate, 1e-9) / truth)) <= naive
    assert wide.mean() > covered
