from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from tests.analysis.paths import counted
from tests.calibration import FULL
from workshop.analysis.channels import (
    attribution,
    by_channel,
    cost_per_won,
    funnel_limits,
    overall_rate,
)

COUNTS = ["leads", "won", "mature_leads", "mature_won"]


def counts(*rows: tuple[str | None, int, int, int, int]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["channel", *COUNTS])
    return frame.astype({"channel": "str", **dict.fromkeys(COUNTS, "int64")})


def mature(won: list[int], leads: list[int]) -> pd.DataFrame:
    """Build channels of which every lead is mature."""
    names = [f"c{number:03}" for number in range(len(won))]
    return counts(*zip(names, leads, won, leads, won, strict=True))


def verdicts(frame: pd.DataFrame) -> list[str]:
    return by_channel(frame)["verdict"].tolist()


def test_rates_are_those_of_mature_leads() -> None:
    rows = by_channel(counts(("mail", 100, 9, 80, 8), ("fair", 60, 30, 40, 25), (None, 9, 1, 5, 1)))
    assert rows["channel"].tolist()[:2] == ["fair", "mail"]
    assert rows["channel"].isna().tolist() == [False, False, True]
    assert rows["rate"].tolist() == [0.625, 0.1, 0.2]
    low, high = proportion_confint([25, 8, 1], [40, 80, 5], method="wilson")
    assert rows["ci_low"].tolist() == pytest.approx(list(low))
    assert rows["ci_high"].tolist() == pytest.approx(list(high))
    assert rows[["leads", "won"]].sum().tolist() == [169, 40]
    assert overall_rate(rows) == 34 / 125
    # Each is drawn towards the others.
    assert 0.1 < rows["shrunk_rate"].iloc[1] < rows["shrunk_rate"].iloc[0] < 0.625
    assert rows["verdict"].tolist() == ["works", "noise", "too_few"]


def test_rows_of_one_channel_are_added_up() -> None:
    parts = counts(("a", 60, 6, 50, 5), ("b", 70, 30, 70, 30), ("a", 40, 3, 30, 3))
    whole = counts(("a", 100, 9, 80, 8), ("b", 70, 30, 70, 30))
    pd.testing.assert_frame_equal(by_channel(parts), by_channel(whole))


@pytest.mark.parametrize(
    ("leads", "mature_leads", "expected"),
    [
        (1, 0, "too_early"),
        (8, 0, "too_early"),
        (9, 5, "too_few"),
        (9, 9, "too_few"),
        (10, 9, "too_early"),
        (500, 9, "too_early"),
        (500, 10, "as_average"),
    ],
)
def test_too_early_and_too_few(leads: int, mature_leads: int, expected: str) -> None:
    half = mature_leads // 2
    frame = counts(("big", 400, 200, 400, 200), ("x", leads, half, mature_leads, half))
    assert verdicts(frame)[1] == expected


def test_as_average_needs_enough_leads_to_have_shown_otherwise() -> None:
    # At an overall rate of 5%, 72 leads without a win are needed for a probability of 2.5%.
    assert 0.95**72 < 0.025 < 0.95**71
    frame = mature([50_000, 3, 3], [1_000_000, 60, 80])
    assert verdicts(frame) == ["as_average", "too_few", "as_average"]
    # Above one half it is the other way round.
    won = frame["leads"] - frame["won"]
    assert verdicts(frame.assign(won=won, mature_won=won)) == [
        "as_average",
        "too_few",
        "as_average",
    ]


def test_planted_channels_are_found() -> None:
    frame = mature([30, 28, 33, 27, 31, 90, 4], [300] * 7)
    assert verdicts(frame) == ["as_average"] * 5 + ["works", "noise"]


def test_a_channel_without_a_win_never_works() -> None:
    # One channel outweighs forty better ones: what the small one without a win is shrunk to is
    # above the overall rate.
    frame = mature([400] + [10] * 40 + [0], [40_000] + [100] * 40 + [12])
    rows = by_channel(frame)
    assert rows["shrunk_low"].iloc[-1] > overall_rate(rows)
    assert rows["verdict"].iloc[-1] == "too_few"
    assert set(rows["verdict"].iloc[1:-1]) == {"works"}


