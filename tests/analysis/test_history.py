from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats.contingency import association

from tests.calibration import FULL
from workshop.analysis.history import by_level, confounding, missingness, within_strata
from workshop.analysis.intervals import odds_ratio

HISTORIES = 1000 if FULL else 60
MAVEN = Path(__file__).parents[3] / "shared" / "data" / "maven_crm"

FIELDS = [
    *("trait", "level", "known_at_creation", "closed", "won", "win_rate", "ci_low", "ci_high"),
    *("odds_ratio", "odds_low", "odds_high", "p_value", "q_value", "verdict"),
    *("all_deals", "rate_of_all"),
]

levels = st.lists(
    st.tuples(
        st.sampled_from(["sector", "role"]),
        st.sampled_from(["x", "y", "z", None]),
        *[st.integers(0, 40)] * 3,
    ),
    max_size=8,
)


def counts(*records: tuple[str, str | None, int, int, int]) -> pd.DataFrame:
    columns = ["trait", "level", "won", "lost", "open"]
    return pd.DataFrame(list(records), columns=columns).assign(known_at_creation=True)


def test_a_level_is_estimated_and_tested_against_the_rest_of_its_trait() -> None:
    rows = by_level(
        counts(
            ("sector", "retail", 8, 2, 10),
            ("sector", "industry", 1, 3, 0),
            ("sector", None, 0, 2, 1),
            ("role", "owner", 9, 7, 11),
        )
    ).set_index(["trait", "level"])
    row = rows.loc[("sector", "retail")]
    assert row[["closed", "won", "all_deals"]].tolist() == [10, 8, 20]
    assert row[["win_rate", "rate_of_all", "odds_ratio"]].tolist() == [0.8, 0.4, 20]
    # The 2 x 2 table [[8, 2], [1, 5]] of scipy's documentation, p from R's fisher.test.
    assert row["p_value"] == pytest.approx(0.03497, abs=5e-6)
    # Wilson bounds of 8 of 10, by hand: (0.8 + 0.19207 -+ 0.30880) / 1.38415.
    assert row[["ci_low", "ci_high"]].tolist() == pytest.approx([0.4902, 0.9433], abs=5e-5)


def test_missing_values_are_a_level_and_among_the_others() -> None:
    rows = by_level(counts(("a", None, 30, 5, 0), ("a", "x", 20, 30, 0)))
    assert rows["level"].isna().tolist() == [False, True]
    assert rows["p_value"].nunique() == 1
    assert rows["odds_ratio"].tolist() == pytest.approx([1 / 9, 9])
    assert rows["verdict"].tolist() == ["clear", "clear"]


def test_levels_are_corrected_over_all_traits() -> None:
    frame = counts(
        ("a", "x", 30, 10, 0), ("a", "y", 20, 30, 0), ("b", "x", 25, 20, 0), ("b", "y", 25, 20, 0)
    )
    p = stats.fisher_exact([[30, 10], [20, 30]])[1]
    assert by_level(frame)["q_value"].tolist() == pytest.approx([p * 4 / 2, p * 4 / 2, 1, 1])


@pytest.mark.parametrize(
    ("records", "verdict"),
    [
        ([("a", "x", 40, 5, 0), ("a", "y", 5, 40, 0)], "clear"),
        ([("a", "x", 9, 0, 99), ("a", "y", 5, 80, 0)], "too_few"),
        ([("a", "x", 10, 0, 0), ("a", "y", 5, 80, 0)], "clear"),
        ([("a", "x", 20, 20, 0), ("a", "y", 21, 20, 0)], "undecided"),
        ([("a", "x", 90, 5, 0)], "undecided"),
    ],
)
def test_verdicts(records: list[tuple[str, str, int, int, int]], verdict: str) -> None:
    assert by_level(counts(*records)).loc[0, "verdict"] == verdict


def test_nothing_is_tested_where_no_deal_was_lost() -> None:
    rows = by_level(counts(("a", "x", 20, 0, 3), ("a", "y", 15, 0, 0)))
    assert rows["win_rate"].tolist() == [1, 1]
    assert rows["ci_high"].tolist() == [1, 1]
    assert rows[["odds_ratio", "odds_low", "odds_high", "p_value", "q_value"]].isna().all(axis=None)
    assert set(rows["verdict"]) == {"undecided"}


