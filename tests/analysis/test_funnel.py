from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from workshop.analysis.funnel import by_cohort, default_windows, leak, overall

COLUMNS = ["cohort", "cohort_end", "from_stage", "to_stage", "lag_days", "entered"]
AS_OF = date(2025, 12, 31)


def counts(*rows: tuple[str, str, str, int | None, int]) -> pd.DataFrame:
    """Build counts from cohort, from_stage, to_stage, lag_days, entered."""
    return pd.DataFrame(
        [
            (month, pd.Period(month, "M").end_time.date(), start, end, lag, entered)
            for month, start, end, lag, entered in rows
        ],
        columns=COLUMNS,
    ).astype({"lag_days": "Int64", "entered": "int64"})


def steps(*rows: tuple[str, str, int, int, int]) -> pd.DataFrame:
    """Build what `overall` returns from from_stage, to_stage, cohorts, entered, converted."""
    frame = pd.DataFrame(
        rows, columns=["from_stage", "to_stage", "cohorts", "entered", "converted"]
    )
    low, high = proportion_confint(frame["converted"], frame["entered"], method="wilson")
    return frame.assign(
        window_days=30, rate=frame["converted"] / frame["entered"], ci_low=low, ci_high=high
    )


def one_step(lags: list[int]) -> pd.DataFrame:
    return counts(
        ("2025-01", "lead", "mql", None, 5), *(("2025-01", "lead", "mql", lag, 1) for lag in lags)
    )


def window(frame: pd.DataFrame) -> int:
    return int(default_windows(frame, AS_OF)["window_days"].iloc[0])


@pytest.mark.parametrize(
    ("lags", "expected"),
    [
        ([0], 30),
        ([30], 30),
        ([31], 60),
        ([150, 151], 180),
        ([400], 180),
        ([], 180),
        # Nine of ten came within 29 days; the tenth does not count.
        ([1, 2, 3, 4, 5, 6, 7, 8, 29, 170], 30),
        # Nine of eleven is not yet 90%.
        ([1, 2, 3, 4, 5, 6, 7, 8, 29, 70, 170], 90),
    ],
)
def test_the_window_is_the_90th_percentile_rounded_up_to_30_days(
    lags: list[int], expected: int
) -> None:
    assert window(one_step(lags)) == expected


@given(st.lists(st.integers(0, 250), min_size=1, max_size=60))
@settings(max_examples=40, deadline=None)
def test_the_window_holds_nine_tenths_of_the_conversions_and_no_smaller_one_does(
    lags: list[int],
) -> None:
    found = window(one_step(lags))
    percentile = np.quantile(lags, 0.9, method="inverted_cdf")
    assert found == min(max(30 * int(np.ceil(percentile / 30)), 30), 180)


def test_counts_weigh_the_percentile() -> None:
    frame = counts(("2025-01", "lead", "mql", 5, 90), ("2025-01", "lead", "mql", 100, 10))
    assert window(frame) == 30
    assert window(frame.assign(entered=[89, 11])) == 120


def test_a_conversion_after_the_window_is_none() -> None:
    frame = counts(
        ("2025-01", "lead", "mql", 60, 9),
        ("2025-01", "lead", "mql", 61, 1),
        ("2025-01", "lead", "mql", None, 10),
    )
    row = by_cohort(frame, AS_OF).iloc[0]
    assert (row["window_days"], row["entered"], row["converted"]) == (60, 20, 9)
    assert row["rate"] == 0.45
    low, high = proportion_confint(9, 20, method="wilson")
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high))


def test_a_cohort_is_mature_when_its_last_member_had_the_whole_window() -> None:
    frame = counts(("2025-01", "lead", "mql", 10, 4), ("2025-01", "lead", "mql", None, 6))
    last_day = date(2025, 1, 31) + timedelta(days=30)
    young = by_cohort(frame, last_day - timedelta(days=1)).iloc[0]
    grown = by_cohort(frame, last_day).iloc[0]
    assert not young["mature"]
    assert grown["mature"]
    assert (young["converted"], young["rate"]) == (4, 0.4)
    assert np.isnan(young["ci_low"])
    assert np.isnan(young["ci_high"])


def test_a_window_can_be_set_for_a_step() -> None:
    frame = counts(
        ("2025-01", "lead", "mql", 10, 4),
        ("2025-01", "mql", "sql", 10, 2),
        ("2025-01", "mql", "sql", 45, 2),
    )
    rows = by_cohort(frame, AS_OF, {("mql", "sql"): 14})
    assert rows["window_days"].tolist() == [30, 14]
    assert rows["converted"].tolist() == [4, 2]


def test_a_window_for_an_unknown_step_is_refused() -> None:
    with pytest.raises(ValueError, match=r"unknown steps \[\('lead', 'won'\)\]"):
        by_cohort(one_step([3]), AS_OF, {("lead", "won"): 30})


def test_a_window_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        by_cohort(one_step([3]), AS_OF, {("lead", "mql"): 0})


def test_young_cohorts_shorten_the_window_and_that_is_said() -> None:
    # Every cohort converts on days 20 and 100 in equal parts; most were born too late to show
    # the second half.
    old = [
        ("2025-05", "lead", "mql", 20, 10),
        ("2025-05", "lead", "mql", 100, 10),
        ("2025-05", "lead", "mql", None, 80),
    ]
    young = [("2025-11", "lead", "mql", 20, 100), ("2025-11", "lead", "mql", None, 900)]
    grown_up = default_windows(counts(*old), AS_OF).iloc[0]
    mixed = default_windows(counts(*old, *young), AS_OF).iloc[0]
    only_young = default_windows(counts(*young), AS_OF).iloc[0]
    assert (grown_up["window_days"], grown_up["full_window_days"]) == (120, 120)
    assert not grown_up["cut_short"]
    assert (mixed["window_days"], mixed["full_window_days"]) == (30, 120)
    assert mixed["cut_short"]
    assert np.isnan(only_young["full_window_days"])
    assert only_young["cut_short"]
    # The rate within the shorter window is right all the same.
    rows = by_cohort(counts(*old, *young), AS_OF)
    assert rows["rate"].tolist() == [0.1, 0.1]


