"""What a definition would have done: precision, recall and lift of the leads that it passes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from workshop.analysis.intervals import ALPHA, FloatArray, share, wilson

VERDICTS = ("true", "false", "unknown")
PERIODS = ("fit", "check")
FIT_SHARE = 2 / 3
"""The share of the mature leads, the earliest, on which a criterion may be chosen."""


class Lift(NamedTuple):
    """How many times as often as all leads the passed ones were won, with the 95% interval."""

    estimate: FloatArray
    low: FloatArray
    high: FloatArray


def split_day(days: pd.DataFrame, fit_share: float = FIT_SHARE) -> dt.date | None:
    """Return the day of creation from which mature leads are kept apart to check on.

    Parameters
    ----------
    days
        created_day (each once), leads (count).
    fit_share
        The least share of the leads that were created before it.

    Returns
    -------
    datetime.date or None
        None where there is no such day: then nothing can be checked.
    """
    ordered = days.sort_values("created_day")
    before = ordered["leads"].cumsum().shift(fill_value=0)
    late = ordered.loc[(before > 0) & (before >= fit_share * ordered["leads"].sum())]
    return pd.Timestamp(late["created_day"].iloc[0]).date() if len(late) else None


def scores(counts: pd.DataFrame, sides: Sequence[str]) -> pd.DataFrame:
    """Score each side's definition on the mature leads of either period.

    A lead that is unknown is not passed. Precision and recall have Wilson intervals; for the
    lift see `lift`.

    Parameters
    ----------
    counts
        period (fit, check, null), a column per side (true, false, unknown), became (bool),
        leads (count). Rows without a period are left out.
    sides
        Names of the sides.

    Returns
    -------
    pandas.DataFrame
        side, period, leads, true, false, unknown, won (of all leads), passed_won (of the true
        ones), precision, precision_low, precision_high, recall, recall_low, recall_high, lift,
        lift_low, lift_high. Intervals 95%, NaN where there is nothing to divide by.
    """
    rows = [
        (side, period, *_cells(part, side))
        for side in sides
        for period, part in ((name, counts[counts["period"] == name]) for name in PERIODS)
    ]
    columns = ["side", "period", "leads", *VERDICTS, "won", "passed_won"]
    found = pd.DataFrame(rows, columns=columns)
    passed, won, both = found["true"], found["won"], found["passed_won"]
    precision, recall = wilson(both, passed), wilson(both, won)
    ratio = lift(both, passed, won, found["leads"])
    return found.assign(
        precision=share(both, passed),
        precision_low=precision.low,
        precision_high=precision.high,
        recall=share(both, won),
        recall_low=recall.low,
        recall_high=recall.high,
        lift=ratio.estimate,
        lift_low=ratio.low,
        lift_high=ratio.high,
    )


def _cells(counts: pd.DataFrame, side: str) -> tuple[int, ...]:
    """Add up leads, those of each verdict, won ones, and won ones that were passed."""
    leads, became = counts["leads"], counts["became"].astype(bool)
    verdicts = [int(leads[counts[side] == verdict].sum()) for verdict in VERDICTS]
    passed_won = int(leads[became & (counts[side] == "true")].sum())
    return (int(leads.sum()), *verdicts, int(leads[became].sum()), passed_won)


def lift(both: ArrayLike, passed: ArrayLike, won: ArrayLike, leads: ArrayLike) -> Lift:
    """Divide the rate of the passed leads by the rate of all leads.

    The interval is on the log scale. The passed leads are among all leads, so the variance of
    the logarithm, by the delta method on the four cells of a multinomial, is
    1/a - 1/P - 1/W + 2a/(PW) - 1/N: much less than for independent groups. With no passed lead
    won the logarithm is undefined: the upper bound is then that of the rate of the passed ones
    (Wilson) over the rate of all.

    Parameters
    ----------
    both, passed, won, leads
        Counts a, P, W and N: passed and won, passed, won, all.

    Returns
    -------
    Lift
        NaN where nothing was passed or nothing was won.

    Examples
    --------
    >>> found = lift([30], [100], [60], [600])
    >>> [bound.round(3).tolist() for bound in found]
    [[3.0], [2.36], [3.814]]
    """
    a, p, w, n = (np.asarray(x, float) for x in np.broadcast_arrays(both, passed, won, leads))
    defined = (p > 0) & (w > 0)
    some = defined & (a > 0)
    base = share(w, n)
    estimate = np.where(defined, share(share(a, p), base), np.nan)
    reach = stats.norm.isf(ALPHA / 2) * np.sqrt(_log_variance(a, p, w, n))
    low, high = _around(estimate, reach, some)
    none_won = share(wilson(np.minimum(a, p), p).high, base)
    return Lift(
        estimate,
        np.where(some, low, np.where(defined, 0.0, np.nan)),
        np.where(some, high, np.where(defined, none_won, np.nan)),
    )


def _log_variance(a: FloatArray, p: FloatArray, w: FloatArray, n: FloatArray) -> FloatArray:
    """Return the variance of the logarithm of a lift; NaN where a count is 0."""
    inverse = [share(1.0, x) for x in (a, p, w, n)]
    variance = inverse[0] - inverse[1] - inverse[2] + 2 * share(a, p * w) - inverse[3]
    # Rounding leaves -1e-17 where every lead is passed.
    return np.asarray(np.maximum(variance, 0.0))


def _around(
    estimate: FloatArray, reach: FloatArray, defined: np.ndarray
) -> tuple[FloatArray, FloatArray]:
    factor = np.exp(np.where(defined, reach, 0.0))
    return estimate / factor, estimate * factor


def versions_table(counts: pd.DataFrame, sides: Sequence[str]) -> pd.DataFrame:
    """Hold every two sides' verdicts on the same mature leads against each other.

    Parameters
    ----------
    counts, sides
        As for `scores`.

    Returns
    -------
    pandas.DataFrame
        first, second (sides), first_verdict, second_verdict, leads, won: nine rows per pair.
    """
    mature = counts[counts["period"].notna()]
    parts = []
    for first, second in combinations(sides, 2):
        cells = pd.MultiIndex.from_tuples(list(product(VERDICTS, VERDICTS)))
        keys = [mature[first], mature[second]]
        leads = mature["leads"].groupby(keys).sum().reindex(cells, fill_value=0)
        won = mature["leads"].where(mature["became"].astype(bool), 0).groupby(keys).sum()
        parts.append(
            pd.DataFrame(
                {
                    "first": first,
                    "second": second,
                    "first_verdict": cells.get_level_values(0),
                    "second_verdict": cells.get_level_values(1),
                    "leads": leads.to_numpy(),
                    "won": won.reindex(cells, fill_value=0).to_numpy(),
                }
            )
        )
    columns = ["first", "second", "first_verdict", "second_verdict", "leads", "won"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def passed_per_month(
    counts: pd.DataFrame, sides: Sequence[str], complete_until: dt.date
) -> pd.DataFrame:
    """Count what each side would have passed per month of creation.

    Parameters
    ----------
    counts
        month (``2026-03``), before_landmark (bool), a column per side, leads.
    sides
        Names of the sides.
    complete_until
        The last day of creation of which every lead has been judged.

    Returns
    -------
    pandas.DataFrame
        side, month, leads, true, false, unknown, complete (bool). Leads that became deals before
        the landmark are not among them.
    """
    judged = counts[~counts["before_landmark"].astype(bool)]
    parts = []
    for side in sides:
        cells = judged.groupby(["month", side])["leads"].sum().unstack(fill_value=0)
        cells = cells.reindex(columns=list(VERDICTS), fill_value=0)
        ends = pd.PeriodIndex(cells.index, freq="M").end_time.date
        parts.append(
            cells.assign(side=side, leads=cells.sum(axis=1), complete=ends <= complete_until)
            .rename_axis(columns=None)
            .reset_index()
        )
    columns = ["side", "month", "leads", *VERDICTS, "complete"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def before_landmark(counts: pd.DataFrame) -> pd.DataFrame:
    """Count the leads that became deals before they could be judged, beside the others.

    Parameters
    ----------
    counts
        before_landmark (bool), became (bool), leads.

    Returns
    -------
    pandas.DataFrame
        before_landmark, leads, won: one row for either.
    """
    rows = counts.assign(
        before_landmark=counts["before_landmark"].astype(bool),
        won=counts["leads"].where(counts["became"].astype(bool), 0),
    )
    added = rows.groupby("before_landmark")[["leads", "won"]].sum()
    return added.reindex([True, False], fill_value=0).reset_index()
