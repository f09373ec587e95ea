from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.calibration import FULL, Found
from workshop.analysis.intervals import boschloo
from workshop.analysis.picking import pick
from workshop.analysis.ten import compare, deals_needed, missing_by_side, power

WORKSHOPS = 1000 if FULL else 80
PERMUTATIONS = 999 if FULL else 199

FIELDS = [
    *("trait", "level", "won_with", "won_total", "lost_with", "lost_total"),
    *("difference", "ci_low", "ci_high", "p_value", "p_familywise"),
    *("deals_needed", "deals_needed_familywise", "verdict"),
]


def deals(
    won: dict[str, str], lost: dict[str, str], stratum: str | None = "2025Q1"
) -> pd.DataFrame:
    """Build deals from one letter per deal and trait; a dot is unknown."""
    columns = {trait: [*won[trait], *lost[trait]] for trait in won}
    sides = ["won"] * len(next(iter(won.values()))) + ["lost"] * len(next(iter(lost.values())))
    frame = pd.DataFrame({"side": sides, **columns}).replace(".", None)
    return frame.assign(deal_id=[f"D{i:03}" for i in range(len(sides))], stratum=stratum)


def level(rows: pd.DataFrame, trait: str, name: str) -> pd.Series:
    return rows[(rows["trait"] == trait) & (rows["level"] == name)].iloc[0]


def test_seven_of_ten_against_two_of_ten_alone() -> None:
    rows = compare(deals({"a": "xxxxxxxyyy"}, {"a": "xxyyyyyyyy"}), ["a"], seed=1)
    row = level(rows, "a", "x")
    assert row[["won_with", "won_total", "lost_with", "lost_total"]].tolist() == [7, 10, 2, 10]
    assert row["difference"] == pytest.approx(0.5)
    assert [round(100 * row[bound], 1) for bound in ("ci_low", "ci_high")] == [6.6, 74.0]
    assert round(row["p_value"], 4) == 0.0414
    assert row["verdict"] == "promising"
    # All permutations of the sides of one trait make Fisher's test.
    assert row["p_familywise"] == pytest.approx(stats.fisher_exact([[7, 2], [3, 8]])[1], abs=0.01)


def test_seven_of_ten_against_three_of_ten_alone() -> None:
    rows = compare(deals({"a": "xxxxxxxyyy"}, {"a": "xxxyyyyyyy"}), ["a"], seed=1)
    row = level(rows, "a", "x")
    assert [round(100 * row[bound], 1) for bound in ("ci_low", "ci_high")] == [-2.9, 67.2]
    assert round(row["p_value"], 4) == 0.1153
    assert (row["deals_needed"], row["verdict"]) == (24, "undecided")


def test_the_fields_are_those_of_the_question() -> None:
    rows = compare(deals({"a": "xy", "b": "xx"}, {"a": "xx", "b": ".."}), ["b", "a"], seed=1)
    assert list(rows) == FIELDS
    assert rows[["trait", "level"]].values.tolist() == [["b", "x"], ["a", "x"], ["a", "y"]]


def test_a_level_counts_among_the_deals_whose_trait_is_known() -> None:
    rows = compare(deals({"a": "xxy.."}, {"a": "x...."}), ["a"], seed=1)
    assert rows[["won_with", "won_total", "lost_with", "lost_total"]].values.tolist() == [
        [2, 3, 1, 1],
        [1, 3, 0, 1],
    ]


def test_what_needs_both_sides_is_null_where_one_has_no_known_deal() -> None:
    row = compare(deals({"a": "xxxxxx"}, {"a": "......"}), ["a"], seed=1).iloc[0]
    assert row[["difference", "ci_low", "ci_high", "p_value", "p_familywise"]].isna().all()
    assert row[["deals_needed", "deals_needed_familywise"]].isna().all()
    assert row["verdict"] == "too_few"


