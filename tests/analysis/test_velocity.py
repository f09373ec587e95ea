from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from tests.calibration import FULL
from workshop.analysis.velocity import HORIZONS, by_group, incidence

OUTCOMES = ["won", "lost", "open"]
DAYS = [5, 5, 5, 7, 7, 9, 9, 9, 12, 12]
ENDS = ["won", "lost", "open", "won", "open", "lost", "won", "open", "won", "lost"]


def counts(*rows: tuple[int, str, int], group: str | None = "retail") -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["days", "outcome", "deals"])
    return frame.assign(group=pd.Series([group] * len(frame), dtype="str"))


def single(days: list[int], outcomes: list[str]) -> pd.DataFrame:
    return counts(*((day, end, 1) for day, end in zip(days, outcomes, strict=True)))


def history(
    rng: np.random.Generator, deals: int, won_rate: float, lost_rate: float, watched: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """Draw days (rounded up) and outcomes of deals created evenly over the days watched."""
    closing = rng.exponential(1 / (won_rate + lost_rate), deals)
    won = rng.random(deals) < won_rate / (won_rate + lost_rate)
    seen = rng.uniform(0, watched, deals) if watched else np.full(deals, np.inf)
    ends = np.where(seen < closing, "open", np.where(won, "won", "lost"))
    return np.where(seen < closing, np.floor(seen), np.ceil(closing)).astype(int), ends


def tally(days: np.ndarray, ends: np.ndarray, group: str = "retail") -> pd.DataFrame:
    frame = pd.DataFrame({"group": group, "days": days, "outcome": ends})
    return frame.groupby(["group", "days", "outcome"]).size().rename("deals").reset_index()


def test_published_example() -> None:
    rows = by_group(single(DAYS, ENDS), seed=1, horizons=(4, 5, 7, 9, 12))
    assert rows["won_share"].round(6).tolist() == [0, 0.1, 0.214286, 0.351429, 0.557143]
    assert rows["lost_share"].round(6).tolist() == [0, 0.1, 0.1, 0.237143, 0.442857]
    assert rows["deals"].tolist() == [10] * 5
    assert rows["open"].tolist() == [3] * 5


cells = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(OUTCOMES), st.integers(1, 9)),
    min_size=1,
    max_size=20,
)


@given(cells)
@settings(max_examples=60, deadline=None)
def test_incidence_is_that_of_statsmodels(rows: list[tuple[int, str, int]]) -> None:
    frame = counts(*rows)
    frame = frame.groupby(["days", "outcome"], as_index=False)["deals"].sum()
    code = frame["outcome"].map({"won": 1, "lost": 2, "open": 0}).to_numpy()
    # A weightless loss, or there would be as many curves as the highest code that occurs.
    reference = CumIncidenceRight(
        np.append(frame["days"], frame["days"].iloc[0]),
        np.append(code, 2),
        freq_weights=np.append(frame["deals"], 0),
    )
    table = (
        frame.pivot(index="days", columns="outcome", values="deals")
        .reindex(columns=OUTCOMES)
        .fillna(0)
        .astype(int)
    )
    found = incidence(table.to_numpy())
    np.testing.assert_allclose(found.won, reference.cinc[0], atol=1e-12)
    np.testing.assert_allclose(found.lost, reference.cinc[1], atol=1e-12)

    many = incidence(np.stack([table.to_numpy(), 3 * table.to_numpy()]))
    np.testing.assert_allclose(many.won, np.stack([found.won, found.won]), atol=1e-12)

    horizons = (0, 3, 7, 12)
    by = by_group(frame.assign(group="x"), seed=0, horizons=horizons, replicates=20)
    at = np.searchsorted(reference.times, horizons, side="right")
    curve = np.concatenate([[0.0], reference.cinc[0]])[at]
    seen = by["won_share"].notna().to_numpy()
    np.testing.assert_allclose(by["won_share"][seen], curve[seen], atol=1e-12)
    last = np.inf if (frame["outcome"] != "open").all() else frame["days"].max()
    assert seen.tolist() == [horizon <= last for horizon in horizons]