def test_one_level_has_nothing_to_be_compared_with() -> None:
    rows = by_level(counts(("a", None, 20, 9, 3), ("b", "x", 30, 9, 1), ("b", "y", 1, 9, 1)))
    alone, *others = rows.itertuples()
    assert math.isnan(alone.p_value)
    assert math.isnan(alone.odds_ratio)
    # It is no test, so the others are corrected for two.
    assert [row.q_value for row in others] == [others[0].p_value] * 2


def test_one_deal() -> None:
    row = by_level(counts(("a", "x", 1, 0, 0))).iloc[0]
    assert row[["closed", "won", "win_rate", "verdict"]].tolist() == [1, 1, 1.0, "too_few"]


def test_open_deals_alone_have_no_win_rate() -> None:
    row = by_level(counts(("a", "x", 0, 0, 4))).iloc[0]
    assert row[["win_rate", "ci_low", "ci_high"]].isna().all()
    assert (row["all_deals"], row["rate_of_all"], row["verdict"]) == (4, 0, "too_few")


def test_no_deals_at_all() -> None:
    rows = by_level(counts())
    assert rows.empty
    assert list(rows) == FIELDS


def test_a_trait_is_known_at_creation_where_all_its_levels_are() -> None:
    frame = counts(("a", "x", 1, 1, 0), ("a", "y", 1, 1, 0), ("b", "x", 1, 1, 0))
    rows = by_level(frame.assign(known_at_creation=[True, False, True]))
    assert rows.groupby("trait")["known_at_creation"].first().to_dict() == {"a": False, "b": True}


def test_four_hundred_levels_are_each_fishers() -> None:
    rng = np.random.default_rng(1)
    won, lost = rng.poisson(6, 400), rng.poisson(9, 400)
    frame = counts(
        *(("owner", f"{i:03}", *n, 2) for i, n in enumerate(zip(won, lost, strict=True)))
    )
    rows = by_level(frame)
    for i in (0, 123, 399):
        table = [[won[i], lost[i]], [won.sum() - won[i], lost.sum() - lost[i]]]
        assert rows.loc[i, "p_value"] == pytest.approx(stats.fisher_exact(table)[1])
    assert (rows["q_value"] > 0.05).all()


@settings(deadline=None, max_examples=50)
@given(levels, st.randoms(use_true_random=False))
def test_row_order_and_split_counts_do_not_matter(
    records: list[tuple[str, str | None, int, int, int]], random
) -> None:
    frame = counts(*records)
    before = frame.copy()
    order = list(range(len(records)))
    random.shuffle(order)
    rows = by_level(frame)
    pd.testing.assert_frame_equal(rows, by_level(frame.iloc[order]))
    pd.testing.assert_frame_equal(frame, before)
    assert not rows.duplicated(["trait", "level"]).any()
    assert rows["all_deals"].sum() == frame[["won", "lost", "open"]].to_numpy().sum()
    low, rate, high = (rows[name].dropna() for name in ("ci_low", "win_rate", "ci_high"))
    assert ((low >= 0) & (low <= rate) & (rate <= high) & (high <= 1)).all()
    assert (rows["rate_of_all"] <= rows["win_rate"]).where(rows["closed"] > 0, True).all()
    assert (rows["q_value"] >= rows["p_value"]).where(rows["p_value"].notna(), True).all()


@pytest.mark.slow
def test_with_nothing_to_find_a_level_is_seldom_clear(calibrated) -> None:
    """Benjamini-Hochberg with nothing to find: any `clear` in at most 5% of histories."""
    rng = np.random.default_rng(3)
    found = []
    for _ in range(HISTORIES):
        deals = rng.integers(5, 60, (5, 6))
        won = rng.binomial(deals, 0.4)
        records = [
            (f"t{i}", f"l{j}", won[i, j], deals[i, j] - won[i, j], 0)
            for i in range(5)
            for j in range(6)
        ]
        found.append(by_level(counts(*records))["verdict"].eq("clear").any())
    seen = calibrated(
        "History: any level `clear` where nothing is true",
        "5 traits of 6 levels, 40% won",
        "5–59 closed deals a level",
        "≤ 0.05",
        found,
    )
    assert seen.share <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / HISTORIES)


