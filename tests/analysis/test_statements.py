"""Statements: van der Eijk's A and the exact test, against published and enumerated figures."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.calibration import FULL
from workshop.analysis.statements import (
    compare_teams,
    distribution,
    exceeds,
    rank_sum_p,
    van_der_eijk,
)

COUNTS = st.lists(st.integers(0, 4), min_size=5, max_size=5)


def answers(counts: list[int]) -> list[int]:
    return [answer for answer, n in enumerate(counts, 1) for _ in range(n)]


def room(by_statement: dict[str, tuple[list[int], list[int]]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (f"{team}{n}", team, statement, answer)
            for statement, teams in by_statement.items()
            for team, counts in zip(("sales", "marketing"), teams, strict=True)
            for n, answer in enumerate(answers(counts))
        ],
        columns=["person", "team", "statement", "answer"],
    )


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((10, 0, 0, 0, 10), -1),
        ((4, 4, 4, 4, 4), 0),
        ((1, 2, 5, 9, 3), 0.475),
        # Van der Eijk's own example, seven steps (2001).
        ((30, 40, 210, 130, 530, 50, 10), 0.6113),
        ((0, 0, 7, 0, 0), 1),
        # Two neighbours: one quarter of the scale's width is used.
        ((5, 5, 0, 0, 0), 0.75),
    ],
)
def test_van_der_eijk(counts: tuple[int, ...], expected: float) -> None:
    assert van_der_eijk(counts) == pytest.approx(expected, abs=5e-5)


@given(COUNTS)
def test_van_der_eijk_lies_within_its_bounds_and_does_not_mind_direction(counts: list[int]) -> None:
    found = van_der_eijk(counts)
    if sum(counts) == 0:
        assert np.isnan(found)
        return
    assert -1 - 1e-12 <= found <= 1 + 1e-12
    assert van_der_eijk(counts[::-1]) == pytest.approx(found)
    assert van_der_eijk([3 * n for n in counts]) == pytest.approx(found)


@pytest.mark.parametrize("counts", [[1, 2], [1, -1, 0]])
def test_no_scale_no_agreement(counts: list[int]) -> None:
    with pytest.raises(ValueError, match="3 or more steps"):
        van_der_eijk(counts)


@given(COUNTS, COUNTS)
def test_exceeds_counts_pairs(sales: list[int], marketing: list[int]) -> None:
    pairs = [(s > m) + (s == m) / 2 for s in answers(sales) for m in answers(marketing)]
    expected = np.mean(pairs) if pairs else np.nan
    assert exceeds(sales, marketing) == pytest.approx(expected, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=5),
    st.lists(st.integers(1, 5), min_size=1, max_size=5),
)
def test_p_value_enumerates_all_ways_to_form_the_teams(ours: list[int], theirs: list[int]) -> None:
    ranks = stats.rankdata(ours + theirs)
    mean = len(ours) * ranks.mean()
    distance = abs(ranks[: len(ours)].sum() - mean)
    ways = [abs(sum(way) - mean) for way in combinations(ranks, len(ours))]
    expected = np.mean([way >= distance - 1e-9 for way in ways])
    counts = (np.bincount(x, minlength=6)[1:] for x in (ours, theirs))
    assert rank_sum_p(*counts) == pytest.approx(expected)


def test_p_value_without_ties_is_the_exact_rank_sum_test() -> None:
    sales, marketing = [1, 0, 1, 0, 1, 1, 0], [0, 1, 0, 1, 0, 0, 1]
    expected = stats.mannwhitneyu([1, 3, 5, 6], [2, 4, 7], method="exact").pvalue
    assert rank_sum_p(sales, marketing) == pytest.approx(expected)


def test_p_value_of_thirty_people_is_near_what_permuting_gives() -> None:
    ours, theirs = [1, 2, 4, 6, 5], [4, 4, 2, 1, 1]
    rng = np.random.default_rng(1)
    ranks = stats.rankdata(answers(ours) + answers(theirs))
    drawn = rng.permuted(np.tile(ranks, (40_000, 1)), axis=1)[:, :18].sum(axis=1)
    mean = 18 * ranks.mean()
    expected = (np.abs(drawn - mean) >= abs(ranks[:18].sum() - mean) - 1e-9).mean()
    assert rank_sum_p(ours, theirs) == pytest.approx(expected, abs=0.006)


def test_nobody_on_one_side_leaves_it_open() -> None:
    assert np.isnan(rank_sum_p([0] * 5, [1, 0, 0, 0, 2]))
    assert rank_sum_p([0, 0, 3, 0, 0], [0, 0, 2, 0, 0]) == 1


def test_the_teams_side_by_side() -> None:
    table = compare_teams(
        room(
            {
                "b apart": ([0, 0, 0, 2, 4], [3, 2, 0, 0, 0]),
                "a alike": ([0, 1, 3, 2, 0], [0, 1, 2, 2, 0]),
                "c split": ([3, 0, 0, 0, 3], [0, 0, 5, 0, 0]),
            }
        )
    )
    assert table["statement"].tolist() == ["a alike", "b apart", "c split"]
    assert (table["sales"].eq(6) & table["marketing"].eq(5)).all()
    # Alike: sales' 2 wins half a pair; each 3 wins 2 of 5 pairs, each 4 wins 4.
    assert table["exceeds"].tolist() == pytest.approx([(0.5 + 3 * 2 + 2 * 4) / 30, 1, 0.5])
    # Apart: ranks of sales sum to 51, 15 above their mean. One of the 462 ways; the six lowest
    # ranks sum to 21.5, which is not as far.
    assert table["p_value"].iloc[1] == pytest.approx(1 / 462)
    assert table["q_value"].iloc[1] == pytest.approx(3 / 462)
    assert table["split_within"].isna().tolist() == [True, True, False]
    assert table["split_within"].iloc[2] == "sales"
    assert table["agreement_sales"].iloc[2] == -1
    assert table["agreement_marketing"].iloc[2] == 1


@pytest.mark.slow
def test_teams_that_think_alike_are_seldom_told_apart(calibrated) -> None:
    rng = np.random.default_rng(8)
    chance = rng.dirichlet(np.ones(5), 12)
    told_apart = []
    for _ in range(1_000 if FULL else 60):
        answers_given = {
            f"s{i:02}": (rng.multinomial(7, p).tolist(), rng.multinomial(5, p).tolist())
            for i, p in enumerate(chance)
        }
        told_apart.append((compare_teams(room(answers_given))["q_value"] < 0.05).any())
    found = calibrated(
        "Statements: any on which the teams are told apart where they think alike",
        "12 statements, answers 1 to 5",
        "7 of sales, 5 of marketing",
        "≤ 0.05",
        told_apart,
    )
    assert found.share <= 0.05 + 3 * found.error


def test_a_team_that_did_not_answer_has_no_test() -> None:
    both = room({"a": ([1, 0, 0, 0, 1], [0, 0, 0, 0, 0]), "b": ([0, 2, 0, 0, 0], [0, 0, 2, 0, 0])})
    table = compare_teams(both).set_index("statement")
    assert table.loc["a", ["exceeds", "p_value", "q_value", "agreement_marketing"]].isna().all()
    assert table.loc["b", "q_value"] == table.loc["b", "p_value"] == pytest.approx(1 / 3)
    assert table.loc["a", "split_within"] == "sales"


def test_row_order_and_others_do_not_matter() -> None:
    rows = room({"a": ([1, 2, 0, 0, 1], [0, 1, 2, 0, 0]), "b": ([0, 2, 0, 1, 0], [0, 0, 2, 0, 0])})
    other = pd.DataFrame([("x", "other", "a", 5)], columns=list(rows.columns))
    turned = pd.concat([other, rows.iloc[::-1]])
    pd.testing.assert_frame_equal(compare_teams(rows), compare_teams(turned))


def test_nobody_answered() -> None:
    empty = room({"a": ([1, 0, 0, 0, 0], [0, 0, 0, 0, 0])}).iloc[:0]
    assert len(compare_teams(empty)) == 0
    assert len(distribution(empty)) == 0


def test_the_distribution_has_every_answer() -> None:
    table = distribution(room({"a": ([0, 2, 0, 0, 1], [0, 0, 0, 3, 0])}))
    assert len(table) == 10
    counts = table.set_index(["team", "answer"])["people"]
    assert counts["sales"].tolist() == [0, 2, 0, 0, 1]
    assert counts["marketing"].tolist() == [0, 0, 0, 3, 0]


def test_answers_off_the_scale_or_given_twice_are_refused() -> None:
    rows = room({"a": ([1, 0, 0, 0, 0], [0, 0, 0, 0, 1])})
    with pytest.raises(ValueError, match="one of 1 to 5"):
        distribution(rows.assign(answer=6))
    with pytest.raises(ValueError, match="one answer a person"):
        distribution(pd.concat([rows, rows]))
