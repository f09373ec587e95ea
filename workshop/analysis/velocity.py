"""How fast deals are won: cumulative incidence, with losing as the competing outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workshop.analysis.intervals import ALPHA, FloatArray, Interval, wilson

HORIZONS = (30, 60, 90, 180)
REPLICATES = 1000
OUTCOMES = ["won", "lost", "open"]

# A share of exactly 1 may miss it by rounding.
ROUNDING = 1e-12

COLUMNS = [
    "group",
    "deals",
    "open",
    "horizon_days",
    "won_share",
    "ci_low",
    "ci_high",
    "lost_share",
]


class Incidence(NamedTuple):
    """Shares won and lost by each day of a table, along the last axis."""

    won: FloatArray
    lost: FloatArray


def by_group(
    counts: pd.DataFrame,
    seed: int | np.random.Generator,
    horizons: Sequence[int] = HORIZONS,
    replicates: int = REPLICATES,
) -> pd.DataFrame:
    """Estimate the share of deals won, and lost, by each horizon.

    The estimate is Aalen and Johansen's: an open deal counts as long as it was followed, and
    a lost one can no longer be won. It is never extrapolated: beyond the last day seen of a
    group it is undefined, unless none of its deals is open, when everything is known.

    The interval is 95%. A multinomial bootstrap over the counts gives the variance, and that
    the number of deals that the estimate is worth, for Wilson's interval (as Korn & Graubard
    1998 do for surveys): without open deals it is Wilson's of the plain counts. The bootstrap's
    own percentiles cover 87% to 100% among 15 to 50 deals, and bound one win of ten by 0.
    Where nobody has won yet, or everybody has, resampling has nothing to vary: there it is
    the exact binomial bound for as many deals as were, or would have been, followed so far
    (Clopper & Pearson 1934).

    Parameters
    ----------
    counts
        group (null is a group), days (whole days from creation to the outcome, or to the
        as-of date when open), outcome (``won``, ``lost``, ``open``), deals (count).
    seed
        Of the bootstrap. The same seed gives the same intervals.
    horizons
        Days from creation.
    replicates
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row per group and horizon: group, deals, open, horizon_days, won_share, ci_low,
        ci_high, lost_share (fractions of 1, NaN where undefined).

    Raises
    ------
    ValueError
        If an outcome is not one of the three.
    """
    if unknown := set(counts["outcome"]) - set(OUTCOMES):
        raise ValueError(f"unknown outcomes {sorted(map(str, unknown))}; allowed: {OUTCOMES}")
    rng = np.random.default_rng(seed)
    seen = counts[counts["deals"] > 0]
    estimates = [
        _estimate(cells, sorted(horizons), rng, replicates).assign(group=group)
        for group, cells in seen.groupby("group", dropna=False, observed=True)
    ]
    if not estimates:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(estimates, ignore_index=True)[COLUMNS]


def incidence(table: NDArray[np.int64]) -> Incidence:
    """Estimate the cumulative incidence of winning and of losing (Aalen & Johansen 1978).

    Deals of which the outcome and the last day seen fall on one day count as at risk on it.
    Equal to ``statsmodels.duration.survfunc.CumIncidenceRight`` with ``freq_weights``, and for
    any number of tables at once.

    Parameters
    ----------
    table
        Deals by day and by outcome (won, lost, open) on the last two axes; days in order.

    Examples
    --------
    >>> incidence(np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1], [1, 1, 0]])).won.round(6).tolist()
    [0.1, 0.214286, 0.351429, 0.557143]
    """
    at_risk = _at_risk(table)
    closed = table[..., 0] + table[..., 1]
    surviving = np.cumprod((at_risk - closed) / np.maximum(at_risk, 1), axis=-1)
    before = np.concatenate([np.ones_like(surviving[..., :1]), surviving[..., :-1]], axis=-1)
    per_deal = before / np.maximum(at_risk, 1)
    return Incidence(
        np.cumsum(per_deal * table[..., 0], axis=-1), np.cumsum(per_deal * table[..., 1], axis=-1)
    )


def _estimate(
    cells: pd.DataFrame, horizons: Sequence[int], rng: np.random.Generator, replicates: int
) -> pd.DataFrame:
    """Estimate one group: a row per horizon."""
    deals = int(cells["deals"].sum())
    still_open = int(cells["deals"].where(cells["outcome"] == "open", 0).sum())
    days, table = _table(cells, horizons)
    at = np.searchsorted(days, horizons)
    won, lost = (curve[at] for curve in incidence(table))
    draws = rng.multinomial(deals, table.ravel() / deals, size=replicates)
    replicated = incidence(draws.reshape(replicates, *table.shape)).won[:, at]
    low, high = _interval(won, replicated.var(axis=0), deals, _followed(table)[at])
    rows = pd.DataFrame({"won_share": won, "ci_low": low, "ci_high": high, "lost_share": lost})
    known = (still_open == 0) | (np.asarray(horizons) <= cells["days"].max())
    known_rows: pd.DataFrame = rows[known].reindex(rows.index)
    return known_rows.assign(deals=deals, open=still_open, horizon_days=horizons)


def _interval(won: FloatArray, variance: FloatArray, deals: int, followed: FloatArray) -> Interval:
    """Bound shares by Wilson's interval for their effective number, 0 and 1 exactly."""
    binomial = np.maximum(won * (1 - won), 0)
    worth = np.minimum(binomial / np.maximum(variance, np.finfo(float).tiny), deals)
    low, high = wilson(won * worth, worth)
    exact = (ALPHA / 2) ** (1 / np.maximum(followed, 1))
    none, everyone = won <= ROUNDING, won >= 1 - ROUNDING
    return Interval(
        np.select([none, everyone], [0.0, exact], low),
        np.select([none, everyone], [1 - exact, 1.0], high),
    )


def _table(
    cells: pd.DataFrame, horizons: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tabulate deals by day and outcome, with a row for each horizon and one for later days.

    What happens after the last horizon has no bearing on it: such deals are only at risk.
    """
    later = horizons[-1] + 1
    table = (
        cells.assign(
            days=cells["days"].clip(upper=later),
            outcome=cells["outcome"].where(cells["days"] < later, "open"),
        )
        .groupby(["days", "outcome"])["deals"]
        .sum()
        .unstack(fill_value=0)
    )
    days = np.union1d(table.index, [*horizons, later]).astype(np.int64)
    return days, table.reindex(index=days, columns=OUTCOMES, fill_value=0).to_numpy(np.int64)


def _at_risk(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the deals that were still open when each day began."""
    at_risk: NDArray[np.int64] = table.sum(axis=-1)[..., ::-1].cumsum(axis=-1)[..., ::-1]
    return at_risk


def _followed(table: NDArray[np.int64]) -> FloatArray:
    """Estimate how many deals would have been followed to each day, had none been closed.

    All deals times the Kaplan-Meier share of those not yet lost from sight.
    """
    staying = _at_risk(table) - table[:, 0] - table[:, 1]
    seen_on = np.where(staying > 0, 1 - table[:, 2] / np.maximum(staying, 1), 1.0)
    return float(table.sum()) * np.concatenate([[1.0], np.cumprod(seen_on)[:-1]])
