"""The probability of a goal, the MQLs it takes, and who holds which lever."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from workshop.analysis.landing import landing
from workshop.analysis.posterior import FloatArray
from workshop.analysis.simulate import (
    Simulation,
    deals_needed,
    of_earlier,
    probability,
    with_chances,
)
from workshop.analysis.underway import expected

WANTED = 0.8

_STEPS = np.array([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10])
# More MQLs than this are out of anybody's reach.
_MOST_MQLS = 10**8


class Answer(NamedTuple):
    """Hold what a simulation says of its goal: see `curve`, `needed` and so on."""

    rows: pd.DataFrame
    needed_at_80: int | None
    sensitivity: pd.DataFrame
    commitments: pd.DataFrame


def answer(
    simulation: Simulation,
    *,
    mqls: int | None = None,
    volumes: Iterable[int] | None = None,
    stage: str | None = None,
) -> Answer:
    """Answer for a planned number of MQLs; by default the number needed at 80%.

    Where no number reaches 80%, the largest volume of the rows stands in for it.
    """
    rows = curve(simulation, volumes)
    needed_at_80 = needed(simulation)
    fallback = int(rows["mqls"].max()) if needed_at_80 is None else needed_at_80
    planned = fallback if mqls is None else mqls
    return Answer(
        rows,
        needed_at_80,
        sensitivity(simulation, planned),
        commitments(simulation, planned, stage),
    )


def curve(simulation: Simulation, volumes: Iterable[int] | None = None) -> pd.DataFrame:
    """Return the probability of the goal against the number of MQLs.

    Returns
    -------
    DataFrame
        Sorted by `mqls` (all MQLs of the period), with `probability`, which never falls, and its
        Monte Carlo `standard_error`. 12 volumes in round steps unless given.
    """
    wanted = default_volumes(simulation) if volumes is None else sorted(set(volumes))
    estimates = [probability(simulation, mqls) for mqls in wanted]
    return pd.DataFrame(
        {
            "mqls": np.array(wanted, dtype=np.int64),
            "probability": [estimate.probability for estimate in estimates],
            "standard_error": [estimate.standard_error for estimate in estimates],
        }
    )


def default_volumes(simulation: Simulation) -> list[int]:
    """Choose 12 volumes in equal round steps to twice what plain multiplication asks for."""
    mqls = float(np.median(_mqls_on_average(simulation)))
    twelfth = max(2 * mqls / 12, 1.0) if np.isfinite(mqls) else 1.0
    scale = 10 ** np.floor(np.log10(twelfth))
    step = int(np.ceil(scale * _STEPS[np.searchsorted(_STEPS, twelfth / scale - 1e-9)]))
    return [step * number for number in range(1, 13)]


def needed(simulation: Simulation, wanted: float = WANTED) -> int | None:
    """Return the fewest MQLs that reach the goal with the wanted probability, None if none do.

    Raises
    ------
    ValueError
        If wanted is not between 0 and 1.
    """
    if not 0 < wanted < 1:
        raise ValueError(f"a wanted probability lies between 0 and 1: {wanted}")
    near = float(np.quantile(_mqls_on_average(simulation), wanted, method="higher"))
    if near > _MOST_MQLS:
        return None
    # A draw's average is close to its quantile: the answer lies near, seldom beyond 5%.
    low, high = int(0.95 * near), int(1.05 * near) + 1
    while probability(simulation, high).probability < wanted:
        low, high = high, 2 * high
    while low > 0 and probability(simulation, low).probability >= wanted:
        low, high = low // 2, low
    return _bisect(lambda mqls: probability(simulation, mqls).probability >= wanted, low, high)


def sensitivity(simulation: Simulation, mqls: int) -> pd.DataFrame:
    """Move one lever at a time from the 10th to the 90th percentile of what is known of it.

    The other levers stay as uncertain as they are. Volume: the Poisson rate behind the history's
    MQLs (Jeffreys), scaled to the plan. Value: the mean deal. Timing: the share that lands
    within the period.

    Returns
    -------
    DataFrame
        A row a lever, the one that moves the goal most first: `lever` (volume,
        qualification_rate, win_rate, value, timing), its `low` and `high` (MQLs, fractions,
        money, fraction), and the goal's `probability_low` and `probability_high` there. A lever
        that does nothing has its row too: the win rate of a pipeline goal.
    """
    rows = []
    for lever, (bounds, moved) in _levers(simulation, mqls).items():
        reached = [moved(float(bound)) for bound in bounds]
        rows.append((lever, *bounds, *reached))
    columns = ["lever", "low", "high", "probability_low", "probability_high"]
    table = pd.DataFrame(rows, columns=columns)
    reach = table["probability_high"] - table["probability_low"]
    return table.iloc[np.argsort(-reach.to_numpy(), kind="stable")].reset_index(drop=True)


def commitments(simulation: Simulation, mqls: int, stage: str | None = None) -> pd.DataFrame:
    """Return what each team owes for the goal at this many MQLs.

    Returns
    -------
    DataFrame
        `team`, `measure` (marketing: `opportunities` created within the period, up to `stage`,
        also from MQLs of before it; sales: `win_rate`), `stage`, `expected`, and the 95% bounds
        `low` and `high`: for the number what rate, timing and chance leave open, for the rate its
        posterior.
    """
    plan = simulation.plan
    in_time = landing(plan.lags, "pipeline", plan.goal.days)
    rng = np.random.default_rng([simulation.seed, 3])
    share = simulation.qualification * in_time.quantile(rng.random(len(simulation.qualification)))
    chances = simulation.chances
    carried = of_earlier(plan, chances, "pipeline", simulation.seed)
    made = np.quantile(rng.binomial(mqls, share) + carried, [0.025, 0.975])
    win = plan.rates.win
    won = win.quantile([0.025, 0.975])
    likely = mqls * plan.rates.qualification.mean * in_time.mean
    if plan.earlier is not None:
        by = [plan.goal.days]
        likely += float(expected(plan.earlier, plan.lags, "pipeline", chances, by)[0])
    return pd.DataFrame(
        [
            ("marketing", "opportunities", stage, likely, *made),
            ("sales", "win_rate", None, win.mean, *won),
        ],
        columns=["team", "measure", "stage", "expected", "low", "high"],
    )


Moved = Callable[[float], float]


def _levers(simulation: Simulation, mqls: int) -> dict[str, tuple[FloatArray, Moved]]:
    """Return each lever's bounds, and the probability of the goal with it held at a value."""
    plan, ends = simulation.plan, [0.1, 0.9]
    history, draws = plan.rates.mqls, len(simulation.deals)
    volume = mqls * special.gammaincinv(history + 0.5, ends) / history

    def held(hold: Callable[[FloatArray], Simulation]) -> Moved:
        return lambda bound: probability(hold(np.full(draws, bound)), mqls).probability

    def at(**rates: FloatArray) -> Simulation:
        return with_chances(simulation, simulation.chances._replace(**rates))

    def worth(mean: float) -> float:
        missing = simulation.missing * plan.values.mean / mean
        deals = deals_needed(plan.values, missing, simulation.seed)
        return probability(replace(simulation, deals=deals), mqls).probability

    return {
        "volume": (volume, lambda bound: probability(simulation, bound).probability),
        "qualification_rate": (
            plan.rates.qualification.quantile(ends),
            held(lambda x: at(qualification=x)),
        ),
        "win_rate": (plan.rates.win.quantile(ends), held(lambda x: at(win=x))),
        "value": (plan.values.mean_quantile(ends), worth),
        "timing": (
            landing(plan.lags, plan.goal.kind, plan.goal.days).quantile(ends),
            held(lambda x: replace(simulation, landing=x)),
        ),
    }


def _mqls_on_average(simulation: Simulation) -> FloatArray:
    """Return the MQLs that a draw's deals take on average; infinite where none suffice."""
    deals, chance = simulation.left, simulation.chance
    never = np.where(deals == 0, 0.0, np.inf)
    return np.divide(deals, chance, out=never, where=(deals > 0) & (chance > 0))


def _bisect(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the first number from low to high at which a monotone condition holds."""
    if low == 0 and holds(0):
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
