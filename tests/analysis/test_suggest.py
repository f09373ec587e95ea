from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.calibration import FULL
from workshop.analysis.rules import (
    LEAST_EXPECTED,
    all_rules,
    p_greater,
    possible,
    proven,
    totals,
)
from workshop.analysis.suggest import Criterion, candidates, suggest

PLACES = ["first", "second", "third"]


def draw(rng: np.random.Generator, leads: int, effects: dict[tuple[str, str], float]):
    """Draw leads with four traits, some unknown; effects are odds ratios of being won."""
    frame = pd.DataFrame(
        {
            "sector": rng.choice(
                ["Bouw", "Voeding", "Metaal", None], leads, p=[0.3, 0.3, 0.3, 0.1]
            ),
            "source": rng.choice([f"S{i}" for i in range(6)], leads),
            "country": rng.choice(["BE", "NL"], leads, p=[0.8, 0.2]),
            "role": rng.choice([f"R{i}" for i in range(5)], leads),
        }
    ).astype(object)
    odds = np.full(leads, 0.08 / 0.92)
    for (trait, level), ratio in effects.items():
        odds = np.where(frame[trait] == level, odds * ratio, odds)
    frame["won"] = rng.random(leads) < odds / (1 + odds)
    frame["period"] = np.where(np.arange(leads) < 2 * leads / 3, "fit", "check")
    return frame


