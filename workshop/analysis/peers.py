"""One client among its peers: what may be told of a group, and where one of them stands in it.

A group is told of by two rounded numbers, the middle and the spread of a curve that fits what its
members have in truth, after what chance adds to each. No member is in them by itself: it weighs at
most a fifth, and a group has so many members that two who lay their pages together still look at
five others.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from workshop.analysis.intervals import ALPHA, FloatArray
from workshop.analysis.shrinkage import fit_prior

CELL = 5
"""Clients under which nothing is told of a group."""
TOGETHER = 2
"""Clients who may lay their pages together and still look at a whole cell of others."""
LEAST = CELL + TOGETHER

SHARE_STEP, LOG_STEP = 0.01, 0.05
"""To what the numbers of a group of twenty are rounded: points, and parts of a natural logarithm.

Of a smaller one to so many times as much, since each client moves them more.
"""
ROUND_GROUP = 20
NODES = 200
"""Of the spread between clients, over which the fit of times is integrated."""

Unit = Literal["share", "time"]


class Group(NamedTuple):
    """What is told of a figure's group: at least so many clients, the middle and the spread.

    Of shares the mean and the standard deviation of the clients' true shares, of times those of
    their logarithms. The spread has in it what the group leaves unknown of itself.
    """

    clients: int
    center: float
    spread: float


class Band(NamedTuple):
    """The middle half of a group and its middle, the latter with its 95% interval."""

    low: float
    middle: float
    high: float
    middle_low: float
    middle_high: float


class Standing(NamedTuple):
    """One client's figure in truth, with its 95% interval, and what that says.

    Verdicts: ``above_peers`` and ``below_peers`` where the interval misses that of the group's
    middle, else ``undecided``.
    """

    estimate: float
    low: float
    high: float
    verdict: str


def group_of(members: pd.DataFrame, unit: Unit) -> Group | None:
    """Sum up what a figure's clients have in truth; ``None`` for fewer than seven.

    Parameters
    ----------
    members
        Of shares part and whole; of times value and error, the standard error of its logarithm.
    """
    if len(members) < LEAST:
        return None
    clients = max(CELL * (len(members) // CELL), LEAST)
    coarser = -(-ROUND_GROUP // clients)
    if unit == "share":
        return Group(clients, *_told_share(*_of_shares(members), coarser * SHARE_STEP))
    return Group(clients, *_told_time(*_of_times(members), coarser * LOG_STEP))


def band(group: Group, unit: Unit) -> Band:
    """Return the middle half of a group, as its two numbers say."""
    low, middle, high = (float(x) for x in _curve(group, unit).ppf([0.25, 0.5, 0.75]))
    reach = stats.norm.isf(ALPHA / 2) * group.spread / np.sqrt(group.clients)
    if unit == "time":
        ends = np.exp([group.center - reach, group.center + reach])
    else:
        ends = np.clip([group.center - reach, group.center + reach], 0, 1)
    # The middle of a skewed curve is not its mean; the interval is to hold both.
    return Band(low, middle, high, min(float(ends[0]), middle), max(float(ends[1]), middle))


def standing(own: pd.Series[Any], group: Group, unit: Unit) -> Standing:
    """Place one client among its peers: its figure is shrunk as far as the group is alike.

    Parameters
    ----------
    own
        Of shares part and whole; of times value and error.
    """
    found = _own_share(own, group) if unit == "share" else _own_time(own, group)
    estimate, low, high = map(float, found)
    among = band(group, unit)
    verdict = "undecided"
    if low > among.middle_high:
        verdict = "above_peers"
    elif high < among.middle_low:
        verdict = "below_peers"
    return Standing(estimate, low, high, verdict)


def _of_shares(members: pd.DataFrame) -> tuple[float, float]:
    """Fit a beta distribution, not knowing which one; nobody weighs more than the fifth largest."""
    whole = members["whole"].to_numpy(float)
    kept = np.minimum(whole, np.sort(whole)[-CELL]) / whole
    part = members["part"].to_numpy(float) * kept
    prior = fit_prior(part, whole * kept)
    size = prior.alpha + prior.beta
    means = prior.alpha / size
    mean = float(means @ prior.weight)
    variance = (means * (1 - means) / (size + 1) + (means - mean) ** 2) @ prior.weight
    return mean, float(np.sqrt(variance))


def _of_times(members: pd.DataFrame) -> tuple[float, float]:
    """Fit a normal distribution to logarithms, its spread integrated out (Gelman et al. 2013, 5.4).

    A uniform prior over the spread; no client is taken as more certain than the fifth most certain.
    """
    logs = np.log(members["value"].to_numpy(float))
    errors = members["error"].to_numpy(float)
    variance = np.maximum(errors, np.sort(errors)[CELL - 1]) ** 2
    widest = 3 * max(float(np.std(logs)), float(np.sqrt(variance.mean())), LOG_STEP)
    between = ((np.arange(NODES) + 0.5) / NODES * widest) ** 2
    total = variance + between[:, None]
    precision = (1 / total).sum(axis=1)
    means = (logs / total).sum(axis=1) / precision
    misfit = (np.log(total) + (logs - means[:, None]) ** 2 / total).sum(axis=1)
    log_weight = -0.5 * (misfit + np.log(precision))
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    mean = float(means @ weight)
    return mean, float(np.sqrt((between + 1 / precision + (means - mean) ** 2) @ weight))


def _told_share(mean: float, spread: float, step: float) -> tuple[float, float]:
    """Round a share within 0 and 1, and its spread to one that a share can have."""
    center = float(np.clip(_rounded(mean, step), step, 1 - step))
    most = _rounded(np.sqrt(center * (1 - center) / 3), SHARE_STEP)
    return center, min(_raised(spread, step), most)


def _told_time(mean: float, spread: float, step: float) -> tuple[float, float]:
    return _rounded(mean, step), _raised(spread, step)


def _rounded(value: float, step: float) -> float:
    return round(float(round(value / step) * step), 4)


def _raised(value: float, step: float) -> float:
    """Round a spread up: what rounding hides must not make anybody surer."""
    return round(float(max(np.ceil(value / step - 1e-9), 1.0) * step), 4)


def _curve(group: Group, unit: Unit) -> Any:
    if unit == "time":
        return stats.lognorm(group.spread, scale=np.exp(group.center))
    alpha, beta = _beta(group)
    return stats.beta(alpha, beta)


def _beta(group: Group) -> tuple[float, float]:
    size = group.center * (1 - group.center) / group.spread**2 - 1
    return group.center * size, (1 - group.center) * size


def _own_share(own: pd.Series[Any], group: Group) -> FloatArray:
    alpha, beta = _beta(group)
    posterior = stats.beta(alpha + own["part"], beta + own["whole"] - own["part"])
    return np.array([posterior.mean(), *posterior.ppf([ALPHA / 2, 1 - ALPHA / 2])])


def _own_time(own: pd.Series[Any], group: Group) -> FloatArray:
    before, seen = group.spread**-2, own["error"] ** -2
    middle = (before * group.center + seen * np.log(own["value"])) / (before + seen)
    reach = stats.norm.isf(ALPHA / 2) / np.sqrt(before + seen)
    return np.exp([middle, middle - reach, middle + reach])