def test_a_level_that_all_deals_have_shows_nothing() -> None:
    row = compare(deals({"a": "xxxxx"}, {"a": "xxxxx"}), ["a"], seed=1).iloc[0]
    assert (row["difference"], row["p_value"], row["p_familywise"]) == (0, 1, 1)
    assert pd.isna(row["deals_needed"])
    assert row["verdict"] == "undecided"


@pytest.mark.parametrize("traits", [[], ["a"]])
def test_traits_that_nobody_knows_give_no_rows(traits: list[str]) -> None:
    rows = compare(deals({"a": "..."}, {"a": "..."}), traits, seed=1)
    assert rows.empty
    assert list(rows) == FIELDS


@pytest.mark.parametrize(
    ("won", "lost", "verdict"),
    [
        ("xxxxxxxxxx", "yyyyyyyyyy", "clear"),
        ("xxxxxxxyyy", "xxyyyyyyyy", "promising"),
        ("xxxxxxyyyy", "xxxxyyyyyy", "undecided"),
        ("xxxxxxxxxx", "yyyy......", "too_few"),
        ("xxxxx.....", "yyyyy.....", "clear"),
    ],
)
def test_verdicts(won: str, lost: str, verdict: str) -> None:
    rows = compare(deals({"a": won}, {"a": lost}), ["a"], seed=1)
    assert set(rows["verdict"]) == {verdict}


def max_abs_z(labels: np.ndarray, traits: list[str], frame: pd.DataFrame) -> float:
    """Take the largest |pooled z| in plain loops, for one labelling."""
    largest = 0.0
    for trait in traits:
        known = frame[trait].notna().to_numpy()
        for name in frame[trait].dropna().unique():
            has = frame[trait].eq(name).to_numpy()
            n, m = (labels & known).sum(), (~labels & known).sum()
            p = has.sum() / known.sum()
            if n and m and 0 < p < 1:
                gap = (has & labels).sum() / n - (has & ~labels).sum() / m
                largest = max(largest, abs(gap) / math.sqrt(p * (1 - p) * (1 / n + 1 / m)))
    return largest


def test_the_familywise_p_is_that_of_all_permutations() -> None:
    traits = {"a": "xxxxyz", "b": "xyxyxy"}, {"a": "xyzz.z", "b": ".xyyyy"}
    frame = deals(*traits)
    rows = compare(frame, ["a", "b"], seed=3, permutations=20_000)
    largest = []
    for won in itertools.combinations(range(12), 6):
        labels = np.isin(np.arange(12), won)
        largest.append(max_abs_z(labels, ["a", "b"], frame))
    for row in rows.itertuples():
        only = frame[[row.trait]].where(
            frame[row.trait].isna() | frame[row.trait].eq(row.level), "-"
        )
        observed = max_abs_z(frame["side"].eq("won").to_numpy(), [row.trait], only)
        exact = np.mean(np.array(largest) >= observed - 1e-9)
        # Standard error at most 0.0035.
        assert row.p_familywise == pytest.approx(exact, abs=0.012)


def test_sides_are_permuted_within_the_strata_only() -> None:
    frame = deals({"a": "xxxxx"}, {"a": "yyyyy"}).assign(stratum=[*"abcde", *"abcde"])
    paired = compare(frame, ["a"], seed=1, permutations=20_000)
    # Of the 2^5 ways to swap within pairs, two separate the sides.
    assert paired["p_familywise"].tolist() == pytest.approx([2 / 32] * 2, abs=0.006)
    apart = compare(frame.assign(stratum=frame["side"]), ["a"], seed=1)
    assert apart["p_familywise"].tolist() == [1, 1]


def test_a_missing_stratum_is_a_stratum() -> None:
    frame = deals({"a": "xxxyy"}, {"a": "xyyyy"})
    pd.testing.assert_frame_equal(
        compare(frame.assign(stratum=None), ["a"], seed=1), compare(frame, ["a"], seed=1)
    )


letters = st.text("xyz.", min_size=12, max_size=12)