def test_lost_deals_are_no_longer_there_to_be_won() -> None:
    rng = np.random.default_rng(20)
    days, ends = history(rng, 400_000, 0.25 / 90, 0.75 / 90, watched=500)
    row = by_group(tally(days, ends), seed=1, horizons=(180,), replicates=50).iloc[0]
    exact = 0.25 * (1 - np.exp(-180 / 90))
    assert round(exact, 3) == 0.216
    assert row["won_share"] == pytest.approx(exact, abs=0.003)
    assert row["lost_share"] == pytest.approx(3 * exact, abs=0.003)

    kaplan_meier = SurvfuncRight(days, (ends == "won").astype(int))
    at = np.searchsorted(kaplan_meier.surv_times, 180, side="right") - 1
    assert 1 - kaplan_meier.surv_prob[at] == pytest.approx(0.39, abs=0.005)


def test_nothing_is_said_beyond_the_last_day_seen() -> None:
    rows = by_group(counts((20, "won", 5), (60, "open", 5)), seed=1, horizons=(30, 60, 61))
    assert rows["won_share"].tolist()[:2] == [0.5, 0.5]
    assert rows.loc[2, ["won_share", "ci_low", "ci_high", "lost_share"]].isna().all()
    assert rows.loc[2, ["deals", "open"]].tolist() == [10, 5]


def test_where_no_deal_is_open_everything_is_known() -> None:
    rows = by_group(counts((20, "won", 5), (60, "lost", 5)), seed=1, horizons=(30, 600))
    assert rows["won_share"].tolist() == [0.5, 0.5]
    assert rows["lost_share"].tolist() == [0, 0.5]


def test_without_open_deals_the_interval_is_wilsons() -> None:
    frame = counts((10, "won", 12), (20, "lost", 50), (40, "won", 18))
    rows = by_group(frame, seed=3, horizons=(30, 60), replicates=20_000)
    for row, won in zip(rows.itertuples(), (12, 30), strict=True):
        low, high = proportion_confint(won, 80, method="wilson")
        assert (row.ci_low, row.ci_high) == pytest.approx((low, high), abs=0.003)


def test_the_bootstrap_agrees_with_the_asymptotic_variance() -> None:
    days, ends = history(np.random.default_rng(5), 300, 0.4 / 90, 0.6 / 90, watched=365)
    code = pd.Series(ends).map({"won": 1, "lost": 2, "open": 0}).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        reference = CumIncidenceRight(days, code)
    rows = by_group(tally(days, ends), seed=1, replicates=10_000)
    for row in rows.itertuples():
        at = np.searchsorted(reference.times, row.horizon_days, side="right") - 1
        share, error = reference.cinc[0][at], reference.cinc_se[0][at]
        worth = share * (1 - share) / error**2
        low, high = proportion_confint(share * worth, worth, method="wilson")
        assert (row.ci_low, row.ci_high) == pytest.approx((low, high), abs=0.006)


def test_no_win_and_nothing_but_wins_get_the_exact_bound() -> None:
    none = by_group(counts((5, "lost", 8), (50, "lost", 4)), seed=1, horizons=(30,)).iloc[0]
    assert (none["won_share"], none["ci_low"]) == (0, 0)
    assert none["ci_high"] == pytest.approx(proportion_confint(0, 12, method="beta")[1])
    everyone = by_group(counts((5, "won", 7)), seed=1, horizons=(30,)).iloc[0]
    assert (everyone["won_share"], everyone["ci_high"]) == (1, 1)
    assert everyone["ci_low"] == pytest.approx(proportion_confint(7, 7, method="beta")[0])


