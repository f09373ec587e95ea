"""What the leads of before a period still bring in it: on their way, or yet to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workshop.analysis.landing import Kind, Lags, come_by, first_step, last_step, share_come
from workshop.analysis.posterior import FloatArray

# Leads are drawn together with those that entered within the same days.
_TOGETHER_DAYS = 7


@dataclass(frozen=True, eq=False)
class Earlier:
    """Hold the leads of before a period: those on their way by a day, and those to come after it.

    Parameters
    ----------
    waiting : columns `days` (since it entered, at the end of the day) and `leads`, without an
        opportunity yet.
    wait : days from that day until the eve of the period, in which others arrive.
    arrived, over : how many arrived in history, and in how many days.
    pattern : columns `days` (before the eve of the period, from 0) and `leads`: on which days of
        the wait they arrive, in proportion; evenly unless given.

    Raises
    ------
    ValueError
        If the wait or the arrivals are below 0, or history has no day.
    """

    waiting: pd.DataFrame
    wait: int = 0
    arrived: int = 0
    over: int = 1
    pattern: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        if self.wait < 0 or self.arrived < 0 or self.over < 1:
            raise ValueError(
                "a wait and arrivals of at least 0, over at least 1 day: "
                f"{self.wait}, {self.arrived}, {self.over}"
            )

    @property
    def arriving(self) -> float:
        """How many leads are expected to arrive before the period begins."""
        return (self.arrived + 0.5) / self.over * self.wait


class Ahead(NamedTuple):
    """Of leads that will become a deal: which share did so by now, and which will by each day.

    ``come`` has an element an age: the share with an opportunity by then. ``ahead`` has a row an
    age and a column a day: the share without one, whose value lands by that day.
    """

    come: FloatArray
    ahead: FloatArray


class Chances(NamedTuple):
    """The share of leads that become an opportunity, and of those that are won: one a draw.

    Only a revenue goal asks for the latter.
    """

    qualification: FloatArray
    win: FloatArray

    def of(self, kind: Kind) -> FloatArray:
        """Return the share of leads that bring a deal that counts."""
        return self.qualification if kind == "pipeline" else self.qualification * self.win


def ahead(lags: Lags, kind: Kind, ages: ArrayLike, ends: ArrayLike) -> Ahead:
    """Return what leads of some ages (days) have brought, and what they bring by later days.

    Ages are counted at the end of a day; ``ends`` in days from there.
    """
    first, second = first_step(lags), last_step(lags, kind)
    age = np.asarray(ages, float)[:, None]
    still = first.days[None, :] > age
    come = np.where(still, 0.0, first.weights).sum(axis=1)
    left = age[:, :, None] + np.asarray(ends, float)[None, :, None] - first.days
    by_then = come_by(second, left) * np.where(still, first.weights, 0.0)[:, None, :]
    return Ahead(come, by_then.sum(axis=2))


def drawn(
    earlier: Earlier, lags: Lags, kind: Kind, chances: Chances, ends: ArrayLike, seed: int
) -> NDArray[np.int64]:
    """Draw the deals that leads of before a period bring in it, between one day and the next.

    A lead of some age becomes an opportunity with the probability that is left to it: of those
    that never will, and of those that will, only the ones that have not yet. Leads that are yet to
    arrive do so independently, at the rate of history as far as that is known (Jeffreys' prior).

    Parameters
    ----------
    ends : days of the period, ascending.

    Returns
    -------
    NDArray[np.int64]
        Deals, draws x days.
    """
    rng = np.random.default_rng([seed, 5])
    by, each = np.asarray(ends, float), chances.of(kind)
    found = np.zeros((len(each), len(by)), np.int64)
    if not earlier.waiting.empty:
        come, landing = _waiting_parts(earlier, lags, kind, by)
        found += _of_waiting(earlier.waiting, come, landing, chances.qualification, each, rng)
    if earlier.wait:
        a_day = rng.gamma(earlier.arrived + 0.5, 1 / earlier.over, len(each))
        parts = _arriving_parts(earlier, lags, kind, by)
        found += rng.poisson((a_day * earlier.wait * each)[:, None] * parts)
    return found


def expected(
    earlier: Earlier, lags: Lags, kind: Kind, chances: Chances, by: ArrayLike
) -> FloatArray:
    """Return the deals that these leads are expected to bring by each day; see `drawn`."""
    days = np.asarray(by, float)
    rate, each = float(chances.qualification.mean()), float(chances.of(kind).mean())
    parts = _arriving_parts(earlier, lags, kind, days)
    total = earlier.arriving * each * parts.cumsum()
    if earlier.waiting.empty:
        return np.asarray(total)
    come, landing = _waiting_parts(earlier, lags, kind, days)
    one = each * landing.cumsum(axis=1) / (1 - rate * come)[:, None]
    return np.asarray(total + earlier.waiting["leads"].to_numpy(float) @ one)


def _waiting_parts(
    earlier: Earlier, lags: Lags, kind: Kind, ends: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the share come, and the share that lands up to each day of the period, by age."""
    days = np.concatenate([[0.0], ends]) + earlier.wait
    found = ahead(lags, kind, earlier.waiting["days"], days)
    return found.come, np.diff(found.ahead, axis=1)


def _arriving_parts(earlier: Earlier, lags: Lags, kind: Kind, ends: FloatArray) -> FloatArray:
    """Return the share that lands up to each day of the period, on average over the arrivals."""
    if not earlier.wait:
        return np.zeros(len(ends))
    even = pd.DataFrame({"days": np.arange(earlier.wait), "leads": 1.0})
    arriving = even if earlier.pattern is None else earlier.pattern
    days = arriving["days"].to_numpy(float)[:, None] + np.concatenate([[0.0], ends])
    come = share_come(lags, kind, days.ravel()).reshape(days.shape)
    return np.average(np.diff(come, axis=1), axis=0, weights=arriving["leads"].to_numpy(float))


def _of_waiting(
    waiting: pd.DataFrame,
    come: FloatArray,
    landing: FloatArray,
    rate: FloatArray,
    each: FloatArray,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw what leads on their way bring, of some days of age together; see `_waiting_parts`."""
    leads = waiting["leads"].to_numpy(float)
    _, group = np.unique(waiting["days"].to_numpy() // _TOGETHER_DAYS, return_inverse=True)
    size = np.bincount(group, leads)
    come = np.bincount(group, leads * come) / size
    part = np.stack([np.bincount(group, leads * column) / size for column in landing.T], axis=1)
    chance = (each[:, None] / (1 - rate[:, None] * come))[:, :, None] * part
    rest = np.clip(1 - chance.sum(axis=2, keepdims=True), 0, 1)
    counts = rng.multinomial(size.astype(np.int64), np.concatenate([chance, rest], axis=2))
    return np.asarray(counts[:, :, :-1].sum(axis=1))