@settings(deadline=None, max_examples=25)
@given(letters, letters, st.permutations(range(12)))
def test_rows_in_any_order_give_the_same_result(a: str, b: str, order: list[int]) -> None:
    frame = deals({"a": a[:6], "b": b[:6]}, {"a": a[6:], "b": b[6:]})
    frame = frame.assign(stratum=["s", "t"] * 6)
    before = frame.copy()
    rows = compare(frame, ["a", "b"], seed=5, permutations=99)
    again = compare(frame.iloc[order], ["a", "b"], seed=5, permutations=99)
    pd.testing.assert_frame_equal(rows, again)
    pd.testing.assert_frame_equal(frame, before)
    low, difference, high = (rows[name].dropna() for name in ("ci_low", "difference", "ci_high"))
    assert ((low <= difference) & (difference <= high)).all()
    assert rows["p_familywise"].dropna().between(0.01, 1).all()
    assert (rows["deals_needed_familywise"] >= rows["deals_needed"]).dropna().all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"side": "open"}, "side is won or lost, not 'open'"),
        ({"deal_id": "D1"}, "'D1' is there again"),
    ],
)
def test_wrong_deals_are_refused(change: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        compare(deals({"a": "xy"}, {"a": "xy"}).assign(**change), ["a"], seed=1)


def test_no_permutations_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, not 0"):
        compare(deals({"a": "xy"}, {"a": "xy"}), ["a"], seed=1, permutations=0)


def test_missing_values_are_counted_by_side() -> None:
    frame = deals({"a": "x.........", "b": "xxxxxxxxxx"}, {"a": "xxxxx.....", "b": "xxxxxxxxxx"})
    rows = missing_by_side(frame, ["b", "a"])
    assert rows["trait"].tolist() == ["b", "a"]
    counts = rows[["won_unknown", "won_total", "lost_unknown", "lost_total"]]
    assert counts.values.tolist() == [[0, 10, 0, 10], [9, 10, 5, 10]]
    assert rows["difference"].tolist() == pytest.approx([0, 0.4])
    # Newcombe 1998: 0 of 10 against 0 of 10.
    assert rows.loc[0, ["ci_low", "ci_high"]].tolist() == pytest.approx([-0.2775, 0.2775], abs=5e-5)


def test_deals_needed_is_the_number_that_fleiss_gives() -> None:
    assert deals_needed([0.7, 0.6], [0.3, 0.4]).tolist() == [24, 97]
    for p, q in [(0.9, 0.5), (0.25, 0.1), (1, 0.6), (0.02, 0.2)]:
        middle = (p + q) / 2
        root = 1.959964 * math.sqrt(2 * middle * (1 - middle)) + 0.841621 * math.sqrt(
            p * (1 - p) + q * (1 - q)
        )
        expected = math.ceil((root / (p - q)) ** 2)
        assert deals_needed([p, q], [q, p]).tolist() == [expected, expected]


def test_deals_needed_is_null_without_a_difference_and_never_under_five() -> None:
    assert math.isnan(deals_needed(0.4, 0.4))
    assert deals_needed(1, 0) == 5


def test_deals_needed_has_about_eighty_percent_power_in_the_exact_test() -> None:
    needed = int(deals_needed(0.8, 0.2))
    assert needed == 10
    assert power(0.8, 0.2, needed) == pytest.approx(0.8, abs=0.02)


def test_power_of_ten_against_ten() -> None:
    assert round(power(0.7, 0.3, 10), 2) == 0.42
    assert round(power(0.7, 0.3, 10, test="fisher"), 2) == 0.24
    assert power(0.5, 0.5, 10) <= 0.05


def test_power_counts_the_samples_that_are_significant() -> None:
    """Recounts by simulation."""
    rng = np.random.default_rng(2)
    samples = rng.binomial(6, [0.9, 0.2], (4000, 2)).tolist()
    found = np.mean([boschloo(won, 6, lost, 6) < 0.05 for won, lost in samples])
    # Standard error 0.008.
    assert power(0.9, 0.2, 6) == pytest.approx(found, abs=0.032)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0.7, 0.3, 10, "chi2"), "boschloo or fisher"),
        ((1.7, 0.3, 10), "1.7"),
        ((0.7, 0.3, 0), "0.3, 0"),
    ],
)
def test_power_refuses_what_is_no_test_share_or_number(arguments: tuple, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        power(*arguments)


def test_with_nothing_to_find_most_workshops_see_something() -> None:
    """5 traits of 4 equal levels: p < 0.05 in 48% of workshops, a gap of 3 deals in 97%."""
    rng = np.random.default_rng(6)
    won, lost = rng.multinomial(10, [0.25] * 4, size=(2, 20_000, 5))
    p = np.array([[boschloo(a, 10, b, 10) for b in range(11)] for a in range(11)])
    significant = (p[won, lost] < 0.05).any(axis=(1, 2)).mean()
    wide = (abs(won - lost) >= 3).any(axis=(1, 2)).mean()
    # Standard errors 0.0035 and 0.0012.
    assert significant == pytest.approx(0.48, abs=0.015)
    assert wide == pytest.approx(0.97, abs=0.01)


def by_trait(levels: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip(TRAITS, levels, strict=True))


def at_most_five_percent(found: Found) -> bool:
    return found.share <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / WORKSHOPS)


