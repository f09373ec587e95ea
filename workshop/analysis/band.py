"""The band that a period's weekly figures stay within, all of them at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workshop.analysis.landing import landed_by
from workshop.analysis.plan import Values
from workshop.analysis.posterior import FloatArray
from workshop.analysis.simulate import Simulation, open_value
from workshop.analysis.underway import drawn

# Up to this many deals their values are added one by one.
_ADDED_DEALS = 160


def week_ends(days: int) -> FloatArray:
    """Return the days at which the weeks of a period end; the last one ends with it.

    Up to three days that are left over belong to the last week.

    >>> week_ends(30).tolist(), week_ends(32).tolist()
    ([7.0, 14.0, 21.0, 30.0], [7.0, 14.0, 21.0, 28.0, 32.0])
    """
    weeks = max((days + 3) // 7, 1)
    return np.append(7.0 * np.arange(1, weeks), days)


def weekly_paths(
    simulation: Simulation,
    mqls: int,
    open_shares: FloatArray | None = None,
) -> FloatArray:
    """Draw the cumulative value at the end of each week, for a planned number of MQLs.

    MQLs arrive evenly over the period; those of before it are the plan's. The weeks are those of
    `week_ends`.

    Parameters
    ----------
    open_shares : the share of what open deals bring that has come by the end of each week; any
        day alike unless given.

    Returns
    -------
    FloatArray
        Money, draws x weeks: what new, earlier and open deals bring, the baseline not taken off.

    Raises
    ------
    ValueError
        If mqls is negative.
    """
    if mqls < 0:
        raise ValueError(f"mqls is at least 0, not {mqls}")
    plan, draws = simulation.plan, len(simulation.deals)
    rng = np.random.default_rng([simulation.seed, 4])
    ends = week_ends(plan.goal.days)
    landed = landed_by(plan.lags, plan.goal.kind, plan.goal.days, ends)
    weekly = np.diff(landed, prepend=0.0) / (landed[-1] or 1.0)
    chances = simulation.chance[:, None] * weekly
    rest = np.clip(1 - chances.sum(axis=1, keepdims=True), 0, 1)
    counts = rng.multinomial(mqls, np.hstack([chances, rest]))[:, :-1]
    if plan.earlier is not None:
        counts = counts + drawn(
            plan.earlier, plan.lags, plan.goal.kind, simulation.chances, ends, simulation.seed
        )
    opened = open_value(plan.open_deals, draws, simulation.seed, ends, open_shares)
    value = simulation.worth[:, None] * _value(plan.values, counts, rng)
    return np.asarray(value + opened.cumsum(axis=1))


def simultaneous_band(paths: FloatArray, level: float = 0.8) -> pd.DataFrame:
    """Return the band that holds whole paths with at least the given probability.

    A path is as deep as its least central week: its rank there, counted from the nearer side.
    The band is the envelope, week by week, of the deepest share of the paths, so that one rank
    holds for all weeks (the global rank envelope of Myllymäki and others 2017). It suits skewed
    and discrete figures, and a week in which nothing varies.

    Parameters
    ----------
    paths : draws x weeks.
    level : the probability of leaving the band in none of the weeks.

    Returns
    -------
    DataFrame
        `week` (from 1), `low`, `median` and `high`, in the unit of the paths.

    Raises
    ------
    ValueError
        If there is no path, or the level is not between 0 and 1.

    Examples
    --------
    >>> steps = np.repeat(np.arange(10.0)[:, None], 3, axis=1)
    >>> simultaneous_band(steps)[["low", "high"]].iloc[0].tolist()
    [1.0, 8.0]
    """
    if paths.size == 0 or not 0 < level < 1:
        raise ValueError(f"a band needs paths and a level between 0 and 1: {paths.shape}, {level}")
    draws = len(paths)
    ordered = np.sort(paths, axis=0)
    depth = np.min([_depth(ordered[:, w], paths[:, w]) for w in range(paths.shape[1])], axis=0)
    # The rank that at least the wanted share of the paths reaches in every week.
    rank = int(np.sort(depth)[draws - int(np.ceil(level * draws - 1e-9))])
    return pd.DataFrame(
        {
            "week": np.arange(1, paths.shape[1] + 1),
            "low": ordered[rank - 1],
            "median": np.median(paths, axis=0),
            "high": ordered[draws - rank],
        }
    )


def alarms(band: pd.DataFrame, actual: pd.DataFrame) -> pd.DataFrame:
    """Hold the weeks so far against the band.

    Parameters
    ----------
    band : as from `simultaneous_band`.
    actual : columns `week` and `value`, cumulative, in the band's unit.

    Returns
    -------
    DataFrame
        Sorted by `week`, with `value`, `low`, `high` and `alarm`: `below` or `above` the band,
        or `within` it.
    """
    table = actual[["week", "value"]].merge(band[["week", "low", "high"]], on="week")
    below, above = table["value"] < table["low"], table["value"] > table["high"]
    alarm = np.select([below, above], ["below", "above"], "within")
    return table.assign(alarm=alarm).sort_values("week", ignore_index=True)


def _depth(ordered: FloatArray, values: FloatArray) -> NDArray[np.int64]:
    """Rank values from the nearer end; equal values share the deeper rank."""
    from_below = np.searchsorted(ordered, values, side="right")
    from_above = len(ordered) - np.searchsorted(ordered, values, side="left")
    return np.minimum(from_below, from_above)


def _value(values: Values, counts: NDArray[np.int64], rng: np.random.Generator) -> FloatArray:
    """Draw the cumulative value of the deals counted in each week."""
    running = counts.cumsum(axis=1)
    most = int(running.max())
    if most <= _ADDED_DEALS:
        single = [values.draw(rng, len(counts)) for _ in range(most)]
        totals = np.cumsum([np.zeros(len(counts)), *single], axis=0)
        return np.take_along_axis(totals, running.T, axis=0).T
    if values.cv == 0:
        return values.mean * running
    # Sums of many deals: a gamma with their mean and variance, which adds up over the weeks.
    shape = counts / values.cv**2
    return rng.gamma(shape, values.mean * values.cv**2).cumsum(axis=1)
