from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop.analysis.picking import pick, stand_in, swap

COLUMNS = ["quarter", "customer_type", "side", "deals"]
STRATUM = ["quarter", "customer_type"]

rows = st.lists(
    st.tuples(
        st.sampled_from(["2023Q4", "2024Q1", "2024Q2", "2025Q1", None]),
        st.sampled_from(["retail", "industry", None]),
        st.sampled_from(["won", "lost"]),
        st.integers(0, 12),
    ),
    min_size=1,
    max_size=14,
)


def counts(*records: tuple[str | None, str | None, str, int]) -> pd.DataFrame:
    return pd.DataFrame(list(records), columns=COLUMNS)


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """Give missing quarters and types a name, so that a stratum can be looked up."""
    return frame.assign(**{key: frame[key].astype("str").fillna("none") for key in STRATUM})


def sides(frame: pd.DataFrame) -> list[int]:
    return [int((frame["side"] == side).sum()) for side in ("won", "lost")]


def test_pairs_come_from_the_same_stratum_where_they_can() -> None:
    history = counts(
        ("2025Q1", "retail", "won", 50),
        ("2025Q1", "retail", "lost", 40),
        ("2025Q2", "industry", "won", 30),
        ("2025Q2", "industry", "lost", 60),
        ("2025Q3", "retail", "won", 99),
    )
    deals, exact = pick(history, 10, seed=4)
    assert exact == 20
    assert set(deals["match"]) == {"exact"}
    assert set(deals["quarter"]) == {"2025Q1", "2025Q2"}
    for _, stratum in deals.groupby(STRATUM):
        assert sides(stratum)[0] == sides(stratum)[1]


def test_what_has_no_partner_takes_the_nearest_quarter_of_its_type() -> None:
    history = counts(
        ("2025Q1", "retail", "won", 2),
        ("2025Q1", "retail", "lost", 1),
        ("2024Q3", "retail", "lost", 5),
        ("2025Q2", "retail", "lost", 5),
        ("2025Q1", "industry", "lost", 5),
    )
    deals, exact = pick(history, 2, seed=0)
    assert exact == 2
    other = deals[deals["match"] == "quarter"]
    assert other["side"].tolist() == ["won", "lost"] or other["side"].tolist() == ["lost", "won"]
    assert set(other["quarter"]) == {"2025Q1", "2025Q2"}
    assert set(deals["stratum"]) == {"2025Q1 retail"}


def test_another_type_is_taken_when_the_type_has_run_out() -> None:
    history = counts(
        ("2025Q1", "retail", "won", 1),
        ("2019Q1", "retail", "lost", 1),
        ("2025Q1", "industry", "won", 1),
        ("2025Q1", None, "lost", 3),
    )
    deals, exact = pick(history, 2, seed=0)
    assert exact == 0
    matched = deals.set_index(["side", "quarter"])["match"]
    assert matched["lost", "2019Q1"] == "quarter"
    assert matched["lost", "2025Q1"] == "any"
    assert deals.groupby("stratum")["side"].nunique().tolist() == [2, 2]


def test_an_unknown_quarter_is_further_than_any_known_one() -> None:
    history = counts(
        ("2025Q1", "retail", "won", 1), (None, "retail", "lost", 9), ("2005Q1", "retail", "lost", 1)
    )
    deals, _ = pick(history, 1, seed=0)
    assert deals["quarter"].tolist() == ["2005Q1", "2025Q1"]


def test_a_side_with_few_deals_is_taken_whole_and_the_other_still_gives_n() -> None:
    history = counts(
        ("2025Q1", None, "won", 30), ("2025Q1", None, "lost", 2), ("2025Q2", None, "won", 30)
    )
    deals, exact = pick(history, 10, seed=1)
    assert sides(deals) == [10, 2]
    assert exact == 12
    assert set(deals["quarter"]) == {"2025Q1"}


def test_one_side_alone_has_no_match() -> None:
    deals, exact = pick(counts(("2025Q1", None, "won", 3), ("2025Q2", None, "won", 3)), 4, seed=1)
    assert (sides(deals), exact, set(deals["match"])) == ([4, 0], 0, {"none"})


@pytest.mark.parametrize("records", [[], [("2025Q1", "retail", "won", 0)]])
def test_nothing_to_pick_is_an_empty_frame(records: list[tuple[str, str, str, int]]) -> None:
    deals, exact = pick(counts(*records), 10, seed=1)
    assert deals.empty
    assert exact == 0
    assert list(deals) == ["quarter", "customer_type", "side", "rank", "stratum", "match"]


def test_every_pair_within_the_strata_is_as_likely() -> None:
    """3 pairs in one stratum and 1 in another: the latter is 1 of 4 in the long run."""
    history = counts(
        ("2025Q1", None, "won", 3),
        ("2025Q1", None, "lost", 8),
        ("2025Q2", None, "won", 1),
        ("2025Q2", None, "lost", 1),
    )
    picked = [pick(history, 1, seed=seed).deals["quarter"].iloc[0] for seed in range(200)]
    # 200 draws at 1/4: mean 50, standard deviation 6.1.
    assert 26 <= picked.count("2025Q2") <= 74


def test_every_rank_of_a_stratum_can_be_picked() -> None:
    history = counts(("2025Q1", None, "won", 5), ("2025Q1", None, "lost", 5))
    ranks = pd.concat([pick(history, 1, seed=seed).deals for seed in range(60)])
    assert set(ranks["rank"]) == set(range(5))