def with_clear(make, traits: list[str], seed: int, workshops: int = WORKSHOPS) -> list[bool]:
    """Tell of each workshop whether any level is clear."""
    rng = np.random.default_rng(seed)
    return [
        compare(make(rng), traits, seed=rng, permutations=PERMUTATIONS)["verdict"].eq("clear").any()
        for _ in range(workshops)
    ]


NOTHING = ("Ten against ten: any level `clear` where nothing is true", "10 + 10 deals", "≤ 0.05")


def taken_down(calibrated, simulated: str, found: list[bool]) -> Found:
    what, n, nominal = NOTHING
    return calibrated(what, simulated, n, nominal, found)


TWENTY = pd.DataFrame(
    {"deal_id": [f"D{i:02}" for i in range(20)], "side": ["won"] * 10 + ["lost"] * 10}
)
TRAITS = ["a", "b", "c", "d", "e"]


@pytest.mark.slow
def test_clear_is_calibrated_with_nothing_to_find(calibrated) -> None:
    def null(rng: np.random.Generator) -> pd.DataFrame:
        levels = rng.choice(list("wxyz"), (20, 5))
        strata = [f"Q{i % 3}" for i in range(20)]
        return TWENTY.assign(stratum=strata, **by_trait(levels.T))

    found = with_clear(null, TRAITS, seed=10)
    assert at_most_five_percent(taken_down(calibrated, "5 traits of 4 equal levels", found))


@pytest.mark.slow
def test_clear_is_calibrated_where_strata_differ_in_outcome_and_in_traits(calibrated) -> None:
    """Within a stratum nothing is to find; over all of them every trait goes with winning."""

    def null(rng: np.random.Generator) -> pd.DataFrame:
        late = np.concatenate([rng.random(10) < 0.8, rng.random(10) < 0.2])
        levels = np.where(rng.random((5, 20)) < np.where(late, 0.9, 0.1), "x", "y")
        return TWENTY.assign(stratum=np.where(late, "2025Q1", "2024Q1"), **by_trait(levels))

    simulated = "5 traits and winning both differ between the quarters"
    found = with_clear(null, TRAITS, seed=11)
    assert at_most_five_percent(taken_down(calibrated, simulated, found))
    unmatched = with_clear(lambda rng: null(rng).assign(stratum="all"), TRAITS, seed=11)
    assert np.mean(unmatched) > 0.2


@pytest.mark.slow
def test_clear_is_calibrated_where_won_deals_are_filled_in_better(calibrated) -> None:
    def null(rng: np.random.Generator) -> pd.DataFrame:
        levels = rng.choice(list("wxyz"), (5, 20))
        known = rng.random((5, 20)) < np.repeat([0.95, 0.6], 10)
        filled = np.where(known, levels, None)
        return TWENTY.assign(stratum="2025Q1", **by_trait(filled))

    simulated = "5 traits of 4 levels, known of 95% of the won and 60% of the lost"
    # Permuting does not know who is blank, so this comes nearest to 5%: worth more runs.
    found = with_clear(null, TRAITS, seed=12, workshops=3 * WORKSHOPS)
    assert at_most_five_percent(taken_down(calibrated, simulated, found))