def counted(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count what a search starts from, with pandas."""
    traits = ["sector", "source", "country", "role"]
    fit = frame[frame["period"] == "fit"]
    levels = pd.concat(
        fit.groupby(trait)["won"]
        .agg(leads="size", won="sum")
        .rename_axis("level")
        .reset_index()
        .assign(trait=trait)
        for trait in traits
    )
    chosen = candidates(levels)
    codes = pd.DataFrame({"period": frame["period"], "won": frame["won"]})
    for trait in traits:
        known = chosen[chosen["trait"] == trait].set_index("level")["code"]
        codes[trait] = (
            frame[trait]
            .map(known)
            .where(frame[trait].isin(known.index), len(known) + frame[trait].isna())
        )
    parts = []
    for three in combinations(sorted(chosen["trait"].unique()), 3):
        cells = codes.groupby([*three, "period"])["won"].agg(leads="size", won="sum").reset_index()
        renamed = {name: f"{place}_code" for name, place in zip(three, PLACES, strict=True)}
        cells = cells.rename(columns=renamed)
        parts.append(cells.assign(**dict(zip(PLACES, three, strict=True))))
    return pd.concat(parts, ignore_index=True), chosen


def meets(frame: pd.DataFrame, rule) -> pd.Series:
    held = pd.Series(True, index=frame.index)
    for field, operator, value in rule:
        same = frame[field] == value
        held &= same if operator == "is" else frame[field].notna() & ~same
    return held


@pytest.fixture(scope="module")
def planted() -> pd.DataFrame:
    return draw(np.random.default_rng(5), 6000, {("sector", "Voeding"): 4.0, ("source", "S0"): 0.1})


@pytest.fixture(scope="module")
def found(planted):
    return suggest(*counted(planted))


def test_every_count_agrees_with_the_leads_themselves(planted, found):
    assert len(found.rows)
    for row in found.rows.to_dict("records"):
        for period in ("fit", "check"):
            mine = planted[planted["period"] == period]
            passed = mine[meets(mine, row["criteria"])]
            assert row[f"{period}_leads"] == len(mine)
            assert row[f"{period}_won"] == mine["won"].sum()
            assert row[f"{period}_passed"] == len(passed)
            assert row[f"{period}_passed_won"] == passed["won"].sum()
            assert row[f"{period}_lift"] == pytest.approx(passed["won"].mean() / mine["won"].mean())


def test_the_rules_tried_are_all_with_enough_leads(planted):
    crosses, chosen = counted(planted)
    fit = planted[planted["period"] == "fit"]
    known = possible(chosen)
    least = LEAST_EXPECTED * len(fit) / fit["won"].sum()
    named = known[["trait", "operator", "level"]].itertuples(index=False)
    held = [(one[0], meets(fit, [one]).to_numpy()) for one in named]
    by_hand = 0
    for size in (1, 2, 3):
        for rule in combinations(held, size):
            if len({trait for trait, _ in rule}) == size:
                by_hand += np.all([holds for _, holds in rule], axis=0).sum() >= least
    assert len(all_rules(crosses, chosen, known).criteria) == by_hand
    assert totals(crosses, "fit") == (len(fit), fit["won"].sum())


def test_the_planted_effect_comes_first_and_holds(found):
    best = found.rows.iloc[0]
    assert best["criteria"] == (
        Criterion("sector", "is", "Voeding"),
        Criterion("source", "is_not", "S0"),
    )
    assert best["verdict"] == "holds"
    assert found.rule_found


def test_check_is_judged_by_the_exact_test_with_holm(found):
    rows = found.rows
    p = [
        min(1, 2 * stats.fisher_exact([[a, m - a], [w - a, n - m - w + a]], "greater").pvalue)
        for a, m, w, n in zip(
            rows["check_passed_won"],
            rows["check_passed"],
            rows["check_won"],
            rows["check_leads"],
            strict=True,
        )
    ]
    np.testing.assert_allclose(rows["p_value"], p, rtol=1e-6)
    ordered = np.argsort(p, kind="stable")
    running = 0.0
    for step, index in enumerate(ordered):
        running = max(running, min(1.0, p[index] * (len(p) - step)))
        assert rows["p_adjusted"].iloc[index] == pytest.approx(running)


def test_row_order_changes_nothing(planted, found):
    crosses, chosen = counted(planted)
    again = suggest(crosses.sample(frac=1, random_state=3), chosen)
    pd.testing.assert_frame_equal(again.rows, found.rows)


def test_no_narrower_rule_stands_under_a_better_one(found):
    rules = [set(criteria) for criteria in found.rows["criteria"]]
    assert not any(
        rules[i] <= rules[j] for i in range(len(rules)) for j in range(i + 1, len(rules))
    )


@pytest.mark.parametrize("alpha", [0.05, 0.05 / 60, 0.05 / 200, 0.05 / 10_000, 0.05 / 300_000])
def test_a_shortcut_never_decides_otherwise_than_the_exact_p(alpha):
    rng = np.random.default_rng(4)
    leads = np.exp(rng.uniform(np.log(20), np.log(5000), 40_000)).astype(int)
    won = (leads * rng.choice([0.005, 0.05, 0.3, 0.9], 40_000)).astype(int)
    passed = (leads * rng.choice([0.01, 0.1, 0.5, 0.9, 0.99], 40_000)).astype(int)
    expected = passed * won / leads
    both = expected + rng.uniform(-1, 9, 40_000) * np.sqrt(expected * (1 - passed / leads) + 0.1)
    both = np.clip(both.round(), np.maximum(0, passed + won - leads), np.minimum(passed, won))
    cells = [x.astype(float) for x in (both, passed, won, leads)]
    np.testing.assert_array_equal(proven(*cells, alpha=alpha), p_greater(*cells) < alpha)


@pytest.mark.parametrize("leads", [0, 30])
def test_too_little_to_learn_from_gives_no_rule(leads):
    frame = draw(np.random.default_rng(1), 60, {}).iloc[:leads]
    levels = pd.DataFrame({"trait": ["sector"], "level": ["Bouw"], "leads": [3], "won": [1]})
    chosen = candidates(levels)
    columns = [*PLACES, *(f"{p}_code" for p in PLACES), "period", "leads", "won"]
    found = suggest(pd.DataFrame({column: [] for column in columns}), chosen)
    assert (len(found.rows), found.rules_tried, found.rule_found) == (0, 0, False)
    assert len(frame) == leads


def test_nobody_won_gives_no_rule_and_no_warning():
    frame = draw(np.random.default_rng(2), 900, {}).assign(won=False)
    found = suggest(*counted(frame))
    assert not found.rule_found
    assert found.rows.empty


def test_only_the_levels_that_can_be_learned_from_are_kept():
    levels = pd.DataFrame(
        {
            "trait": ["a"] * 14 + ["b"],
            "level": [f"L{i:02}" for i in range(14)] + ["only"],
            "leads": [*range(15, 29), 100],
            "won": [1] * 14 + [5],
        }
    )
    chosen = candidates(levels)
    kept = chosen[chosen["trait"] == "a"]
    # Of 14 levels 9 have 20 leads or more.
    assert kept["level"].tolist() == [f"L{i:02}" for i in range(5, 14)]
    assert kept["code"].tolist() == list(range(9))


@pytest.mark.slow
def test_where_nothing_is_to_be_found_it_says_so(calibrated):
    times = 400 if FULL else 40
    rng = np.random.default_rng(11)
    claimed = [suggest(*counted(draw(rng, 3000, {}))).rule_found for _ in range(times)]
    calibrated(
        "Suggester: a rule found where none is true",
        "4 traits with 2 to 6 levels, 8% won, no effect",
        "3,000 leads",
        "≤ 0.05",
        claimed,
    )
    wrong = sum(claimed)
    # Two-sided p: at most 2.5% by its own claim, never above the nominal 5%.
    assert stats.binom.sf(wrong - 1, times, 0.05) > 0.01


@pytest.mark.slow
def test_a_planted_effect_is_found(calibrated):
    times = 200 if FULL else 15
    rng = np.random.default_rng(12)
    hits = []
    for _ in range(times):
        found = suggest(*counted(draw(rng, 4000, {("source", "S1"): 4.0}))).rows
        held = found[found["verdict"] == "holds"]["criteria"]
        hits.append(any(Criterion("source", "is", "S1") in rule for rule in held))
    found = calibrated(
        "Suggester: the planted level is found",
        "4 traits, one level of six with odds ratio 4 on 8% won",
        "4,000 leads",
        "≥ 0.80",
        hits,
    )
    assert found.share >= 0.8
