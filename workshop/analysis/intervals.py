"""Intervals and exact tests for shares and odds, and the correction for many tests."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

FloatArray = NDArray[np.float64]

ALPHA = 0.05


class Interval(NamedTuple):
    """The bounds of 95% intervals; NaN where there is nothing to estimate."""

    low: FloatArray
    high: FloatArray


class OddsRatio(NamedTuple):
    """Odds ratios with the bounds of their 95% intervals; NaN where undefined."""

    estimate: FloatArray
    low: FloatArray
    high: FloatArray


def share(part: ArrayLike, whole: ArrayLike) -> FloatArray:
    """Divide counts; 0 of 0 is NaN.

    >>> share([3, 0], [4, 0]).tolist()
    [0.75, nan]
    """
    top, bottom = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.asarray(np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0))


def poisson(count: ArrayLike) -> Interval:
    """Bound the expected number behind a count, exactly (Garwood 1936).

    >>> low, high = poisson([0, 10])
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 4.795], [3.689, 18.39])
    """
    seen = np.asarray(count, float)
    low = special.gammaincinv(np.where(seen > 0, seen, 1.0), ALPHA / 2)
    high = special.gammaincinv(seen + 1, 1 - ALPHA / 2)
    return Interval(np.where(seen > 0, low, 0.0), np.asarray(high))


def wilson(successes: ArrayLike, trials: ArrayLike) -> Interval:
    """Bound shares by the Wilson score interval (Wilson 1927).

    Counts broadcast against each other; 0 trials give NaN.

    Raises
    ------
    ValueError
        If successes are negative or outnumber their trials.

    Examples
    --------
    >>> low, high = wilson([7, 0], [10, 10])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.3968, 0.0], [0.8922, 0.2775])
    """
    hits, tries = _counts(successes, trials)
    low, high = proportion_confint(hits, np.maximum(tries, 1), alpha=ALPHA, method="wilson")
    # Rounding leaves 1e-17 where the bound is 0 or 1.
    return Interval(
        np.where(tries == 0, np.nan, np.where(hits == 0, 0.0, low)),
        np.where(tries == 0, np.nan, np.where(hits == tries, 1.0, high)),
    )


def newcombe(a: ArrayLike, n: ArrayLike, b: ArrayLike, m: ArrayLike) -> Interval:
    """Bound the difference a/n - b/m of independent shares (Newcombe 1998, method 10).

    Counts broadcast against each other; a group of 0 gives NaN.

    Raises
    ------
    ValueError
        If a count is negative or exceeds its total.

    Examples
    --------
    >>> low, high = newcombe(7, 10, [2, 3], 10)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.066, -0.029], [0.74, 0.672])
    """
    first, first_total = _counts(a, n)
    second, second_total = _counts(b, m)
    low, high = confint_proportions_2indep(
        first,
        np.maximum(first_total, 1),
        second,
        np.maximum(second_total, 1),
        method="newcomb",
        alpha=ALPHA,
    )
    empty = (first_total == 0) | (second_total == 0)
    return Interval(
        np.where(empty, np.nan, np.maximum(low, -1.0)),
        np.where(empty, np.nan, np.minimum(high, 1.0)),
    )


def odds_ratio(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> OddsRatio:
    """Estimate the odds ratio of tables [[a, b], [c, d]] with Woolf's logit interval.

    A table with an empty cell gets one half in each of its cells (Haldane 1956, Anscombe
    1956), so that the estimate stays finite; a table with an empty row or column says
    nothing of the odds and gives NaN.

    Examples
    --------
    >>> odds_ratio([7, 10, 5], [3, 0, 0], [2, 2, 5], [8, 8, 0]).estimate.round(2).tolist()
    [9.33, 71.4, nan]
    """
    cells = np.stack(np.broadcast_arrays(*(np.asarray(x, float) for x in (a, b, c, d))))
    half = np.where((cells == 0).any(axis=0), 0.5, 0.0)
    first, second, third, fourth = cells + half
    ratio = first * fourth / (second * third)
    reach = np.exp(stats.norm.isf(ALPHA / 2) * np.sqrt((1 / (cells + half)).sum(axis=0)))
    undefined = ~comparable(a, b, c, d)
    return OddsRatio(
        *(np.where(undefined, np.nan, x) for x in (ratio, ratio / reach, ratio * reach))
    )


def comparable(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> NDArray[np.bool_]:
    """Tell which tables [[a, b], [c, d]] have no empty row and no empty column."""
    w, x, y, z = (np.asarray(cell) for cell in (a, b, c, d))
    margins = np.stack(np.broadcast_arrays(w + x, y + z, w + y, x + z))
    return np.asarray((margins > 0).all(axis=0))


@lru_cache(maxsize=65_536)
def boschloo(a: int, n: int, b: int, m: int) -> float:
    """Test the shares a/n and b/m for equality, exactly (Boschloo 1970); NaN if n or m is 0.

    Two-sided is twice the smaller one-sided p, as in scipy. The columns of its table are the
    two groups: transposed, it would get another p.

    >>> round(boschloo(7, 10, 2, 10), 4)
    0.0414
    """
    mirrored = (n - a, n, m - b, m)
    if mirrored < (a, n, b, m):
        return boschloo(*mirrored)
    return float(stats.boschloo_exact([[a, b], [n - a, m - b]]).pvalue)


def fisher(a: int, n: int, b: int, m: int) -> float:
    """Test the shares a/n and b/m for equality, given a + b (Fisher 1935), two-sided.

    >>> round(fisher(8, 10, 1, 6), 4)
    0.035
    """
    return float(stats.fisher_exact([[a, b], [n - a, m - b]]).pvalue)


def benjamini_hochberg(p: ArrayLike) -> FloatArray:
    """Turn p-values into q-values (Benjamini & Hochberg 1995).

    NaN marks a test that could not be made: it stays NaN and is not counted.

    >>> benjamini_hochberg([0.01, 0.04, float("nan"), 0.03]).round(4).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    values = np.asarray(p, float)
    known = ~np.isnan(values)
    q = np.full(values.shape, np.nan)
    q[known] = stats.false_discovery_control(values[known], method="bh")
    return q