@pytest.mark.slow
def test_clear_is_calibrated_from_the_picking_on(calibrated) -> None:
    """In the history both winning and the traits drift with the quarter."""
    won = {"2024Q1": 2, "2024Q2": 4, "2024Q3": 7, "2024Q4": 9}
    records = [
        (quarter, None, side, n)
        for quarter, wins in won.items()
        for side, n in (("won", wins), ("lost", 11 - wins))
    ]
    counts = pd.DataFrame(records, columns=["quarter", "customer_type", "side", "deals"])

    def null(rng: np.random.Generator) -> pd.DataFrame:
        picked = pick(counts, 10, seed=rng).deals
        chance = picked["quarter"].map(won).to_numpy() / 11
        levels = np.where(rng.random((5, len(picked))) < chance, "x", "y")
        return picked.assign(deal_id=picked.index, **by_trait(levels))

    simulated = "picked from 44 deals of four quarters over which winning and traits drift"
    found = with_clear(null, TRAITS, seed=13)
    assert at_most_five_percent(taken_down(calibrated, simulated, found))


def among_twenty_levels(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Ten traits of two levels; 70% of the won have the first of one, 30% of the lost."""
    chance = np.full((10, 2 * n), 0.5)
    chance[0] = np.repeat([0.7, 0.3], n)
    levels = np.where(rng.random(chance.shape) < chance, "x", "y")
    frame = pd.DataFrame({f"t{i}": values for i, values in enumerate(levels)})
    ids = [f"D{i:03}" for i in range(2 * n)]
    return frame.assign(deal_id=ids, side=["won"] * n + ["lost"] * n, stratum="2025Q1")


@pytest.mark.slow
def test_deals_needed_familywise_gives_clear_eighty_percent_power(calibrated) -> None:
    rng = np.random.default_rng(14)
    traits = [f"t{i}" for i in range(10)]
    seen = among_twenty_levels(rng, 10).assign(t0=list("xxxxxxxyyyxxxyyyyyyy"))
    needed = level(compare(seen, traits, seed=1), "t0", "x")["deals_needed_familywise"]
    assert needed == pytest.approx(40, abs=2)
    clear = [
        level(compare(deals_, traits, seed=rng, permutations=PERMUTATIONS), "t0", "x")["verdict"]
        for deals_ in (among_twenty_levels(rng, int(needed)) for _ in range(WORKSHOPS))
    ]
    found = calibrated(
        "`deals_needed_familywise`: `clear` at that number",
        "true shares of 70% and 30% in one of ten traits of 2 levels",
        f"{needed:.0f} + {needed:.0f} deals",
        "0.80",
        np.equal(clear, "clear"),
    )
    error = math.sqrt(0.8 * 0.2 / WORKSHOPS)
    assert found.share == pytest.approx(0.8, abs=0.02 + 3 * error)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("side", "nominal"), [(10, "0.42"), (24, "0.80")], ids=["ten", "deals_needed"]
)
def test_a_gap_of_seventy_and_thirty_is_noticed_as_often_as_said(side, nominal, calibrated):
    runs = 20_000 if FULL else 400
    rng = np.random.default_rng(15)
    won, lost = rng.binomial(side, 0.7, runs), rng.binomial(side, 0.3, runs)
    noticed = [boschloo(int(w), side, int(n), side) < 0.05 for w, n in zip(won, lost, strict=True)]
    found = calibrated(
        "Ten against ten: p < 0.05 in the one level asked for",
        "true shares of 70% and 30%",
        f"{side} + {side} deals",
        nominal,
        noticed,
    )
    assert found.share == pytest.approx(power(0.7, 0.3, side), abs=4 * found.error)
    assert deals_needed(0.7, 0.3) == pytest.approx(24)
