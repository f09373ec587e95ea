"""Win rates over the whole history, level by level."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from workshop.analysis.intervals import (
    ALPHA,
    FloatArray,
    benjamini_hochberg,
    comparable,
    fisher,
    odds_ratio,
    share,
    wilson,
    with_difference,
)

# With fewer closed deals no verdict but too_few is given.
LEAST_CLOSED = 10
# Cramér's V from which one trait largely stands for another (Cohen 1988: large).
CONFOUNDED = 0.5


def by_level(counts: pd.DataFrame) -> pd.DataFrame:
    """Estimate the win rate of each level, and test it against the rest of its trait.

    Parameters
    ----------
    counts : columns `trait`, `level` (null is a level of its own), `known_at_creation` and the
        numbers of deals `won`, `lost` and `open`.

    Returns
    -------
    DataFrame
        A row per level, by trait and then level, null last: `trait`, `level`,
        `known_at_creation`; `closed`, of which `won`; `win_rate` of the closed with its Wilson
        interval `ci_low`, `ci_high`; `odds_ratio` against all other levels with its interval
        `odds_low`, `odds_high`; Fisher's `p_value`; `q_value` over all levels of all traits
        (Benjamini-Hochberg); `verdict`: `too_few` (under 10 closed), `clear` (q under 0.05) or
        `undecided`; `all_deals`, the open ones included, and `rate_of_all`, won of these.
        Null: rates of no deals, and odds and tests where nothing else closed in the trait, or
        all that closed was won, or none of it.

    Raises
    ------
    ValueError
        If a count is negative.
    """
    rows = _summed(counts, ["trait", "level"], ["won", "lost", "open"])
    vouched = counts.groupby("trait", observed=True)["known_at_creation"].all()
    closed = rows["won"] + rows["lost"]
    every = closed + rows["open"]
    low, high = wilson(rows["won"], closed)
    rest = _rest(rows, ["trait"])
    odds = odds_ratio(rows["won"], rows["lost"], rest["won"], rest["lost"])
    p_value = _fisher_p(rows, rest)
    estimates = rows[["trait", "level"]].assign(
        known_at_creation=rows["trait"].map(vouched).astype(bool),
        closed=closed,
        won=rows["won"],
        win_rate=share(rows["won"], closed),
        ci_low=low,
        ci_high=high,
        odds_ratio=odds.estimate,
        odds_low=odds.low,
        odds_high=odds.high,
        p_value=p_value,
        q_value=benjamini_hochberg(p_value),
    )
    return estimates.assign(
        verdict=_verdicts, all_deals=every, rate_of_all=share(rows["won"], every)
    )


def missingness(counts: pd.DataFrame) -> pd.DataFrame:
    """Compare how often a trait is unknown among won and among lost deals.

    Parameters
    ----------
    counts : columns `trait`, `level` (null is unknown) and the deals `won` and `lost`.

    Returns
    -------
    DataFrame
        A row per trait, sorted: `won_unknown` of `won_total`, `lost_unknown` of `lost_total`,
        `difference` of the shares and its Newcombe interval `ci_low`, `ci_high`, null where
        no deal was won or none was lost.

    Raises
    ------
    ValueError
        If a count is negative.
    """
    rows = _summed(counts, ["trait", "level"], ["won", "lost"])
    unknown = rows["level"].isna()
    totals = rows.assign(
        won_unknown=rows["won"].where(unknown, 0),
        won_total=rows["won"],
        lost_unknown=rows["lost"].where(unknown, 0),
        lost_total=rows["lost"],
    )
    columns = ["won_unknown", "won_total", "lost_unknown", "lost_total"]
    return with_difference(totals.groupby("trait")[columns].sum().reset_index(), "unknown")


def within_strata(counts: pd.DataFrame) -> pd.DataFrame:
    """Estimate each level's odds of winning again, within the levels of a confounder.

    By Mantel & Haenszel (1959), with the interval of Robins, Breslow & Greenland (1986) and
    the Cochran-Mantel-Haenszel test. Only strata count where both the level and others of its
    trait closed, with both outcomes. Where no such stratum holds a lost deal of the level and a
    won one of the others, or the reverse, cells of strata with an empty cell get one half each.

    Parameters
    ----------
    counts : columns `trait`, `level` and `confounder_level` (nullable, null is a level) and
        the deals `won` and `lost`; one confounder a trait.

    Returns
    -------
    DataFrame
        A row per level, by trait and then level, null last: `trait`, `level`, `strata` (how
        many count), the pooled `odds_ratio` against all other levels with its interval
        `ci_low`, `ci_high`, `p_value` and, over all rows, `q_value`; null without strata.

    Raises
    ------
    ValueError
        If a count is negative.
    """
    rows = _summed(counts, ["trait", "level", "confounder_level"], ["won", "lost"])
    rest = _rest(rows, ["trait", "confounder_level"])
    cells = np.stack([rows["won"], rows["lost"], rest["won"], rest["lost"]]).astype(float)
    counting = comparable(*cells)
    levels = rows.groupby(["trait", "level"], dropna=False, sort=False).ngroup()
    starts = np.flatnonzero(levels.diff().ne(0))
    places = [np.flatnonzero(counting & levels.eq(level)) for level in range(len(starts))]
    pooled = [_pooled(cells[:, strata].reshape(2, 2, -1)) for strata in places]
    estimates = pd.DataFrame(pooled, columns=list(_Pooled._fields))
    named = rows.loc[starts, ["trait", "level"]].reset_index(drop=True)
    return named.join(estimates).assign(q_value=benjamini_hochberg(estimates["p_value"]))


def confounding(counts: pd.DataFrame) -> pd.DataFrame:
    """Measure how far traits stand for each other, by Cramér's V corrected for bias.

    By Bergsma (2013), over the deals where both traits are known: uncorrected, traits of many
    levels look related in few deals.

    Parameters
    ----------
    counts : columns `trait`, `level`, `confounder`, `confounder_level` and `deals`.

    Returns
    -------
    DataFrame
        A row per pair of trait and confounder, by trait and then strongest first: `trait`,
        `confounder`, `deals`, `cramers_v` (0 unrelated, 1 the one follows from the other, null
        where a trait has one level or a level for each deal) and `confounded` (V at least 0.5).

    Raises
    ------
    ValueError
        If a count is negative.
    """
    pair = ["trait", "confounder"]
    rows = _summed(counts, [*pair, "level", "confounder_level"], ["deals"])
    known = rows[["level", "confounder_level"]].notna().all(axis=1)
    related = pd.DataFrame(
        [(*names, *_association(deals)) for names, deals in rows[known].groupby(pair)],
        columns=[*pair, "deals", "cramers_v"],
    ).astype({"cramers_v": float})
    pairs = rows[pair].drop_duplicates().merge(related, how="left", on=pair)
    strongest = pairs.sort_values(
        ["trait", "cramers_v", "confounder"], ascending=[True, False, True], ignore_index=True
    )
    return strongest.assign(
        deals=strongest["deals"].fillna(0).astype("int64"),
        confounded=strongest["cramers_v"] >= CONFOUNDED,
    )


class _Pooled(NamedTuple):
    """An odds ratio pooled over strata."""

    strata: int
    odds_ratio: float
    ci_low: float
    ci_high: float
    p_value: float


def _pooled(tables: FloatArray) -> _Pooled:
    """Pool 2 x 2 x k tables whose margins are all positive."""
    strata = tables.shape[2]
    if not strata:
        return _Pooled(0, np.nan, np.nan, np.nan, np.nan)
    a, b, c, d = tables.reshape(4, -1)
    bounded = (a * d).any() and (b * c).any()
    estimate = StratifiedTable(tables, shift_zeros=not bounded)
    low, high = estimate.oddsratio_pooled_confint(ALPHA)
    # Its own p is 1 - cdf, which is 0 below 1e-16.
    p_value = stats.chi2.sf(StratifiedTable(tables).test_null_odds().statistic, 1)
    return _Pooled(
        strata, float(estimate.oddsratio_pooled), float(low), float(high), float(p_value)
    )


def _association(counts: pd.DataFrame) -> tuple[int, float]:
    """Count the deals, and correct their Cramér's V for bias."""
    wide = counts.pivot(index="level", columns="confounder_level", values="deals").fillna(0)
    table = wide.loc[wide.any(axis=1), wide.any()].to_numpy(dtype=float)
    n, (rows, columns) = float(table.sum()), table.shape
    if min(rows, columns) < 2:
        return int(n), np.nan
    phi2 = float(stats.chi2_contingency(table, correction=False).statistic) / n
    excess = max(0.0, phi2 - (rows - 1) * (columns - 1) / (n - 1))
    smaller = min(size - 1 - (size - 1) ** 2 / (n - 1) for size in (rows, columns))
    return int(n), float(np.sqrt(excess / smaller)) if smaller > 0 else np.nan


