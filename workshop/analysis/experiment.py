"""Can a month tell: what chance alone would give, and what was found, judged as agreed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy import stats

from workshop.analysis.intervals import ALPHA, poisson, wilson

POWER = 0.8
LEAST_CASES = 5
"""Fewer leads than this decide nothing, whatever became of them."""

Family = Literal["share", "count"]


class Seen(NamedTuple):
    """How often something happened: hits of so many cases, or in so many days."""

    hits: int
    of: int


@dataclass(frozen=True)
class Trial:
    """Say what an experiment is held to, before it starts.

    Parameters
    ----------
    family : `share`, hits of cases, or `count`, hits in days.
    before : what was seen before.
    at_least : the figure from which it has worked: a fraction, or hits over the whole trial; the
        figure to stay at or under where less is better.
    more : whether more is better.

    Raises
    ------
    ValueError
        If there is nothing before to compare with, or more hits than cases.
    """

    family: Family
    before: Seen
    at_least: float
    more: bool = True

    def __post_init__(self) -> None:
        hits, of = self.before
        if of < 1 or hits < 0 or (self.family == "share" and hits > of):
            raise ValueError(f"an experiment is compared with something seen before: {self.before}")


class Foresight(NamedTuple):
    """What a trial of some size can tell.

    ``telling`` is the nearest figure that chance alone reaches in at most one of twenty; null
    where none does. ``noticed`` is what the true figure must become to be told from chance four
    times in five. ``by_chance`` is the probability of meeting what was agreed if nothing changes.
    """

    telling: float | None
    noticed: float | None
    by_chance: float
    tells: bool


class Finding(NamedTuple):
    """What was found: the figure with its 95% interval, how likely by chance, and the verdict."""

    figure: float
    low: float
    high: float
    by_chance: float
    verdict: str


def foresee(trial: Trial, of: int) -> Foresight:
    """Say beforehand what a trial of so many cases or days can tell.

    What nothing but chance would give is predicted from what was seen before, which is uncertain
    itself (Jeffreys' prior): beta-binomial for a share, negative binomial for a count.
    """
    reached = _needed(trial, of)
    by_chance = _tail(trial, of, reached)
    critical = _critical(trial, of)
    if critical is None:
        return Foresight(None, None, by_chance, False)
    return Foresight(
        telling=_figure(trial, critical, of),
        noticed=_noticed(trial, critical, of),
        by_chance=by_chance,
        tells=by_chance <= ALPHA,
    )


def judge(trial: Trial, seen: Seen) -> Finding:
    """Judge what was found by what was agreed beforehand.

    ``reached``: the figure is met, and chance alone gives that in at most one of twenty.
    ``not_reached``: it is not met, and either the interval leaves it out or the figure did improve
    beyond chance, but less. ``cannot_tell``: what was seen fits both, or there is too little.
    """
    figure = _figure(trial, seen.hits, seen.of) if seen.of else np.nan
    low, high = _interval(trial, seen)
    by_chance = _tail(trial, seen.of, seen.hits)
    met = figure >= trial.at_least if trial.more else figure <= trial.at_least
    out_of_reach = high < trial.at_least if trial.more else low > trial.at_least
    told = by_chance <= ALPHA
    verdict = "cannot_tell"
    if trial.family == "share" and seen.of < LEAST_CASES:
        verdict = "cannot_tell"
    elif met and told:
        verdict = "reached"
    elif not met and (out_of_reach or told):
        verdict = "not_reached"
    return Finding(float(figure), low, high, by_chance, verdict)


def _needed(trial: Trial, of: int) -> int:
    """Return the hits at which the agreed figure is met."""
    wanted = trial.at_least * (of if trial.family == "share" else 1)
    # A share times cases is computed in floating point: 0.3 of 10 is 3.
    return int(np.ceil(wanted - 1e-9) if trial.more else np.floor(wanted + 1e-9))


def _predicted(trial: Trial, of: int) -> Any:
    hits, before = trial.before
    if trial.family == "share":
        return stats.betabinom(of, hits + 0.5, before - hits + 0.5)
    return stats.nbinom(hits + 0.5, before / (before + of))


def _tail(trial: Trial, of: int, hits: int) -> float:
    """Return the probability of so many hits, or better, if nothing changed."""
    if of < 1:
        return 1.0
    predicted = _predicted(trial, of)
    return float(predicted.sf(hits - 1) if trial.more else predicted.cdf(hits))


def _critical(trial: Trial, of: int) -> int | None:
    """Return the nearest hits that chance alone gives in at most one of twenty."""
    if of < 1:
        return None
    predicted = _predicted(trial, of)
    if trial.more:
        hits = int(predicted.isf(ALPHA)) + 1
        return None if trial.family == "share" and hits > of else hits
    hits = int(predicted.ppf(ALPHA))
    hits = hits if predicted.cdf(hits) <= ALPHA else hits - 1
    return None if hits < 0 else hits


def _noticed(trial: Trial, critical: int, of: int) -> float:
    """Return the true figure that gives the critical hits, or better, four times in five."""
    if trial.family == "count":
        found = stats.gamma.ppf(POWER, critical) if trial.more else stats.gamma.ppf(
            1 - POWER, critical + 1
        )  # fmt: skip
    elif trial.more:
        found = stats.beta.ppf(POWER, critical, of - critical + 1)
    else:
        found = stats.beta.ppf(1 - POWER, critical + 1, of - critical)
    return float(found)


def _figure(trial: Trial, hits: int, of: int) -> float:
    return hits / of if trial.family == "share" else float(hits)


def _interval(trial: Trial, seen: Seen) -> tuple[float, float]:
    bounds = wilson(seen.hits, seen.of) if trial.family == "share" else poisson(seen.hits)
    return float(bounds.low), float(bounds.high)
