"""How long leads wait: Kaplan-Meier quantiles, with untouched leads as censored."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from workshop.analysis.intervals import ALPHA, FloatArray

COLUMNS = [
    "group",
    "leads",
    "untouched",
    "median_hours",
    "median_low",
    "median_high",
    "p90_hours",
    "p90_low",
    "p90_high",
]

# A survival curve is a product of fractions: it meets one half only within rounding.
ROUNDING = 1e-9


class Curve(NamedTuple):
    """Share of leads still waiting after each time of a touch, with its 95% band."""

    hours: FloatArray
    waiting: FloatArray
    low: FloatArray
    high: FloatArray


class Quantile(NamedTuple):
    """Hours by which a share of leads was touched, with the 95% interval; NaN if not reached."""

    hours: float
    low: float
    high: float


def by_group(counts: pd.DataFrame) -> pd.DataFrame:
    """Estimate how long the middle lead, and the slowest tenth, wait for a first touch.

    Leads that nobody has touched are not left out: they waited at least as long as they were
    watched. Where the curve does not come down to a quantile it is undefined, as is a bound.

    Parameters
    ----------
    counts
        group (null is a group), hours (waited until the touch, or until the as-of date),
        touched (bool), leads (count).

    Returns
    -------
    pandas.DataFrame
        group, leads, untouched, median_hours, median_low, median_high, p90_hours, p90_low,
        p90_high (hours, intervals 95%, NaN where undefined).
    """
    seen = counts[counts["leads"] > 0]
    rows = [
        _row(group, cells) for group, cells in seen.groupby("group", dropna=False, observed=True)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def survival(cells: pd.DataFrame) -> Curve:
    """Estimate the share of leads still waiting (Kaplan & Meier 1958).

    The band is Greenwood's on the log-minus-log scale (Kalbfleisch & Prentice 1980), which is
    defined while some wait. After the last touch of all, the upper bound is the exact binomial
    one for the leads that were waiting until then. `SurvfuncRight` gives the curve; the
    standard error that it gives along with ``freq_weights`` is the hazard's, not the curve's.

    Parameters
    ----------
    cells
        hours, touched (bool), leads (count above 0).
    """
    fit = SurvfuncRight(
        cells["hours"].to_numpy(float),
        cells["touched"].to_numpy(float),
        freq_weights=cells["leads"].to_numpy(float),
    )
    at_risk, touched = fit.n_risk, fit.n_events
    some_wait = at_risk > touched
    waiting = np.where(some_wait, fit.surv_prob, 0.0)
    left = np.where(some_wait, at_risk - touched, 1.0)
    log_waiting = np.log(np.where(some_wait, fit.surv_prob, 0.5))
    greenwood = np.sqrt(np.cumsum(touched / (at_risk * left)))
    reach = np.exp(stats.norm.isf(ALPHA / 2) * greenwood / -log_waiting)
    return Curve(
        fit.surv_times,
        waiting,
        np.where(some_wait, np.exp(log_waiting * reach), 0.0),
        np.where(some_wait, np.exp(log_waiting / reach), 1 - (ALPHA / 2) ** (1 / at_risk)),
    )


def quantile(curve: Curve, share: float) -> Quantile:
    """Read from a curve the hours by which a share of leads was touched.

    Where the curve runs level at exactly that height it is the middle of the level stretch, as
    in the usual median of an even number. The interval inverts the band (Brookmeyer & Crowley
    1982).
    """
    return Quantile(
        _crossing(curve.hours, curve.waiting, 1 - share, midway=True),
        _crossing(curve.hours, curve.low, 1 - share),
        _crossing(curve.hours, curve.high, 1 - share),
    )


def _row(group: object, cells: pd.DataFrame) -> tuple[object, ...]:
    untouched = cells["leads"].where(~cells["touched"].astype(bool), 0)
    curve = survival(cells)
    return (
        group,
        int(cells["leads"].sum()),
        int(untouched.sum()),
        *quantile(curve, 0.5),
        *quantile(curve, 0.9),
    )


def _crossing(
    hours: FloatArray, waiting: FloatArray, height: float, *, midway: bool = False
) -> float:
    """Find the first time at which a falling curve is down to a height; NaN if never."""
    reached = np.flatnonzero(waiting <= height + ROUNDING)
    if reached.size == 0:
        return np.nan
    first = int(reached[0])
    level = midway and abs(waiting[first] - height) <= ROUNDING and first + 1 < len(hours)
    return float(hours[first : first + 2].mean()) if level else float(hours[first])