def _summed(counts: pd.DataFrame, keys: list[str], deals: list[str]) -> pd.DataFrame:
    """Sum the counts per key, sorted, with null keys last."""
    if (counts[deals] < 0).any(axis=None):
        raise ValueError(f"a number of deals is at least 0: {counts[deals].min().to_dict()}")
    return counts.groupby(keys, dropna=False, observed=True)[deals].sum().reset_index()


def _rest(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Count, for each row, the deals of the other rows with its keys."""
    deals = rows[["won", "lost"]]
    totals = rows.groupby(keys, dropna=False, observed=True)[["won", "lost"]].transform("sum")
    return totals - deals


def _fisher_p(rows: pd.DataFrame, rest: pd.DataFrame) -> FloatArray:
    """Test each level against the rest; NaN where there is nothing to compare."""
    cells = rows["won"], rows["lost"], rest["won"], rest["lost"]
    won, lost, rest_won, rest_lost = (cell.to_numpy().tolist() for cell in cells)
    p = [
        fisher(a, a + b, c, c + d)
        for a, b, c, d in zip(won, lost, rest_won, rest_lost, strict=True)
    ]
    return np.where(comparable(*cells), p, np.nan)


def _verdicts(rows: pd.DataFrame) -> NDArray[np.str_]:
    """Give each level its verdict code."""
    few, clear = rows["closed"] < LEAST_CLOSED, rows["q_value"] < ALPHA
    return np.select([few, clear], ["too_few", "clear"], "undecided")