def test_null_lags_may_be_float_or_nullable() -> None:
    frame = one_step([3, 40])
    as_float = frame.assign(lag_days=frame["lag_days"].astype(float))
    pd.testing.assert_frame_equal(by_cohort(frame, AS_OF), by_cohort(as_float, AS_OF))


def test_ordered_stages_keep_their_order() -> None:
    frame = counts(("2025-01", "mql", "lead", 1, 1), ("2025-01", "lead", "customer", 1, 1))
    stages = pd.CategoricalDtype(["mql", "lead", "customer", "unused"], ordered=True)
    ordered = frame.astype({"from_stage": stages, "to_stage": stages})
    assert by_cohort(frame, AS_OF)["from_stage"].tolist() == ["lead", "mql"]
    rows = by_cohort(ordered, AS_OF)
    assert rows["from_stage"].tolist() == ["mql", "lead"]
    assert overall(rows)["from_stage"].tolist() == ["mql", "lead"]
    assert leak(overall(rows))["from_stage"].tolist() == ["mql", "mql"]


def test_nothing_in_gives_nothing_out() -> None:
    rows = by_cohort(counts(), AS_OF)
    assert rows.empty
    assert overall(rows).empty
    found = leak(overall(rows))
    assert found["verdict"].tolist() == ["undecided", "undecided"]
    assert found["from_stage"].isna().all()


records = st.lists(
    st.tuples(
        st.sampled_from(["2025-01", "2025-06", "2025-10", "2025-12"]),
        st.sampled_from([("lead", "mql"), ("mql", "sql")]),
        st.one_of(st.none(), st.integers(0, 200)),
        st.integers(1, 20),
    ),
    min_size=1,
    max_size=25,
)


@given(records, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_cohorts_agree_with_a_walk_over_the_records(rows, random) -> None:
    listed = [(month, *step, lag, entered) for month, step, lag, entered in rows]
    result = by_cohort(counts(*listed), AS_OF)
    random.shuffle(listed)
    pd.testing.assert_frame_equal(result, by_cohort(counts(*listed), AS_OF))

    assert result["entered"].sum() == sum(entered for *_, entered in listed)
    for row in result.itertuples():
        members = [
            lag
            for month, start, end, lag, entered in listed
            if (month, start, end) == (row.cohort, row.from_stage, row.to_stage)
            for _ in range(entered)
        ]
        inside = sum(lag is not None and lag <= row.window_days for lag in members)
        assert (row.entered, row.converted) == (len(members), inside)
        assert 0 <= row.rate <= 1
        end = pd.Period(row.cohort, "M").end_time.date()
        assert row.mature == (end + timedelta(days=row.window_days) <= AS_OF)
        assert not row.mature or row.ci_low <= row.rate <= row.ci_high


def test_overall_adds_up_mature_cohorts_only() -> None:
    frame = counts(
        ("2025-01", "lead", "mql", 10, 20),
        ("2025-01", "lead", "mql", None, 80),
        ("2025-02", "lead", "mql", 10, 10),
        ("2025-02", "lead", "mql", None, 40),
        ("2025-12", "lead", "mql", 1, 99),
        ("2025-12", "mql", "sql", 1, 7),
    )
    total = overall(by_cohort(frame, AS_OF)).set_index("from_stage")
    assert total.loc["lead", ["cohorts", "entered", "converted"]].tolist() == [2, 150, 30]
    assert total.loc["lead", "rate"] == 0.2
    assert total.loc["lead", ["ci_low", "ci_high"]].tolist() == pytest.approx(
        proportion_confint(30, 150, method="wilson")
    )
    assert total.loc["mql", ["cohorts", "entered", "converted"]].tolist() == [0, 0, 0]
    assert total.loc["mql", ["rate", "ci_low", "ci_high"]].isna().all()


def test_the_leak_by_number_and_by_rate_are_two_steps() -> None:
    found = leak(
        steps(
            ("visitor", "lead", 10, 5000, 1000),
            ("lead", "mql", 10, 1000, 100),
            ("mql", "sql", 10, 100, 50),
        )
    ).set_index("code")
    assert found.loc["most_lost", ["from_stage", "lost_per_cohort"]].tolist() == ["visitor", 400]
    assert found.loc["lowest_rate", ["from_stage", "rate"]].tolist() == ["lead", 0.1]
    assert found["verdict"].tolist() == ["clear", "clear"]


def test_the_most_lost_is_counted_per_cohort() -> None:
    # The first step has been mature for twelve months, the second for two.
    found = leak(steps(("lead", "mql", 12, 1200, 840), ("mql", "sql", 2, 140, 40)))
    assert found["from_stage"].tolist() == ["mql", "mql"]
    assert found["lost_per_cohort"].tolist() == pytest.approx([50, 50])


def test_a_leak_is_undecided_where_intervals_overlap() -> None:
    found = leak(steps(("lead", "mql", 1, 20, 10), ("mql", "sql", 1, 20, 9)))
    assert found["from_stage"].tolist() == ["mql", "mql"]
    assert found["verdict"].tolist() == ["undecided", "undecided"]


def test_a_funnel_of_one_step_has_no_leak_to_point_at() -> None:
    found = leak(steps(("lead", "mql", 1, 2000, 10)))
    assert found["from_stage"].tolist() == ["lead", "lead"]
    assert found["verdict"].tolist() == ["undecided", "undecided"]
