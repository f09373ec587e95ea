"""How a room's guesses stand beside the data."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


class Guesses(NamedTuple):
    """A room's guesses beside the data's estimate; NaN where there is none."""

    people: int
    median: float
    lowest: float
    highest: float
    estimate: float
    ci_low: float
    ci_high: float
    verdict: Literal["inside", "overlapping", "apart", "undecided"]


class Median(NamedTuple):
    """A median with its 95% interval; NaN where there is none."""

    median: float
    ci_low: float
    ci_high: float


def median_interval(values: ArrayLike, counts: ArrayLike) -> Median:
    """Return the median of counted values, between order statistics (Conover 1999, 3.2).

    The interval is NaN below 6 values: no two of them hold the median with 95% confidence.

    >>> median_interval([10, 20, 30], [3, 4, 3])
    Median(median=20.0, ci_low=10.0, ci_high=30.0)
    """
    order = np.argsort(np.asarray(values, float), kind="stable")
    ordered = np.asarray(values, float)[order].repeat(np.asarray(counts, int)[order])
    nothing = float("nan")
    if not len(ordered):
        return Median(nothing, nothing, nothing)
    below = int(stats.binom.ppf(0.025, len(ordered), 0.5)) - 1
    # The rank at which fewer than 2.5% of samples have that many values below the median.
    if below < 0 or 2 * stats.binom.cdf(below, len(ordered), 0.5) > 0.05:
        return Median(float(np.median(ordered)), nothing, nothing)
    low, high = ordered[below], ordered[len(ordered) - 1 - below]
    return Median(float(np.median(ordered)), float(low), float(high))


def compare_guesses(guesses: ArrayLike, estimate: float, ci_low: float, ci_high: float) -> Guesses:
    """Set a room's guesses beside an estimate and its interval.

    The verdict is `inside` where the median guess lies in the interval, `overlapping` where only
    the range of the guesses meets it, `apart` where it does not, and `undecided` without guesses
    or without an interval.

    >>> compare_guesses([0.1, 0.25, 0.4], 0.2, 0.12, 0.31).verdict
    'inside'
    """
    values = np.asarray(guesses, float).ravel()
    values = values[~np.isnan(values)]
    if len(values) == 0:
        nothing = float("nan")
        return Guesses(0, nothing, nothing, nothing, estimate, ci_low, ci_high, "undecided")
    median, lowest, highest = (float(x) for x in np.quantile(values, [0.5, 0, 1]))
    verdict: Literal["inside", "overlapping", "apart", "undecided"]
    if np.isnan([ci_low, ci_high]).any():
        verdict = "undecided"
    elif ci_low <= median <= ci_high:
        verdict = "inside"
    else:
        verdict = "overlapping" if lowest <= ci_high and highest >= ci_low else "apart"
    return Guesses(len(values), median, lowest, highest, estimate, ci_low, ci_high, verdict)