def planted_history(rng: np.random.Generator) -> pd.DataFrame:
    """Count 5 traits of 6 levels of which two have an effect: odds of 3 and of 1/3."""
    rates = np.full((5, 6), 0.45)
    rates[0, 0], rates[1, 1] = 0.71, 0.21
    deals = rng.integers(60, 120, (5, 6))
    won = rng.binomial(deals, rates)
    return counts(
        *(
            (f"t{i}", f"l{j}", won[i, j], deals[i, j] - won[i, j], 0)
            for i in range(5)
            for j in range(6)
        )
    )


@pytest.mark.slow
def test_false_discoveries_stay_under_their_rate_and_what_is_planted_is_found(calibrated) -> None:
    rng = np.random.default_rng(4)
    false, found = [], []
    for _ in range(HISTORIES):
        rows = by_level(planted_history(rng))
        clear = rows[rows["verdict"] == "clear"]
        planted = (clear["trait"] == "t0") & (clear["level"] == "l0")
        planted |= (clear["trait"] == "t1") & (clear["level"] == "l1")
        # Next to a level that wins more, the others of its trait truly win less.
        null = ~clear["trait"].isin(["t0", "t1"])
        false.append(null.sum() / max(len(clear), 1))
        found.append(planted.sum() / 2)
    simulated = "5 traits of 6 levels with 45% won, two levels with 71% and 21%"
    fdr = calibrated(
        "History: false among the `clear` levels",
        simulated,
        "60–119 closed deals a level",
        "≤ 0.05",
        false,
    )
    power = calibrated(
        "History: planted levels that are `clear`",
        simulated,
        "60–119 closed deals a level",
        "≥ 0.80",
        found,
    )
    assert fdr.share <= 0.05 + 3 * fdr.error
    assert power.share >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("ratio", [1.0, 3.0])
def test_the_odds_ratio_within_strata_is_covered_where_the_crude_one_is_not(ratio, calibrated):
    """Half of the strata win more and have the level more often: confounded on purpose."""
    rng = np.random.default_rng(6)
    strata = np.arange(6)
    base, having = np.where(strata < 3, 0.6, 0.25), np.where(strata < 3, 0.7, 0.2)
    odds = base / (1 - base)
    share = np.stack([odds * ratio / (1 + odds * ratio), base])
    within, crude = [], []
    for _ in range(HISTORIES):
        with_level = rng.binomial(40, having)
        deals = np.stack([with_level, 40 - with_level])
        won = rng.binomial(deals, share)
        frame = pd.DataFrame(
            [
                ("t", level, str(s), won[i, s], deals[i, s] - won[i, s])
                for i, level in enumerate(("x", "y"))
                for s in strata
            ],
            columns=["trait", "level", "confounder_level", "won", "lost"],
        )
        row = within_strata(frame).set_index("level").loc["x"]
        within.append(row["ci_low"] <= ratio <= row["ci_high"])
        cells = [won[0].sum(), (deals - won)[0].sum(), won[1].sum(), (deals - won)[1].sum()]
        bounds = odds_ratio(*cells)
        crude.append(bounds.low <= ratio <= bounds.high)
    found = calibrated(
        "Mantel–Haenszel odds ratio: interval covers",
        f"odds ratio {ratio:g} in 6 strata that decide both the level and winning",
        "240 closed deals",
        "0.95",
        within,
    )
    assert abs(found.share - 0.95) <= 0.015 + 3 * found.error
    assert np.mean(crude) < 0.8


@pytest.mark.shared
@pytest.mark.skipif(not MAVEN.is_dir(), reason="the example data is not there")
def test_maven_holds_nothing_to_find() -> None:
    deals = pd.read_csv(MAVEN / "sales_pipeline.csv").merge(
        pd.read_csv(MAVEN / "accounts.csv"), how="left", on="account"
    )
    stages = {"Won": "won", "Lost": "lost", "Engaging": "open", "Prospecting": "open"}
    deals["outcome"] = deals["deal_stage"].map(stages)
    traits = ["sector", "office_location", "product", "subsidiary_of"]
    frame = pd.concat(
        deals.groupby([trait, "outcome"], dropna=False)
        .size()
        .unstack(fill_value=0)
        .rename_axis(index="level", columns=None)
        .reset_index()
        .assign(trait=trait, known_at_creation=True)
        for trait in traits
    )
    rows = by_level(frame)
    assert rows.groupby("trait")["closed"].sum().tolist() == [6711] * 4
    assert rows.groupby("trait")["won"].sum().tolist() == [4238] * 4
    assert "clear" not in set(rows["verdict"])
    assert rows["q_value"].min() > 0.05


