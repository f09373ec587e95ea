"""Which groups move faster than the rest: their curves, and a test of each at one horizon."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workshop.analysis.intervals import ALPHA, benjamini_hochberg, fisher
from workshop.analysis.velocity import (
    HORIZONS,
    REPLICATES,
    ROUNDING,
    Estimate,
    by_group,
    estimate,
    followed_to,
    incidence,
    tabulate,
)

# With fewer deals no verdict but too_few is given.
LEAST_DEALS = 10

WHOLE = ["horizon_days", "deals", "open", "won_share", "ci_low", "ci_high", "lost_share"]


def of_all(counts: pd.DataFrame, seed: int, horizons: Sequence[int] = HORIZONS) -> pd.DataFrame:
    """Estimate the shares of all groups together.

    Columns as those of `velocity.by_group`, without the group: a row per horizon, null beyond
    the last day that a deal was followed; no rows without deals.
    """
    return by_group(counts.assign(group="all"), seed, horizons)[WHOLE]


def half_way(whole: pd.DataFrame) -> int | None:
    """Return the first horizon by which half of the wins that are seen at all have come.

    It depends on all deals together, never on how groups differ: the day to compare groups at.
    ``None`` where nothing was won.

    Parameters
    ----------
    whole
        horizon_days and won_share, as by `of_all`.

    Examples
    --------
    >>> half_way(pd.DataFrame({"horizon_days": [30, 60, 90], "won_share": [0.1, 0.2, 0.35]}))
    60
    """
    seen = whole.dropna(subset="won_share")
    if seen.empty or not seen["won_share"].max() > 0:
        return None
    reached = seen["won_share"] >= seen["won_share"].max() / 2
    return int(seen.loc[reached, "horizon_days"].iloc[0])


def against_rest(
    counts: pd.DataFrame, horizon: int, seed: int, replicates: int = REPLICATES
) -> pd.DataFrame:
    """Test each group's share won by a horizon against that of all other groups together.

    Fisher's exact test on the deals that each share is worth (see `velocity.estimate`), rounded,
    and Benjamini and Hochberg's correction over the groups that could be tested. Verdicts:
    ``too_few`` (under 10 deals, or not followed so long, on either side), ``clear`` (q below
    0.05), else ``undecided``.

    Parameters
    ----------
    counts
        group (null is a group), days, outcome, deals, as for `velocity.by_group`.
    horizon
        Days from creation.
    seed
        Of the bootstrap behind what a share is worth.
    replicates
        Of that bootstrap.

    Returns
    -------
    pandas.DataFrame
        group, rest_share (fraction of 1), p_value, q_value (null where not tested), verdict.
    """
    seen = counts[counts["deals"] > 0].reset_index(drop=True)
    number = seen.groupby("group", dropna=False, observed=True).ngroup()
    tested = []
    for group, cells in seen.groupby("group", dropna=False, observed=True):
        rest = seen[number != number[cells.index[0]]]
        tested.append((group, *_tested(cells, rest, horizon, seed, replicates)))
    rows = pd.DataFrame(tested, columns=["group", "rest_share", "p_value"])
    rows = rows.astype({"rest_share": float, "p_value": float})
    q_value = benjamini_hochberg(rows["p_value"])
    verdict = np.select(
        [rows["p_value"].isna(), q_value < ALPHA], ["too_few", "clear"], "undecided"
    )
    return rows.assign(q_value=q_value, verdict=verdict.astype(object))


def half_decided(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the day by which half of each group's deals were won or lost.

    Columns: group, half_decided_days (null where it has not come so far yet).
    """
    rows = [
        (group, _half_decided(cells))
        for group, cells in counts[counts["deals"] > 0].groupby("group", dropna=False)
    ]
    return pd.DataFrame(rows, columns=["group", "half_decided_days"]).astype(
        {"half_decided_days": float}
    )


def curves(counts: pd.DataFrame, until: int) -> pd.DataFrame:
    """Follow the shares won and lost day by day, up to a day or as long as deals were followed.

    Columns: group, day (from 0), won, lost (fractions of 1).
    """
    parts = [
        _curve(cells, until).assign(group=group)
        for group, cells in counts[counts["deals"] > 0].groupby("group", dropna=False)
    ]
    columns = ["group", "day", "won", "lost"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _curve(cells: pd.DataFrame, until: int) -> pd.DataFrame:
    days = np.arange(until + 1)
    of_days, table = tabulate(cells, [until])
    at = np.searchsorted(of_days, days, side="right") - 1
    found = incidence(table)
    won, lost = (np.where(at < 0, 0.0, curve[at]) for curve in found)
    return pd.DataFrame({"day": days, "won": won, "lost": lost})[
        followed_to(cells, range(until + 1))
    ]


def _half_decided(cells: pd.DataFrame) -> float:
    days, table = tabulate(cells, [int(cells["days"].max())])
    found = incidence(table)
    reached = found.won + found.lost >= 0.5 - ROUNDING
    return float(days[reached][0]) if reached.any() else np.nan


def _tested(
    cells: pd.DataFrame,
    rest: pd.DataFrame,
    horizon: int,
    seed: int,
    replicates: int,
) -> tuple[float, float]:
    """Return the share of the rest and the p-value; NaN where there is too little."""
    sides = [side for side in (cells, rest) if side["deals"].sum() >= LEAST_DEALS]
    if len(sides) < 2 or not all(followed_to(side, [horizon]).all() for side in sides):
        return np.nan, np.nan
    own, other = (estimate(side, [horizon], seed, replicates) for side in sides)
    return float(other.won[0]), fisher(*_as_counts(own), *_as_counts(other))


def _as_counts(found: Estimate) -> tuple[int, int]:
    """Return a share as the whole numbers of won and of all deals that it is worth."""
    worth = float(found.worth[0])
    return round(float(found.won[0]) * worth), round(worth)
