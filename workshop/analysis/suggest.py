"""Search rules on what was known of a lead at creation, and judge them where they were not sought.

Thousands of rules are looked at, so the best of them looks good on the leads that it was chosen
on whatever the truth is. A rule is therefore chosen on ``fit`` and judged on ``check`` alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from workshop.analysis.intervals import ALPHA, holm, share
from workshop.analysis.replay import lift
from workshop.analysis.rules import IntArray, Rules, all_rules, p_greater, possible, proven, totals

MOST_TRAITS = 8
MOST_LEVELS = 10
LEAST_LEADS = 20
"""Leads on ``fit`` under which a level is not looked at."""
SUGGESTED = 5


class Criterion(NamedTuple):
    """One criterion of a rule, as a definition would have it."""

    field: str
    operator: str
    value: str


class Suggestions(NamedTuple):
    """The rules that looked best on ``fit``, and what ``check`` makes of them.

    ``rows``: rank, criteria, and for each period leads, won, passed, passed_won, precision, lift,
    lift_low, lift_high (``fit_leads``, …, ``check_leads``, …), ``fit_p_familywise`` (one-sided,
    for the best of ``rules_tried``), ``p_value`` and ``p_adjusted`` on check, and
    ``verdict``: ``holds``, ``too_few`` or ``undecided``. ``rule_found`` tells whether any holds:
    without one, no rule beats the base rate.
    """

    rows: pd.DataFrame
    rules_tried: int
    rule_found: bool


def candidates(levels: pd.DataFrame) -> pd.DataFrame:
    """Choose the levels that a search can learn anything about.

    Parameters
    ----------
    levels
        trait, level, leads, won (counts on ``fit``).

    Returns
    -------
    pandas.DataFrame
        trait, level, code (from 0 within a trait, by name): the 10 most frequent levels with at
        least 20 leads, of the 8 traits with the level that stands out most (chi-square).
    """
    large = levels[levels["leads"] >= LEAST_LEADS]
    large = large.sort_values(["trait", "leads", "level"], ascending=[True, False, True])
    kept = large.groupby("trait").head(MOST_LEVELS)
    total = levels.groupby("trait")[["leads", "won"]].sum().reindex(kept["trait"])
    rate = share(total["won"], total["leads"])
    expected = kept["leads"].to_numpy(float) * rate
    apart = share((kept["won"] - expected) ** 2, expected * (1 - rate))
    strongest = kept.assign(apart=np.nan_to_num(apart)).groupby("trait")["apart"].max()
    names = strongest.sort_values(ascending=False, kind="stable").index[:MOST_TRAITS]
    few = kept[kept["trait"].isin(names)].sort_values(["trait", "level"], ignore_index=True)
    return few[["trait", "level"]].assign(code=few.groupby("trait").cumcount())


def suggest(crosses: pd.DataFrame, chosen: pd.DataFrame) -> Suggestions:
    """Rank the rules of at most three criteria by their lift on ``fit``, and judge the best.

    A criterion is that a trait is a level, or is known and is not. Rules of more than one
    criterion are kept only where each criterion earns its place: leads that meet the others are
    won more often with it than without, beyond what the best of so many criteria does by chance.
    Every p is that of the hypergeometric distribution (Fisher).

    The rank is by the lower bound of the lift's interval on ``fit``. That is the interval of one
    rule asked for, not of the best of all tried: rules whose ``fit_p_familywise`` (Bonferroni) is
    below 0.05 go first. Of rules that narrow a better one only the better is kept. On ``check``
    the p is two-sided by doubling, and adjusted for the rules judged (Holm 1979).

    Parameters
    ----------
    crosses
        first, second, third (traits, empty where there are fewer), first_code, second_code,
        third_code, period (fit, check), leads, won: see `candidates` for the codes; the number of
        levels of a trait stands for any other level, one more for an unknown one.
    chosen
        trait, level, code.

    Returns
    -------
    Suggestions
    """
    known = possible(chosen)
    rules = all_rules(crosses, chosen, known)
    tried = len(rules.criteria)
    best = _best(rules, *totals(crosses, "fit"))
    rows = _judged(rules, best, known, crosses)
    return Suggestions(rows, tried, bool((rows["verdict"] == "holds").any()))


def _best(rules: Rules, leads: float, won: float) -> IntArray:
    """Return the rules to judge, best first: no rule that narrows a better one."""
    eligible = np.flatnonzero(rules.earned)
    both, passed = rules.won[0, eligible], rules.leads[0, eligible]
    whole = np.full(len(eligible), won), np.full(len(eligible), leads)
    found = lift(both, passed, *whole)
    unproven = ~proven(both, passed, *whole, alpha=ALPHA / max(len(rules.criteria), 1))
    size = (rules.criteria[eligible] >= 0).sum(axis=1)
    ranked = np.lexsort((*rules.criteria[eligible].T, size, -found.low, unproven))
    better = found.estimate[ranked] > 1
    kept: list[int] = []
    for rule in eligible[ranked][better]:
        stated = set(rules.criteria[rule])
        if not any(set(rules.criteria[other]) - {-1} <= stated for other in kept):
            kept.append(int(rule))
        if len(kept) == SUGGESTED:
            break
    return np.asarray(kept, np.int64)


def _judged(
    rules: Rules, best: IntArray, known: pd.DataFrame, crosses: pd.DataFrame
) -> pd.DataFrame:
    """Describe the chosen rules on both periods, with a verdict from ``check``."""
    stated = [
        Criterion(str(trait), str(operator), str(level))
        for trait, operator, level in zip(
            known["trait"], known["operator"], known["level"], strict=True
        )
    ]
    rows = pd.DataFrame({"rank": np.arange(1, len(best) + 1)})
    named = [tuple(stated[i] for i in sorted(rules.criteria[r]) if i >= 0) for r in best]
    rows["criteria"] = pd.Series(named, dtype=object)
    for number, period in enumerate(("fit", "check")):
        leads, won = totals(crosses, period)
        passed, both = rules.leads[number, best], rules.won[number, best]
        ratio = lift(both, passed, np.full(len(best), won), np.full(len(best), leads))
        rows[f"{period}_leads"], rows[f"{period}_won"] = int(leads), int(won)
        rows[f"{period}_passed"] = passed.astype(np.int64)
        rows[f"{period}_passed_won"] = both.astype(np.int64)
        rows[f"{period}_precision"] = share(both, passed)
        rows[f"{period}_lift"] = ratio.estimate
        rows[f"{period}_lift_low"], rows[f"{period}_lift_high"] = ratio.low, ratio.high
    return _with_verdict(rows, len(rules.criteria))


def _with_verdict(rows: pd.DataFrame, tried: int) -> pd.DataFrame:
    fit, check = (
        [
            rows[f"{period}_{name}"].to_numpy(float)
            for name in ("passed_won", "passed", "won", "leads")
        ]
        for period in ("fit", "check")
    )
    _, passed, won, leads = check
    p = np.minimum(2 * p_greater(*check), 1.0)
    adjusted = holm(p)
    # So few leads that even if all the won ones were passed it would not stand out.
    least = 2 * p_greater(np.minimum(won, passed), passed, won, leads)
    few = least * max(len(rows), 1) >= ALPHA
    return rows.assign(
        fit_p_familywise=np.minimum(tried * p_greater(*fit), 1.0),
        p_value=p,
        p_adjusted=adjusted,
        verdict=np.where(adjusted < ALPHA, "holds", np.where(few, "too_few", "undecided")),
    )
