"""Agreement on labels, against published and hand-computed figures."""

from __future__ import annotations

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calibration import FULL
from workshop.analysis.agreement import alpha, splitting
from workshop.analysis.separating import separating


def frame(rows: list[tuple[str, str, str, str | None]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["person", "team", "lead_id", "label"])


def from_matrix(data: list[list[int]], teams: list[str]) -> pd.DataFrame:
    """Turn people x leads into rows; 0 is no answer."""
    return frame(
        [
            (f"p{p}", teams[p], f"lead{n:02d}", str(label) if label else None)
            for p, answers in enumerate(data)
            for n, label in enumerate(answers)
        ]
    )


# Krippendorff, Computing Krippendorff's alpha-reliability (2011), example C: nominal 0.743.
EXAMPLE_C = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]
TEAMS = ["sales", "sales", "marketing", "marketing"]

# Lead x: sales a, a against marketing b. Lead y: b against b, b.
SMALL = frame(
    [
        ("s1", "sales", "x", "a"),
        ("s2", "sales", "x", "a"),
        ("m1", "marketing", "x", "b"),
        ("s1", "sales", "y", "b"),
        ("m1", "marketing", "y", "b"),
        ("m2", "marketing", "y", "b"),
    ]
)


def get(labels: pd.DataFrame, group: str, column: str = "alpha") -> float:
    return float(alpha(labels, seed=1, replicates=50).set_index("group").loc[group, column])


def test_the_published_example() -> None:
    assert get(from_matrix(EXAMPLE_C, TEAMS), "overall") == pytest.approx(0.743, abs=5e-4)


def test_within_a_team_only_its_own_people_count() -> None:
    table = alpha(from_matrix(EXAMPLE_C, TEAMS), seed=1, replicates=50).set_index("group")
    for team, rows in (("sales", EXAMPLE_C[:2]), ("marketing", EXAMPLE_C[2:])):
        data = np.where(np.array(rows) == 0, np.nan, rows)
        expected = krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
        assert table.loc[team, "alpha"] == pytest.approx(expected)
    assert table["people"].to_dict() == {"overall": 4, "sales": 2, "marketing": 2, "between": 4}
    # Leads with an answer of at least two people: of all, of sales, of marketing, across.
    assert table["leads"].tolist() == [11, 9, 10, 10]


def test_between_the_teams_by_hand() -> None:
    # x: three answers' weight on a-b pairs; y: three on b-b. So a 1.5, b 4.5 of 6 answers.
    observed, expected = 3 / 6, 2 * 1.5 * 4.5 / (6 * 5)
    assert get(SMALL, "between") == pytest.approx(1 - observed / expected)


def test_with_one_person_a_team_between_is_the_ordinary_alpha() -> None:
    labels = from_matrix([EXAMPLE_C[1], EXAMPLE_C[3]], ["sales", "marketing"])
    table = alpha(labels, seed=1, replicates=200).set_index("group")
    columns = ["alpha", "ci_low", "ci_high"]
    assert table.loc["between", columns].tolist() == pytest.approx(
        table.loc["overall", columns].tolist()
    )
    assert table.loc[["sales", "marketing"], columns].isna().all(axis=None)


def test_teams_that_agree_within_and_not_between() -> None:
    matrix = [[1, 2] * 6] * 3 + [[2, 1] * 6] * 3
    labels = from_matrix(matrix, ["sales"] * 3 + ["marketing"] * 3)
    table = alpha(labels, seed=1).set_index("group")
    assert table.loc[["sales", "marketing"], "alpha"].tolist() == [1, 1]
    assert table.loc["between", "alpha"] == pytest.approx(1 - 71 / 36)
    # Nothing differs within: resampling leads says nothing of how sure that is.
    assert table.loc[["sales", "marketing"], ["ci_low", "ci_high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "labels",
    [
        SMALL.iloc[:0],
        SMALL.iloc[:1],
        SMALL.assign(label="a"),
        SMALL.assign(label=None),
        SMALL.assign(team="other"),
    ],
    ids=["nobody", "one answer", "one label", "no labels", "other"],
)
def test_what_cannot_be_compared_has_no_alpha(labels: pd.DataFrame) -> None:
    table = alpha(labels, seed=1, replicates=20)
    assert table["group"].tolist() == ["overall", "sales", "marketing", "between"]
    assert table[["alpha", "ci_low", "ci_high"]].isna().all(axis=None)
    assert len(splitting(labels)) == labels.dropna().query("team != 'other'")["lead_id"].nunique()


def test_others_never_enter() -> None:
    extra = frame([("o1", "other", "x", "a"), ("o1", "other", "y", "c")])
    pd.testing.assert_frame_equal(
        alpha(pd.concat([SMALL, extra]), seed=1, replicates=50),
        alpha(SMALL, seed=1, replicates=50),
    )


def test_two_labels_of_one_person_on_one_lead_are_refused() -> None:
    with pytest.raises(ValueError, match="one label a person and lead"):
        alpha(pd.concat([SMALL, SMALL.iloc[:1]]), seed=1)


def test_leads_that_split_the_room_come_first() -> None:
    table = splitting(SMALL)
    assert table["lead_id"].tolist() == ["x", "y"]
    assert table.iloc[0, 1:].tolist() == pytest.approx([3, 2 / 3, 1, 0])
    assert table.iloc[1, 1:].tolist() == pytest.approx([3, 0, 0, 0])


LABELS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 4), st.sampled_from(["a", "b", "c"])),
    max_size=30,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=60, deadline=None)