@settings(deadline=None, max_examples=40)
@given(rows, st.integers(1, 15), st.integers(0, 99))
def test_a_picking_is_within_the_history_and_as_matched_as_it_can_be(
    records: list[tuple[str | None, str | None, str, int]], n: int, seed: int
) -> None:
    history = counts(*records)
    deals, exact = pick(history, n, seed=seed)
    available = named(history).groupby([*STRATUM, "side"])["deals"].sum()
    total = history.groupby("side")["deals"].sum().reindex(["won", "lost"], fill_value=0)
    assert sides(deals) == [min(n, count) for count in total]
    assert not deals.duplicated([*STRATUM, "side", "rank"]).any()
    for key, ranks in named(deals).groupby([*STRATUM, "side"])["rank"]:
        assert ranks.between(0, available[key] - 1).all()
    wide = available.unstack("side", fill_value=0).reindex(columns=["won", "lost"], fill_value=0)
    assert exact >= 2 * min(n, int(wide.min(axis=1).sum()))
    if total.min() >= n:
        assert exact == 2 * min(n, int(wide.min(axis=1).sum()))
        balance = deals.groupby(["stratum", "side"]).size().unstack()
        assert (balance["won"] == balance["lost"]).all()


@settings(deadline=None, max_examples=30)
@given(rows, st.randoms(use_true_random=False))
def test_the_same_seed_picks_the_same_deals_in_any_row_order(
    records: list[tuple[str | None, str | None, str, int]], random
) -> None:
    shuffled = records.copy()
    random.shuffle(shuffled)
    first, again = (pick(counts(*order), 5, seed=7) for order in (records, shuffled))
    pd.testing.assert_frame_equal(first.deals, again.deals)
    assert first.exact == again.exact


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (("2025Q1", None, "stalled", 1), "side is won or lost, not 'stalled'"),
        (("Q1 2025", None, "won", 1), "quarter is such as 2025Q1, not 'Q1 2025'"),
        (("2025Q5", None, "won", 1), "quarter is such as 2025Q1"),
        (("2025Q1", None, "won", -1), "deals is a count"),
    ],
)
def test_a_wrong_count_is_refused(record: tuple[str, None, str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        pick(counts(record), 10, seed=1)


def test_no_deals_a_side_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, not 0"):
        pick(counts(("2025Q1", None, "won", 1)), 0, seed=1)


@pytest.fixture
def sample() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "deal_id": ["a", "b", "c"],
            "side": ["won", "lost", "lost"],
            "stratum": ["2025Q1"] * 3,
            "swapped_for": [None, None, None],
        }
    )


def test_a_swap_is_recorded(sample: pd.DataFrame) -> None:
    before = sample.copy()
    swapped = swap(sample, "b", "x")
    assert swapped["deal_id"].tolist() == ["a", "x", "c"]
    assert swapped["swapped_for"].tolist() == [None, "b", None]
    assert swapped[["side", "stratum"]].equals(sample[["side", "stratum"]])
    pd.testing.assert_frame_equal(sample, before)


def test_a_chain_of_swaps_shows_the_deal_that_was_picked(sample: pd.DataFrame) -> None:
    chained = swap(swap(sample, "b", "x"), "x", "y")
    assert chained["swapped_for"].tolist() == [None, "b", None]
    assert swap(chained, "y", "b")["swapped_for"].isna().all()


def test_a_swap_needs_a_deal_inside_and_a_deal_outside(sample: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="'z'"):
        swap(sample, "z", "x")
    with pytest.raises(ValueError, match="'c' is"):
        swap(sample, "b", "c")


def at(quarter: str | None, kind: str | None, side: str, rank: int = 0) -> pd.DataFrame:
    return pd.DataFrame([(quarter, kind, side, rank)], columns=[*STRATUM, "side", "rank"])


class TestStandIn:
    HISTORY = counts(
        ("2025Q1", "retail", "lost", 3),
        ("2025Q3", "retail", "lost", 1),
        ("2025Q1", "industry", "lost", 9),
        ("2025Q1", "retail", "won", 20),
    )

    def test_it_comes_from_the_same_quarter_and_type_while_there_is_one_unseen(self) -> None:
        out = at("2025Q1", "retail", "lost", 1)
        seen = pd.concat([out, at("2025Q1", "retail", "lost", 0)])
        for seed in range(5):
            found = stand_in(self.HISTORY, seen, out, seed=seed)
            assert found[[*STRATUM, "rank"]].to_numpy().tolist() == [["2025Q1", "retail", 2]]

    def test_then_from_another_quarter_and_last_from_another_type(self) -> None:
        out = at("2025Q1", "retail", "lost", 0)
        seen = pd.concat([at("2025Q1", "retail", "lost", rank) for rank in range(3)])
        found = stand_in(self.HISTORY, seen, out, seed=1)
        assert found["quarter"].tolist() == ["2025Q3"]
        found = stand_in(self.HISTORY, pd.concat([seen, found]), out, seed=1)
        assert found["customer_type"].tolist() == ["industry"]

    def test_of_a_side_that_is_used_up_there_is_none(self) -> None:
        history = counts((None, None, "won", 2), (None, None, "lost", 5))
        seen = pd.concat([at(None, None, "won", rank) for rank in range(2)])
        assert stand_in(history, seen, seen.iloc[:1], seed=0).empty
        assert len(stand_in(history, seen, at(None, None, "lost", 4), seed=0)) == 1

    def test_the_same_seed_picks_the_same_and_all_can_come(self) -> None:
        out = at("2025Q1", "industry", "lost", 8)
        ranks = {
            int(stand_in(self.HISTORY, out, out, seed=seed)["rank"].iloc[0]) for seed in range(80)
        }
        assert ranks == set(range(8))
        once, again = (stand_in(self.HISTORY, out, out, seed=7) for _ in range(2))
        pd.testing.assert_frame_equal(once, again)