def holm(p: ArrayLike) -> FloatArray:
    """Adjust p-values so that one in twenty families has a false one (Holm 1979).

    NaN marks a test that could not be made: it stays NaN and is not counted.

    >>> holm([0.01, 0.04, float("nan"), 0.03]).round(4).tolist()
    [0.03, 0.06, nan, 0.06]
    """
    values = np.asarray(p, float)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    steps = np.minimum(values[order] * np.arange(len(order), 0, -1), 1.0)
    adjusted = np.full(values.shape, np.nan)
    adjusted[order] = np.maximum.accumulate(steps) if len(order) else steps
    return adjusted


def with_difference(counts: pd.DataFrame, part: str) -> pd.DataFrame:
    """Add the difference between the shares of won and of lost deals, with its interval.

    Parameters
    ----------
    counts : columns `won_<part>`, `won_total`, `lost_<part>` and `lost_total`; others stay.
    part : what is counted, such as `with` or `unknown`.

    Returns
    -------
    DataFrame
        The counts with `difference` (won minus lost) and `ci_low`, `ci_high` (Newcombe).
    """
    tables = [counts[name] for name in (f"won_{part}", "won_total", f"lost_{part}", "lost_total")]
    low, high = newcombe(*tables)
    difference = share(*tables[:2]) - share(*tables[2:])
    return counts.assign(difference=difference, ci_low=low, ci_high=high)


def _counts(part: ArrayLike, whole: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Broadcast parts against wholes, and refuse parts that cannot be."""
    # Copies: statsmodels asks for arrays that may be written to, which broadcast ones are not.
    parts, wholes = (np.array(x, float) for x in np.broadcast_arrays(part, whole))
    wrong = (parts < 0) | (parts > wholes)
    if wrong.any():
        raise ValueError(
            f"a count lies between 0 and its total: {parts[wrong][0]:g} of {wholes[wrong][0]:g}"
        )
    return parts, wholes