def test_missingness_compares_won_with_lost() -> None:
    frame = counts(
        ("a", None, 48, 56, 7), ("a", "x", 32, 14, 0), ("b", "x", 10, 0, 0), ("b", None, 0, 9, 0)
    )
    rows = missingness(frame)
    columns = ["trait", "won_unknown", "won_total", "lost_unknown", "lost_total"]
    assert rows[columns].values.tolist() == [["a", 48, 80, 56, 70], ["b", 0, 10, 9, 9]]
    # Newcombe 1998, table II: 56/70 - 48/80 lies within 0.0524 and 0.3339.
    assert rows.loc[0, ["difference", "ci_low", "ci_high"]].tolist() == pytest.approx(
        [-0.2, -0.3339, -0.0524], abs=5e-5
    )


def test_missingness_of_a_trait_that_is_missing_everywhere_does_not_differ() -> None:
    row = missingness(counts(("a", None, 12, 20, 3))).iloc[0]
    assert row[["won_unknown", "lost_unknown", "difference"]].tolist() == [12, 20, 0]


def test_missingness_is_null_where_no_deal_was_lost() -> None:
    row = missingness(counts(("a", None, 2, 0, 3), ("a", "x", 8, 0, 3))).iloc[0]
    assert row[["won_unknown", "won_total", "lost_total"]].tolist() == [2, 10, 0]
    assert row[["difference", "ci_low", "ci_high"]].isna().all()
    assert missingness(counts()).empty


# Bickel, Hammel & O'Connell 1975: admitted and rejected by department, men then women.
BERKELEY = {
    "A": ((512, 313), (89, 19)),
    "B": ((353, 207), (17, 8)),
    "C": ((120, 205), (202, 391)),
    "D": ((138, 279), (131, 244)),
    "E": ((53, 138), (94, 299)),
    "F": ((22, 351), (24, 317)),
}
STRATA = ["trait", "level", "confounder_level", "won", "lost"]


def berkeley() -> pd.DataFrame:
    records = [
        ("sex", sex, department, *both)
        for department, sexes in BERKELEY.items()
        for sex, both in zip(("man", "woman"), sexes, strict=True)
    ]
    return pd.DataFrame(records, columns=STRATA)


def test_within_strata_reproduces_the_berkeley_admissions() -> None:
    """R: mantelhaen.test(UCBAdmissions, correct = FALSE)."""
    man, woman = within_strata(berkeley()).itertuples()
    assert (man.strata, round(man.odds_ratio, 4)) == (6, 0.9047)
    assert (round(man.ci_low, 4), round(man.ci_high, 4)) == (0.7719, 1.0603)
    assert man.p_value == pytest.approx(stats.chi2.sf(1.5246, 1), abs=5e-5)
    assert woman.odds_ratio == pytest.approx(1 / man.odds_ratio)
    assert woman.q_value == pytest.approx(man.p_value)
    # Over the departments together men seem to have 1.84 times the odds.
    crude = by_level(berkeley().assign(known_at_creation=True, open=0))
    assert crude["odds_ratio"].round(2).tolist() == [1.84, 0.54]


def test_strata_that_cannot_compare_do_not_count() -> None:
    more = pd.DataFrame(
        [
            ("sex", "man", "G", 5, 6),
            ("sex", "man", None, 5, 0),
            ("sex", "woman", None, 7, 0),
            ("sex", "man", "H", 1, 0),
        ],
        columns=STRATA,
    )
    pd.testing.assert_frame_equal(
        within_strata(pd.concat([berkeley(), more])), within_strata(berkeley())
    )