@given(LABELS, st.randoms(use_true_random=False))
def test_row_order_does_not_matter_and_shares_are_shares(rows: list, random: object) -> None:
    labels = frame([(f"p{p}", TEAMS[p % 4], f"l{n}", label) for p, n, label in rows])
    turned = labels.iloc[::-1].reset_index(drop=True)
    one, two = (alpha(x, seed=3, replicates=30) for x in (labels, turned))
    pd.testing.assert_frame_equal(one, two)
    assert (one["alpha"].dropna() <= 1 + 1e-12).all()
    split = splitting(labels)
    pd.testing.assert_frame_equal(split, splitting(turned))
    for column in ("disagreement", "between", "within"):
        assert split[column].dropna().between(0, 1).all()
    for row in split.itertuples():
        given_labels = [label for _, n, label in rows if f"l{n}" == row.lead_id]
        pairs = [a != b for i, a in enumerate(given_labels) for b in given_labels[i + 1 :]]
        if pairs:
            assert row.disagreement == pytest.approx(np.mean(pairs))


def simulated(leads: int, rng: np.random.Generator) -> pd.DataFrame:
    """Six of sales and four of marketing label leads, half of which are hard to judge."""
    truth = rng.integers(3, size=leads)
    sure = np.where(rng.random(leads) < 0.5, 0.9, 0.45)
    matrix = [
        np.where(rng.random(leads) < sure, truth, rng.integers(3, size=leads)) + 1
        for _ in range(10)
    ]
    return from_matrix([row.tolist() for row in matrix], ["sales"] * 6 + ["marketing"] * 4)


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [2_000 if FULL else 150])
def test_the_interval_covers_what_more_leads_would_show(rounds: int, calibrated) -> None:
    rng = np.random.default_rng(1)
    true = alpha(simulated(5_000, rng), seed=1, replicates=2).set_index("group")["alpha"]
    covered = [
        (table["ci_low"] <= true) & (true <= table["ci_high"])
        for table in (
            alpha(simulated(16, rng), seed=n, replicates=400).set_index("group")
            for n in range(rounds)
        )
    ]
    by_group = pd.concat(covered, axis=1)
    for group, hits in by_group.iterrows():
        calibrated(
            f"Krippendorff's α, {group}: interval covers",
            "blind labels by 6 of sales and 4 of marketing, half of the leads hard to judge",
            "16 leads",
            "0.95",
            hits,
        )
    share = by_group.mean(axis=1)
    assert share.between(0.95 - 0.02 - 3 * np.sqrt(0.05 / rounds), 1).all()


CRITERIA = pd.DataFrame(
    [
        *((f"lead{n:02d}", "budget known", "true" if n < 4 else "false") for n in range(8)),
        *((f"lead{n:02d}", "downloaded", "true" if n % 2 else None) for n in range(8)),
    ],
    columns=["lead_id", "criterion", "value"],
)


def test_the_criterion_that_the_labels_follow_comes_first() -> None:
    # All label the first four alike, and the last four; downloads fall across.
    labels = from_matrix([[1, 1, 1, 1, 2, 2, 2, 2]] * 4, TEAMS)
    table = separating(labels, CRITERIA, seed=1).set_index("criterion")
    assert table.index.tolist() == ["budget known", "downloaded"]
    assert table["explained"].tolist() == pytest.approx([1, 0])
    # 2 of the 70 ways to choose four of the eight leads fit as well; downloads can be them too.
    assert 2 / 70 - 0.02 < table["p_familywise"].iloc[0] < 4 / 70 + 0.02
    assert table["p_familywise"].iloc[1] == 1


def test_goodman_and_kruskals_tau_by_hand() -> None:
    # Labels 1 1 1 2 | 2 2 2 1 by budget: half of 8 each; within, 10/16 + 10/16 of 4 agree.
    labels = from_matrix([[1, 1, 1, 2, 2, 2, 2, 1]] * 2, ["sales", "marketing"])
    table = separating(labels, CRITERIA, seed=1, permutations=10).set_index("criterion")
    assert table.loc["budget known", "explained"] == pytest.approx((10 / 16 - 1 / 2) / (1 / 2))


def test_labels_without_difference_have_nothing_to_explain() -> None:
    labels = from_matrix([[1] * 8] * 2, ["sales", "marketing"])
    table = separating(labels, CRITERIA, seed=1, permutations=10)
    assert table[["explained", "p_familywise"]].isna().all(axis=None)


def test_without_labels_or_criteria_nothing_separates() -> None:
    labels = from_matrix([[1, 2, 1, 2, 1, 2, 1, 2]] * 2, ["sales", "marketing"])
    assert len(separating(labels, CRITERIA.iloc[:0], seed=1, permutations=9)) == 0
    table = separating(labels.iloc[:0], CRITERIA, seed=1, permutations=9)
    assert table["criterion"].tolist() == ["budget known", "downloaded"]
    assert table[["explained", "p_familywise"]].isna().all(axis=None)


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [2_000 if FULL else 200])
def test_criteria_drawn_at_random_seldom_separate(rounds: int, calibrated) -> None:
    rng = np.random.default_rng(2)
    labels = from_matrix([rng.integers(1, 4, 12).tolist()] * 3, ["sales", "sales", "marketing"])
    hits = []
    for number in range(rounds):
        values = rng.integers(2, size=(10, 12)).astype(str)
        criteria = pd.DataFrame(
            [(f"lead{n:02d}", f"c{c}", values[c, n]) for c in range(10) for n in range(12)],
            columns=["lead_id", "criterion", "value"],
        )
        table = separating(labels, criteria, seed=number, permutations=99)
        hits.append((table["p_familywise"] <= 0.05).any())
    found = calibrated(
        "Criterion that splits the room: any with p_familywise ≤ 0.05",
        "10 criteria that say nothing of the labels",
        "12 leads",
        "≤ 0.05",
        hits,
    )
    assert found.share < 0.05 + 3 * np.sqrt(0.05 * 0.95 / rounds)
