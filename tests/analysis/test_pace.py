"""Which groups move faster: against brute force on small cases, and silent on null data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workshop.analysis.pace import against_rest, curves, half_decided, half_way, of_all


def deals_of(groups) -> pd.DataFrame:
    rows = [(name, *cell) for name, cells in groups.items() for cell in cells]
    return pd.DataFrame(rows, columns=["group", "days", "outcome", "deals"])


@pytest.fixture
def closed() -> pd.DataFrame:
    """Everything closed: A won 30 of 50 by day 40, B 10 of 60."""
    return deals_of(
        {
            "A": [(40, "won", 30), (50, "lost", 20)],
            "B": [(40, "won", 10), (50, "lost", 50)],
            "C": [(40, "won", 5), (50, "lost", 4)],
        }
    )


def test_without_open_deals_it_is_fisher_on_the_counts(closed):
    rows = against_rest(closed, 60, seed=0).set_index("group")
    expected = stats.fisher_exact([[30, 20], [15, 54]]).pvalue
    assert rows.loc["A", "p_value"] == pytest.approx(expected)
    assert rows.loc["A", "rest_share"] == pytest.approx(15 / 69)
    assert rows.loc["A", "verdict"] == "clear"
    # nine deals: shown, not tested, and no part of the correction
    assert rows.loc["C", ["p_value", "q_value"]].isna().all()
    assert rows.loc["C", "verdict"] == "too_few"
    p = rows["p_value"].dropna()
    assert rows["q_value"].dropna().tolist() == pytest.approx(
        stats.false_discovery_control(p).tolist()
    )


def test_row_order_and_the_way_counts_are_split_change_nothing(closed):
    halves = pd.concat([closed.assign(deals=closed["deals"] // 2)] * 2)
    rest = closed.assign(deals=closed["deals"] % 2)
    shuffled = pd.concat([halves, rest]).sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        against_rest(shuffled, 60, seed=0)[["group", "verdict"]],
        against_rest(closed, 60, seed=0)[["group", "verdict"]],
    )


def test_open_deals_make_a_share_worth_fewer(closed):
    censored = deals_of(
        {
            "A": [(5, "open", 25), (40, "won", 15), (50, "lost", 10)],
            "B": [(40, "won", 10), (50, "lost", 50)],
        }
    )
    whole = deals_of(
        {
            "A": [(40, "won", 30), (50, "lost", 20)],
            "B": [(40, "won", 10), (50, "lost", 50)],
        }
    )
    p_value = [against_rest(counts, 45, 0).loc[0, "p_value"] for counts in (censored, whole)]
    assert p_value[0] > p_value[1]
    half = stats.fisher_exact([[15, 10], [10, 50]]).pvalue
    # As much as the half that was followed, but for the bootstrap's own error.
    assert p_value[0] == pytest.approx(half, rel=1.5)


def test_a_group_that_was_not_followed_so_long_has_no_verdict():
    counts = deals_of({"A": [(10, "won", 15), (20, "open", 15)], "B": [(90, "won", 40)]})
    rows = against_rest(counts, 60, seed=0).set_index("group")
    assert rows.loc["A", "verdict"] == "too_few"


def test_half_way_is_the_first_horizon_with_half_of_the_wins():
    counts = deals_of({"A": [(20, "won", 10), (80, "won", 9), (100, "lost", 5)]})
    assert half_way(of_all(counts, 0)) == 30
    slower = deals_of({"A": [(20, "won", 8), (80, "won", 9), (100, "lost", 5)]})
    assert half_way(of_all(slower, 0)) == 90
    assert half_way(of_all(deals_of({"A": [(20, "lost", 8)]}), 0)) is None
    assert half_way(of_all(deals_of({}), 0)) is None


def test_half_decided_counts_won_and_lost_alike():
    counts = deals_of(
        {
            "A": [(3, "won", 4), (7, "lost", 1), (9, "lost", 5)],
            "B": [(3, "won", 4), (7, "open", 6)],
        }
    )
    rows = half_decided(counts).set_index("group")["half_decided_days"]
    assert rows["A"] == 7
    assert np.isnan(rows["B"])


def test_a_curve_ends_where_following_ends():
    counts = deals_of({"A": [(0, "won", 1), (3, "lost", 2), (5, "open", 1)], "B": [(2, "won", 1)]})
    rows = curves(counts, until=8).set_index(["group", "day"])
    assert rows.loc["A"].index.tolist() == [0, 1, 2, 3, 4, 5]
    assert rows.loc[("A", 0)].tolist() == [0.25, 0]
    assert rows.loc[("A", 3)].tolist() == pytest.approx([0.25, 0.5])
    # nothing of B is open: all is known, up to the end
    assert rows.loc["B"].index.max() == 8
    assert rows.loc[("B", 1), "won"] == 0
    assert rows.loc[("B", 8), "won"] == 1
    assert curves(counts.iloc[:0], 8).empty


def test_groups_that_are_all_alike_rarely_get_a_verdict():
    """Five alike sectors of 60 deals, a sixth of them open: nominal 5% of families."""
    rng = np.random.default_rng(11)
    families = 120
    found = sum(_any_clear(rng) for _ in range(families))
    # 12 of 120 or more has a probability of 2% if the rate is 5%
    assert found < 12


def _any_clear(rng: np.random.Generator) -> bool:
    n = 300
    won, lost = rng.exponential(150, n), rng.exponential(100, n)
    followed = np.where(rng.random(n) < 1 / 3, rng.uniform(5, 120, n), 400)
    frame = pd.DataFrame(
        {
            "group": np.repeat(list("ABCDE"), n // 5),
            "days": np.ceil(np.minimum(np.minimum(won, lost), followed)).astype(int),
            "outcome": np.where(
                followed < np.minimum(won, lost), "open", np.where(won < lost, "won", "lost")
            ),
            "deals": 1,
        }
    )
    counts = frame.groupby(["group", "days", "outcome"], as_index=False)["deals"].sum()
    return bool((against_rest(counts, 60, 0, replicates=200)["verdict"] == "clear").any())