@pytest.mark.parametrize("won", [0, 50])
def test_all_alike_at_the_edge_decides_nothing(won: int) -> None:
    rows = by_channel(mature([won] * 3, [50] * 3))
    assert set(rows["verdict"]) == {"too_few"}
    assert rows["rate"].tolist() == [won / 50] * 3
    assert rows[["shrunk_rate", "shrunk_low", "shrunk_high"]].notna().all(axis=None)


def test_one_channel_is_as_the_average() -> None:
    row = by_channel(mature([20], [100])).iloc[0]
    assert row["verdict"] == "as_average"
    assert row["shrunk_low"] < 0.2 < row["shrunk_high"]


def test_a_channel_without_mature_leads_has_no_rate() -> None:
    rows = by_channel(counts(("a", 90, 9, 60, 9), ("b", 30, 0, 0, 0)))
    estimates = ["rate", "ci_low", "ci_high", "shrunk_rate", "shrunk_low", "shrunk_high"]
    assert rows.loc[1, estimates].isna().all()
    assert rows.loc[0, estimates].notna().all()
    pd.testing.assert_frame_equal(rows.iloc[:1], by_channel(counts(("a", 90, 9, 60, 9))))


def test_before_anything_is_mature_it_is_too_early() -> None:
    rows = by_channel(counts(("a", 90, 0, 0, 0), (None, 3, 0, 0, 0)))
    assert rows["verdict"].tolist() == ["too_early", "too_early"]
    assert rows["shrunk_rate"].isna().all()
    assert np.isnan(overall_rate(rows))


def test_nothing_in_gives_nothing_out() -> None:
    assert by_channel(counts()).empty


rows_of_counts = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", None]), *[st.integers(0, 60)] * 4).map(
        lambda row: (
            row[0],
            row[1] + row[2] + row[3] + row[4],
            row[2] + row[4],
            row[1] + row[2],
            row[2],
        )
    ),
    min_size=1,
    max_size=6,
)


