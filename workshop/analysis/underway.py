"""What the leads that are already on their way when a period begins still bring in it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workshop.analysis.landing import Kind, Lags, come_by, first_step, last_step
from workshop.analysis.posterior import FloatArray
from workshop.analysis.simulate import Simulation

# Leads are drawn together with those that entered within the same days.
_TOGETHER_DAYS = 7


class Ahead(NamedTuple):
    """Of leads that will become a deal: which share did so by now, and which will by each day.

    ``come`` has an element an age: the share with an opportunity by then. ``ahead`` has a row an
    age and a column a day: the share without one, whose value lands by that day.
    """

    come: FloatArray
    ahead: FloatArray


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


def expected(simulation: Simulation, waiting: pd.DataFrame, by: ArrayLike) -> FloatArray:
    """Return the deals that these leads are expected to bring by each day; see `drawn`."""
    plan = simulation.plan
    rate = float(simulation.qualification.mean())
    win = float(simulation.win.mean()) if plan.goal.kind == "revenue" else 1.0
    found = ahead(plan.lags, plan.goal.kind, waiting["days"], by)
    each = win * rate * found.ahead / (1 - rate * found.come)[:, None]
    return np.asarray(waiting["leads"].to_numpy(float) @ each)


def drawn(
    simulation: Simulation, waiting: pd.DataFrame, ends: FloatArray, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw the deals that leads on their way bring between one day and the next.

    A lead of some age becomes an opportunity with the probability that is left to it: of those
    that never will, and of those that will, only the ones that have not yet.

    Parameters
    ----------
    waiting : columns `days` (since it entered, at the end of the day before the first) and
        `leads`, without an opportunity yet.
    ends : days, ascending.

    Returns
    -------
    NDArray[np.int64]
        Deals, draws x days.
    """
    plan, rate = simulation.plan, simulation.qualification
    if waiting.empty:
        return np.zeros((len(rate), len(ends)), np.int64)
    found = ahead(plan.lags, plan.goal.kind, waiting["days"], ends)
    leads = waiting["leads"].to_numpy(float)
    _, group = np.unique(waiting["days"].to_numpy() // _TOGETHER_DAYS, return_inverse=True)
    size = np.bincount(group, leads)
    come = np.bincount(group, leads * found.come) / size
    weekly = np.diff(found.ahead, axis=1, prepend=0.0)
    part = np.stack([np.bincount(group, leads * column) / size for column in weekly.T], axis=1)
    chance = rate[:, None] / (1 - rate[:, None] * come)
    if plan.goal.kind == "revenue":
        chance = chance * simulation.win[:, None]
    each = chance[:, :, None] * part
    rest = np.clip(1 - each.sum(axis=2, keepdims=True), 0, 1)
    counts = rng.multinomial(size.astype(np.int64), np.concatenate([each, rest], axis=2))
    return np.asarray(counts[:, :, :-1].sum(axis=1))
