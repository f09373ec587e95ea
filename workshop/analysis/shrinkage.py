"""Rates of small counts, shrunk towards each other as far as they turn out to be alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import elementwise
from scipy.special import betainc, betaincinv, betaln, logsumexp

from workshop.analysis.intervals import ALPHA, FloatArray

# Per axis of the grid. Bounds then differ by at most 0.6% of the interval's width from those on
# a grid of 90 by 90.
NODES = 16
# The grid is laid anew this often, each time over the part that matters: many or large
# channels pin the correlation down to far less than the first grid's spacing.
PASSES = 5
# Natural-log drop in density beyond which a part of the grid does not matter.
NEGLIGIBLE = 15.0
# Weight, relative to the heaviest, below which a node does not show in a quantile.
LIGHT = 1e-5
# Of a quantile, and of the probability below it relative to what it should be.
TOLERANCE = 1e-9
PRECISION = 1e-3


class Shrunk(NamedTuple):
    """Posterior mean of each rate, and the bounds of its central 95% interval."""

    rate: FloatArray
    low: FloatArray
    high: FloatArray


class Prior(NamedTuple):
    """Beta distributions that the rates may come from, and the posterior weight of each."""

    alpha: FloatArray
    beta: FloatArray
    weight: FloatArray


class _Grid(NamedTuple):
    """Log posterior weight of beta distributions by root of the correlation, and by mean."""

    root: FloatArray
    alpha: FloatArray
    beta: FloatArray
    log_weight: FloatArray


def shrink(won: ArrayLike, leads: ArrayLike) -> Shrunk:
    """Estimate rates that come from one beta distribution, not knowing which one.

    Beta-binomial model. The distribution's mean is uniform a priori, its intraclass
    correlation rho = 1 / (alpha + beta + 1) has a density proportional to rho^-1/2. Both are
    integrated out, so that the intervals include what is not known about them. Fitting them
    by maximum likelihood instead pretends to know them, and often that all rates are equal.

    Parameters
    ----------
    won, leads
        Counts per channel, won at most leads; at least one channel.

    Returns
    -------
    Shrunk
        Three arrays as long as the counts.
    """
    counts = np.stack([np.asarray(won, float), np.asarray(leads, float)], axis=1)
    pairs, where, times = np.unique(counts, axis=0, return_inverse=True, return_counts=True)
    prior = fit_prior(pairs[:, 0], pairs[:, 1], times)
    alpha = prior.alpha + pairs[:, :1]
    beta = prior.beta + pairs[:, 1:] - pairs[:, :1]
    posterior = Shrunk(
        (alpha / (alpha + beta)) @ prior.weight,
        _mixture_quantile(alpha, beta, prior.weight, ALPHA / 2),
        _mixture_quantile(alpha, beta, prior.weight, 1 - ALPHA / 2),
    )
    return Shrunk(*(values[where.ravel()] for values in posterior))


def fit_prior(won: FloatArray, leads: FloatArray, times: ArrayLike = 1) -> Prior:
    """Weigh the beta distributions that the rates may come from, by integration on a grid.

    Parameters
    ----------
    won, leads
        Counts per channel.
    times
        How often each pair of counts occurs.
    """
    repeats = np.broadcast_to(np.asarray(times, float), won.shape)
    low, high = 0.0, 1.0
    grid = _grid(won, leads, repeats, low, high)
    for _ in range(PASSES - 1):
        height = logsumexp(grid.log_weight, axis=1)
        matters = grid.root[height > height.max() - NEGLIGIBLE]
        margin = 1.5 * (high - low) / NODES
        low, high = max(matters.min() - margin, 0.0), min(matters.max() + margin, 1.0)
        grid = _grid(won, leads, repeats, low, high)
    weight = np.exp(grid.log_weight - grid.log_weight.max())
    heavy = weight > LIGHT
    return Prior(grid.alpha[heavy], grid.beta[heavy], weight[heavy] / weight[heavy].sum())


def _grid(won: FloatArray, leads: FloatArray, times: FloatArray, low: float, high: float) -> _Grid:
    """Weigh beta distributions whose correlation has a root between two bounds.

    A density of rho^-1/2 is uniform in the root of rho, and the likelihood is even in it, so
    that midpoints converge fast. The means are spread by an approximate posterior, which
    counts every channel by its effective size; the weight makes up for the spreading.
    """
    levels = (np.arange(NODES) + 0.5) / NODES
    root = low + (high - low) * levels
    correlation = root[:, None] ** 2
    # Half of the effective size, since a spread wider than the target loses no part of it.
    effective = times / (1 + (leads - 1) * correlation) / 2
    a = 1 + (effective * won).sum(axis=1, keepdims=True)
    b = 1 + (effective * (leads - won)).sum(axis=1, keepdims=True)
    mean = betaincinv(a, b, levels)
    spread = (a - 1) * np.log(mean) + (b - 1) * np.log1p(-mean) - betaln(a, b)
    size = 1 / correlation - 1
    alpha, beta = mean * size, (1 - mean) * size
    likelihood = betaln(alpha[..., None] + won, beta[..., None] + leads - won)
    likelihood -= betaln(alpha, beta)[..., None]
    return _Grid(root, alpha, beta, likelihood @ times - spread)


def _mixture_quantile(
    alpha: FloatArray, beta: FloatArray, weight: FloatArray, level: float
) -> FloatArray:
    """Invert the distribution function of mixtures of betas, one mixture per row."""

    def excess(value: FloatArray, row: FloatArray) -> FloatArray:
        at = row.astype(int)
        below: FloatArray = betainc(alpha[at], beta[at], value[..., None]) @ weight
        return below - level

    found = elementwise.find_root(
        excess,
        _bracket(alpha, beta, weight, level),
        args=(np.arange(len(alpha)),),
        tolerances={
            "xatol": TOLERANCE,
            "xrtol": TOLERANCE,
            "fatol": min(level, 1 - level) * PRECISION,
        },
    )
    return np.where(found.x < TOLERANCE, 0.0, found.x)


def _bracket(
    alpha: FloatArray, beta: FloatArray, weight: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Bound quantiles by the mixture's mean and standard deviation (Cantelli's inequality)."""
    means = alpha / (alpha + beta)
    mean = means @ weight
    variance = (means * (1 - means) / (alpha + beta + 1) + (means - mean[:, None]) ** 2) @ weight
    low, high = np.sqrt((1 - level) / level), np.sqrt(level / (1 - level))
    spread = np.sqrt(variance)
    return np.clip(mean - low * spread, 0, 1), np.clip(mean + high * spread, 0, 1)