@given(rows_of_counts, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_rows_does_not_matter(rows, random) -> None:
    first = by_channel(counts(*rows))
    random.shuffle(rows)
    pd.testing.assert_frame_equal(first, by_channel(counts(*rows)))
    known = first[first["mature_leads"] > 0]
    assert known.notna().drop(columns="channel").all(axis=None)
    assert known[["rate", "shrunk_rate"]].ge(0).all(axis=None)
    assert known["ci_high"].le(1).all()


@pytest.mark.slow
@pytest.mark.parametrize(("channels", "rate"), [(5, 0.05), (12, 0.2), (40, 0.05)])
def test_channels_that_are_alike_are_left_alone(channels: int, rate: float, calibrated) -> None:
    runs = 600 if FULL else 30
    rng = np.random.default_rng(31)
    accused = []
    for _ in range(runs):
        leads = np.exp(rng.uniform(np.log(20), np.log(1000), channels)).astype(int)
        found = verdicts(mature(list(rng.binomial(leads, rate)), list(leads)))
        accused.append(bool({"works", "noise"} & set(found)))
    seen = calibrated(
        "Channels: any called `works` or `noise` where all are alike",
        f"{channels} channels of 20 to 1,000 leads, {rate:.0%} won",
        f"{channels} channels",
        "≤ 0.05",
        accused,
    )
    # Not one channel in twenty, but at most one whole table in twenty.
    assert seen.share <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


@pytest.mark.slow
@pytest.mark.parametrize(("planted", "verdict"), [(0.15, "works"), (0.01, "noise")])
def test_a_channel_that_differs_is_named(planted: float, verdict: str, calibrated) -> None:
    runs = 600 if FULL else 40
    rng = np.random.default_rng(32)
    rates = np.array([planted, *[0.05] * 7])
    named = [verdicts(mature(list(rng.binomial(600, rates)), [600] * 8))[0] for _ in range(runs)]
    seen = calibrated(
        f"Channels: the planted one is called `{verdict}`",
        f"{planted:.0%} won, the seven others 5%",
        "600 leads a channel",
        "≥ 0.80",
        np.equal(named, verdict),
    )
    assert seen.share >= 0.8
    assert not {"works", "noise"} - {verdict} & set(named)


@pytest.mark.parametrize("rate", [0.02, 0.2, 0.63])
def test_funnel_limits_are_exact(rate: float) -> None:
    limits = funnel_limits(rate, [1, 7, 40, 300])
    for row in limits.itertuples():
        chance = stats.binom.pmf(np.arange(row.volume + 1), row.volume, rate)
        share = np.arange(row.volume + 1) / row.volume
        for low, high, tail in (
            (row.low_95, row.high_95, 0.025),
            (row.low_998, row.high_998, 0.001),
        ):
            assert chance[share < low].sum() <= tail
            assert chance[share <= low].sum() > tail
            assert chance[share > high].sum() <= tail
            assert chance[share >= high].sum() > tail


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_funnel_limits_close_where_all_or_none_are_won(rate: float) -> None:
    assert funnel_limits(rate, [5, 50]).drop(columns="volume").eq(rate).all(axis=None)


@pytest.mark.parametrize(("rate", "volumes"), [(1.2, [5]), (-0.1, [5]), (float("nan"), [5])])
def test_a_rate_outside_0_and_1_is_refused(rate: float, volumes: list[int]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        funnel_limits(rate, volumes)


def test_a_volume_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1: 0"):
        funnel_limits(0.2, [4, 0])


def test_cost_per_won() -> None:
    costs = pd.DataFrame(
        {
            "channel": ["mail", "fair", "free", None],
            "cost": [1000.0, 500.0, 0.0, None],
            "leads": [100, 50, 40, 20],
            "won": [10, 0, 2, 3],
        }
    )
    rows = cost_per_won(costs)
    low, high = proportion_confint(10, 100, method="wilson")
    mail = rows.loc[0, ["cost_per_won", "cost_low", "cost_high"]].tolist()
    assert mail == pytest.approx([100, 10 / high, 10 / low])
    # Nothing won of 50: it costs at least 500 / (50 x 7.1%).
    assert rows.loc[1, "cost_low"] == pytest.approx(
        10 / proportion_confint(0, 50, method="wilson")[1]
    )
    assert rows.loc[1, ["cost_per_won", "cost_high"]].isna().all()
    assert rows.loc[2, ["cost_per_won", "cost_low", "cost_high"]].tolist() == [0, 0, 0]
    assert rows.loc[3, ["cost_per_won", "cost_low", "cost_high"]].isna().all()


def test_attribution() -> None:
    rows = attribution(
        counted(
            (("mail", "fair", "mail"), True, 3),
            (("fair",), False, 10),
            (("mail", "search"), True, 1),
            (("mail", "mail"), False, 4),
            ((None,), True, 2),
        )
    )
    expected = pd.DataFrame(
        [
            ("fair", 0, 0, 1.0, 13, 10),
            ("mail", 4, 3, 2.5, 8, 4),
            ("search", 0, 1, 0.5, 1, 0),
            (None, 2, 2, 2.0, 2, 0),
        ],
        columns=["channel", "first", "last", "linear", "touched", "never_converted"],
    )
    pd.testing.assert_frame_equal(rows, expected, check_dtype=False)


paths = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple),
        st.booleans(),
        st.integers(0, 9),
    ),
    max_size=8,
)


@given(paths, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_every_won_record_is_credited_once(rows, random) -> None:
    credit = attribution(counted(*rows))
    won = sum(records for _, outcome_won, records in rows if outcome_won)
    assert credit["first"].sum() == won
    assert credit["last"].sum() == won
    assert credit["linear"].sum() == pytest.approx(won)
    assert credit["touched"].ge(credit["never_converted"]).all()
    random.shuffle(rows)
    pd.testing.assert_frame_equal(credit, attribution(counted(*rows)))