def test_the_exact_bound_counts_deals_that_were_followed() -> None:
    # Six of ten were followed to day 30; the others could still have been won.
    watched = by_group(counts((10, "open", 4), (100, "open", 6)), seed=1, horizons=(30,))
    assert watched["ci_high"].iloc[0] == pytest.approx(1 - 0.025 ** (1 / 6))
    # Of the five left on day 10 two were lost from sight: so would two fifths of the lost.
    thinned = by_group(
        counts((5, "lost", 5), (10, "open", 2), (60, "open", 3)), seed=1, horizons=(30,)
    )
    assert thinned["ci_high"].iloc[0] == pytest.approx(1 - 0.025 ** (1 / 6))


def test_groups_come_sorted_and_null_is_one() -> None:
    frame = pd.concat(
        [
            counts((200, "won", 3), group="retail"),
            counts((200, "won", 2), group=None),
            counts((200, "won", 1), group="food"),
            counts((200, "won", 0), group="empty"),
        ]
    )
    rows = by_group(frame, seed=1)
    assert rows["deals"].tolist() == [1] * 4 + [3] * 4 + [2] * 4
    assert rows["group"].isna().tolist() == [False] * 8 + [True] * 4
    assert rows["horizon_days"].tolist() == list(HORIZONS) * 3


def test_the_same_seed_gives_the_same_rows_in_any_order() -> None:
    frame = pd.concat(
        [single(DAYS, ENDS), counts((20, "open", 9), (30, "won", 4), (200, "open", 9), group=None)]
    )
    first = by_group(frame, seed=11)
    pd.testing.assert_frame_equal(first, by_group(frame.iloc[::-1], seed=11))
    split = pd.concat([frame, frame.assign(deals=0)])
    pd.testing.assert_frame_equal(first, by_group(split, seed=11))
    assert not first.equals(by_group(frame, seed=12))


def test_nothing_in_gives_nothing_out() -> None:
    assert by_group(counts(), seed=1).empty


def test_an_unknown_outcome_is_refused() -> None:
    with pytest.raises(ValueError, match=r"unknown outcomes \['stalled'\]; allowed: \['won'"):
        by_group(counts((3, "stalled", 1)), seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("deals", [15, 40, 150])
@pytest.mark.parametrize("watched", [None, 365])
def test_intervals_cover_the_truth(deals: int, watched: int | None, calibrated) -> None:
    runs = 1500 if FULL else 100
    rng = np.random.default_rng(deals)
    drawn = [
        tally(*history(rng, deals, 0.25 / 90, 0.75 / 90, watched), group=f"{run:04}")
        for run in range(runs)
    ]
    rows = by_group(pd.concat(drawn), seed=7, replicates=500).dropna()
    truth = 0.25 * (1 - np.exp(-rows["horizon_days"] / 90))
    covered = (rows["ci_low"] <= truth) & (truth <= rows["ci_high"])
    calibrated(
        "Velocity: interval of the share won covers, over days 30 to 180",
        "winning and losing compete (rates 0.25/90 and 0.75/90 a day), "
        + (f"created evenly over {watched} days" if watched else "every deal followed to its end"),
        f"{deals} deals",
        "0.95",
        covered.groupby(rows["group"]).mean(),
    )
    by_horizon = covered.groupby(rows["horizon_days"]).agg(["mean", "size"])
    # Wilson's own coverage runs from 0.90 to 0.98 at these counts; four Monte Carlo errors.
    error = 4 * np.sqrt(0.05 * 0.95 / by_horizon["size"])
    assert (by_horizon["mean"] > 0.92 - error).all()
    assert abs(covered.mean() - 0.955) < 0.02 + 4 * np.sqrt(0.05 * 0.95 / runs / 2)


def test_a_group_has_the_same_interval_whatever_it_is_called_and_whoever_is_beside_it() -> None:
    rng = np.random.default_rng(3)
    one, other = (tally(*history(rng, 60, 0.004, 0.008, 300)) for _ in range(2))
    alone = by_group(one, seed=4).drop(columns="group")
    for name in ("a", "z"):
        both = by_group(pd.concat([one.assign(group=name), other.assign(group="m")]), seed=4)
        mine = both[both["group"] == name].drop(columns="group").reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, alone)
