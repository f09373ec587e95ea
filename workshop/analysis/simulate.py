"""Draw what a plan may bring, once, so that any number of MQLs is judged on the same draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from workshop.analysis.landing import Kind, landing
from workshop.analysis.plan import Plan, Values
from workshop.analysis.posterior import FloatArray
from workshop.analysis.underway import Chances, drawn

# Where fewer deals are needed than this, on average, their values are added one by one. The sum
# of more is as good as known from three moments, and skewed values take longer to get there.
_LEAST_ADDED, _MOST_ADDED = 100, 2000
# Open deals that are won or not one by one: those that matter most. The rest is one normal sum.
_SINGLE_OPEN = 200


class Estimate(NamedTuple):
    """A simulated probability with its Monte Carlo standard error."""

    probability: float
    standard_error: float


@dataclass(frozen=True, eq=False)
class Simulation:
    """Hold a plan's draws: every array has one element a draw.

    Parameters
    ----------
    seed : what the draws came from.
    qualification, win, landing : draws of the two rates and of the share that lands in time.
    worth : draws of the true mean deal, as a multiple of the mean in the history.
    missing : money that deals from MQLs must bring, those of before the period included.
    deals : how many deals that takes.
    earlier : how many of them MQLs of before the period bring.
    """

    plan: Plan
    seed: int
    qualification: FloatArray
    win: FloatArray
    landing: FloatArray
    worth: FloatArray
    missing: FloatArray
    deals: FloatArray
    earlier: FloatArray

    @property
    def left(self) -> FloatArray:
        """The deals that MQLs of the period itself must bring."""
        return np.clip(self.deals - self.earlier, 0, None)

    @property
    def chances(self) -> Chances:
        """The draws of both rates."""
        return Chances(self.qualification, self.win)

    @property
    def chance(self) -> FloatArray:
        """The probability that one MQL brings a deal that counts."""
        opportunity = self.qualification * self.landing
        return opportunity if self.plan.goal.kind == "pipeline" else opportunity * self.win


def simulate(plan: Plan, *, draws: int = 10_000, seed: int | np.random.Generator) -> Simulation:
    """Draw rates, timing, open deals and deal values for a plan.

    Rates, timing and the mean deal are stratified over what is known of them, one draw from each
    of as many equally probable slices (Latin hypercube, McKay and others 1979), which takes most
    of the noise out of the answers.

    Raises
    ------
    ValueError
        If draws is below 1.
    """
    if draws < 1:
        raise ValueError(f"draws is at least 1, not {draws}")
    root = int(np.random.default_rng(seed).integers(2**62))
    rng = np.random.default_rng([root, 0])
    levels = [(rng.permutation(draws) + rng.random(draws)) / draws for _ in range(4)]
    goal = plan.goal
    opened = open_value(plan.open_deals, draws, root, np.array([float(goal.days)]))
    missing = goal.baseline + goal.target - opened[:, 0]
    worth = plan.values.mean_quantile(levels[3]) / plan.values.mean
    chances = Chances(
        plan.rates.qualification.quantile(levels[0]), plan.rates.win.quantile(levels[1])
    )
    return Simulation(
        plan=plan,
        seed=root,
        **chances._asdict(),
        landing=landing(plan.lags, goal.kind, goal.days).quantile(levels[2]),
        worth=worth,
        missing=missing,
        # Every deal worth f times as much is as good as 1/f of the money missing.
        deals=deals_needed(plan.values, missing / worth, root),
        earlier=of_earlier(plan, chances, goal.kind, root),
    )


def of_earlier(plan: Plan, chances: Chances, kind: Kind, seed: int) -> FloatArray:
    """Draw the deals that MQLs of before the period bring in it, for these rates."""
    if plan.earlier is None:
        return np.zeros(len(chances.qualification))
    found = drawn(plan.earlier, plan.lags, kind, chances, [plan.goal.days], seed)
    return np.asarray(found[:, 0], float)


def with_chances(simulation: Simulation, chances: Chances) -> Simulation:
    """Put other draws of the two rates in place, for MQLs of the period and of before it."""
    plan = simulation.plan
    earlier = of_earlier(plan, chances, plan.goal.kind, simulation.seed)
    return replace(simulation, **chances._asdict(), earlier=earlier)


def retarget(simulation: Simulation, target: float) -> Simulation:
    """Aim the same draws at another target: what the same seed gives for it, but for rounding.

    Only the deals that it takes are worked out again, so a hand that moves the target can be
    followed.

    Raises
    ------
    ValueError
        If the target is not above 0.
    """
    plan = simulation.plan
    missing = simulation.missing + (target - plan.goal.target)
    return replace(
        simulation,
        plan=replace(plan, goal=replace(plan.goal, target=target)),
        missing=missing,
        deals=deals_needed(plan.values, missing / simulation.worth, simulation.seed),
    )


def with_rate(simulation: Simulation, rate: float) -> Simulation:
    """Put another mean in place of the history's: of the share that a pipeline or revenue rests on.

    For a pipeline that is the share of MQLs that become an opportunity, for revenue the win rate.
    What is uncertain about it stays in proportion; the history's own mean changes nothing.

    Raises
    ------
    ValueError
        If the rate is not above 0 and at most 1.
    """
    if not 0 < rate <= 1:
        raise ValueError(f"a rate is above 0 and at most 1, not {rate}")
    rates, qualification, win = simulation.plan.rates, simulation.qualification, simulation.win
    if simulation.plan.goal.kind == "pipeline":
        qualification = np.clip(qualification * rate / rates.qualification.mean, 0, 1)
    else:
        win = np.clip(win * rate / rates.win.mean, 0, 1)
    return with_chances(simulation, Chances(qualification, win))


def probability(simulation: Simulation, mqls: float) -> Estimate:
    """Return the probability that this many MQLs reach the goal.

    Given a draw's rates and the deals it takes, the number of deals is binomial, and its tail
    is the regularised incomplete beta function: no need to draw it, and more MQLs never give
    less. The standard error leaves out what stratifying saves, so it is an upper bound.

    Raises
    ------
    ValueError
        If mqls is negative.
    """
    if mqls < 0:
        raise ValueError(f"mqls is at least 0, not {mqls}")
    deals = simulation.left
    possible = (deals >= 1) & (deals <= mqls)
    wins = np.where(possible, deals, 1.0)
    losses = np.where(possible, mqls - deals + 1, 1.0)
    tail = special.betainc(wins, losses, simulation.chance)
    reached = np.where(possible, tail, np.where(deals < 1, 1.0, 0.0))
    return Estimate(float(reached.mean()), float(reached.std() / np.sqrt(len(reached))))


def deals_needed(values: Values, missing: FloatArray, seed: int) -> FloatArray:
    """Count, in each draw, the deals whose values together first cover what is missing.

    The same seed gives the same deals in the same order, so that moving the target re-draws
    nothing.
    """
    # Money is added up in floating point: twelve times 1,000 is 12,000, give or take nothing.
    missing = missing * (1 - 1e-9)
    rng = np.random.default_rng([seed, 1])
    spread = rng.standard_normal(len(missing))
    limit = np.clip(4 * values.skewness**2, _LEAST_ADDED, _MOST_ADDED)
    added = int(2 * limit) if np.median(missing) < limit * values.mean else 0
    needed = np.where(missing <= 0, 0.0, np.inf)
    total = np.zeros(len(missing))
    for number in range(1, added + 1):
        pending = np.isinf(needed)
        if not pending.any():
            return needed
        total += values.draw(rng, len(missing))
        needed[pending & (total >= missing)] = number
    rest = added + _deals_by_moments(values, missing - total, spread)
    return np.where(np.isinf(needed), rest, needed)


def _deals_by_moments(values: Values, missing: FloatArray, spread: FloatArray) -> FloatArray:
    """Count deals by the quantile of their sum (Cornish and Fisher 1938, to the third moment).

    The sum of k values has the quantile k m + s z sqrt(k) + s g (z^2 - 1) / 6 with mean m,
    deviation s and skewness g of one value: a quadratic in sqrt(k).
    """
    deviation = values.mean * values.cv
    skewed = missing - deviation * values.skewness * (spread**2 - 1) / 6
    slope = deviation * spread
    root = (np.sqrt(slope**2 + 4 * values.mean * np.clip(skewed, 0, None)) - slope) / 2
    return np.clip(np.ceil((root / values.mean) ** 2), 1, None)


def open_value(
    deals: pd.DataFrame | None,
    draws: int,
    seed: int,
    ends: FloatArray,
    shares: FloatArray | None = None,
) -> FloatArray:
    """Draw the value won between one day and the next from deals that are open today.

    Parameters
    ----------
    deals : columns `probability`, of being won by the last of the days, and `amount`.
    ends : days, ascending, that split the period.
    shares : the share of what is won in all that is won by each of the days; any day alike unless
        given.

    Returns
    -------
    FloatArray
        Money, draws x days.
    """
    if deals is None:
        return np.zeros((draws, len(ends)))
    rng = np.random.default_rng([seed, 2])
    chance = deals["probability"].to_numpy(dtype=float)
    amount = deals["amount"].to_numpy(dtype=float)
    variance = chance * (1 - chance) * amount**2
    order = np.lexsort((chance, amount, -variance))
    single, rest = order[:_SINGLE_OPEN], order[_SINGLE_OPEN:]
    draw, deal = np.nonzero(rng.random((draws, len(single)), np.float32) < chance[single])
    by_then = ends / ends[-1] if shares is None else shares
    part = np.searchsorted(by_then[:-1], rng.random(len(draw)))
    won = np.bincount(
        draw * len(ends) + part, weights=amount[single][deal], minlength=draws * len(ends)
    ).reshape(draws, len(ends))
    each = np.diff(by_then, prepend=0.0)
    spread = np.sqrt(variance[rest].sum() * each) * rng.standard_normal((draws, len(ends)))
    return np.asarray(won + np.clip(chance[rest] @ amount[rest] * each + spread, 0, None))