def test_a_missing_confounder_is_a_stratum() -> None:
    missing = berkeley().replace({"confounder_level": {"A": None}})
    rows, known = within_strata(missing), within_strata(berkeley())
    columns = ["strata", "odds_ratio", "p_value"]
    np.testing.assert_allclose(rows[columns].to_numpy(), known[columns].to_numpy())


def test_a_level_that_never_wins_keeps_a_finite_odds_ratio() -> None:
    records = [("a", "x", "s", 0, 5), ("a", "y", "s", 6, 4)]
    x, y = within_strata(pd.DataFrame(records, columns=STRATA)).itertuples()
    assert x.odds_ratio == pytest.approx((0.5 * 4.5) / (5.5 * 6.5))
    assert 0 < x.ci_low < x.odds_ratio < x.ci_high
    assert y.odds_ratio == pytest.approx(1 / x.odds_ratio)
    # CMH by hand: (0 - 5 * 6 / 15)^2 / (5 * 6 * 10 * 9 / (15^2 * 14)).
    assert x.p_value == pytest.approx(stats.chi2.sf(4 / (2700 / 3150), 1))


def test_within_one_level_nothing_is_estimated() -> None:
    row = within_strata(berkeley().query("level == 'man'")).iloc[0]
    assert row["strata"] == 0
    assert row[["odds_ratio", "ci_low", "ci_high", "p_value", "q_value"]].isna().all()
    assert within_strata(berkeley()[:0]).empty


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(12)))
def test_within_strata_does_not_depend_on_row_order(order: list[int]) -> None:
    pd.testing.assert_frame_equal(within_strata(berkeley().iloc[order]), within_strata(berkeley()))


def joint(confounder: str, table: list[list[int]]) -> pd.DataFrame:
    records = [
        ("sector", f"x{i}", confounder, f"y{j}", deals)
        for i, row in enumerate(table)
        for j, deals in enumerate(row)
    ]
    return pd.DataFrame(
        records, columns=["trait", "level", "confounder", "confounder_level", "deals"]
    )


def test_confounding_is_cramers_v_less_its_bias() -> None:
    rows = confounding(
        pd.concat([joint("role", [[30, 10], [10, 30]]), joint("owner", [[9, 0], [0, 0], [0, 7]])])
    )
    assert rows["confounder"].tolist() == ["owner", "role"]
    assert rows["deals"].tolist() == [16, 80]
    # Chi-squared of the latter is 20: phi^2 1/4 less 1/79, over 1 less 1/79.
    assert rows["cramers_v"].tolist() == pytest.approx([1, math.sqrt((1 / 4 - 1 / 79) / (78 / 79))])
    assert rows["confounded"].tolist() == [True, False]


def test_confounding_does_not_see_relations_in_chance() -> None:
    rng = np.random.default_rng(8)
    tables = [rng.multinomial(100, [1 / 48] * 48).reshape(6, 8) for _ in range(40)]
    corrected = [confounding(joint("owner", t.tolist()))["cramers_v"].iloc[0] for t in tables]
    assert np.mean([association(t) for t in tables]) > 0.2
    assert np.mean(corrected) < 0.1
    assert max(corrected) < 0.5


def test_confounding_counts_deals_where_both_are_known() -> None:
    frame = joint("owner", [[30, 10], [10, 30]])
    unknown = pd.DataFrame(
        [("sector", None, "owner", None, 500), ("sector", "x0", "role", None, 9)],
        columns=frame.columns,
    )
    rows = confounding(pd.concat([frame, unknown])).set_index("confounder")
    assert rows["deals"].to_dict() == {"owner": 80, "role": 0}
    assert math.isnan(rows.loc["role", "cramers_v"])
    assert not rows.loc["role", "confounded"]


@pytest.mark.parametrize("table", [[[5, 6, 7]], [[1]], [[1, 0], [0, 1]], [[0, 0], [0, 3]]])
def test_confounding_is_null_with_one_level_or_a_level_per_deal(table: list[list[int]]) -> None:
    assert confounding(joint("owner", table))["cramers_v"].isna().all()


def test_confounding_of_nothing_is_empty() -> None:
    assert confounding(joint("owner", [])).empty


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        by_level(counts(("a", "x", -1, 2, 3)))
