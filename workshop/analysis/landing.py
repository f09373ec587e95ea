"""How much of what a period's MQLs bring comes within the period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from workshop.analysis.posterior import FloatArray, Posterior

Kind = Literal["pipeline", "revenue"]


@dataclass(frozen=True, eq=False)
class Lags:
    """Hold how long each step takes, for those that make it; None for a step without delay.

    Parameters
    ----------
    to_opportunity, to_won : columns `days` (at least 0) and `n`, how many took that long. `n`
        may be a fraction: with censored times, the steps of the conditional cumulative
        incidence times the number that made it.

    Raises
    ------
    ValueError
        If days or counts are negative, or nobody made the step.
    """

    to_opportunity: pd.DataFrame | None = None
    to_won: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        for lags in (self.to_opportunity, self.to_won):
            if lags is not None and not (
                lags[["days", "n"]].ge(0).to_numpy().all() and lags["n"].sum() > 0
            ):
                raise ValueError("lags have days and n of at least 0, and some n above 0")


def landing(lags: Lags, kind: Kind, period: float) -> Posterior:
    """Return the share of what will come of the period's MQLs that comes within the period.

    MQLs arrive evenly over the period, so one with a lag of d days out of T lands in time with
    probability max(0, 1 - d/T). Mean and variance are those of the Bayesian bootstrap (Rubin
    1981) over the observed lags, in closed form; the two steps are taken as independent.
    """
    first, second = _steps(lags, kind)
    days = first.days[:, None] + second.days[None, :]
    table = np.clip(1 - days / period, 0, None)
    by_first, by_second = table @ second.weights, first.weights @ table
    mean = float(first.weights @ by_first)
    rest = table - by_first[:, None] - by_second[None, :] + mean
    variance = (
        first.weights @ (by_first - mean) ** 2 / (first.n + 1)
        + second.weights @ (by_second - mean) ** 2 / (second.n + 1)
        + first.weights @ rest**2 @ second.weights / ((first.n + 1) * (second.n + 1))
    )
    return Posterior(mean, float(variance))


def landed_by(lags: Lags, kind: Kind, period: float, days: ArrayLike) -> FloatArray:
    """Return the expected share of the period's MQLs whose value has landed by each day."""
    first, second = _steps(lags, kind)
    lag = first.days[:, None] + second.days[None, :]
    by = np.asarray(days, float)[:, None, None]
    table = np.clip(by - lag, 0, None) / period
    return np.asarray(first.weights @ table @ second.weights)


def share_come(lags: Lags, kind: Kind, ages: ArrayLike) -> FloatArray:
    """Return the share of what leads will bring that has landed at each age, in days."""
    first, last = _steps(lags, kind)
    left = np.asarray(ages, float)[:, None] - first.days
    return np.asarray(come_by(last, left) @ first.weights)


def come_by(step: Step, days: ArrayLike) -> FloatArray:
    """Return the share of those that make a step that have made it after so many days."""
    shares = np.concatenate([[0.0], np.cumsum(step.weights)])
    return np.asarray(shares[np.searchsorted(step.days, np.asarray(days, float), side="right")])


def first_step(lags: Lags) -> Step:
    """Return the step to the opportunity."""
    return _step(lags.to_opportunity)


def last_step(lags: Lags, kind: Kind) -> Step:
    """Return the step from the opportunity to what counts; none for a pipeline."""
    return _step(lags.to_won if kind == "revenue" else None)


class Step(NamedTuple):
    """How long a step takes: days, ascending, with their shares, of ``n`` that made it."""

    days: FloatArray
    weights: FloatArray
    n: float


def _steps(lags: Lags, kind: Kind) -> tuple[Step, Step]:
    """Return the lags of both steps; pipeline ends with the first."""
    return first_step(lags), last_step(lags, kind)


def _step(lags: pd.DataFrame | None) -> Step:
    if lags is None:
        return Step(np.zeros(1), np.ones(1), 1.0)
    counts = lags.groupby("days")["n"].sum()
    n = counts.to_numpy(dtype=float)
    return Step(counts.index.to_numpy(dtype=float), n / n.sum(), float(n.sum()))
