"""The gap between plan and result, split over what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from itertools import product

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Factors:
    """Hold what a period's value is the product of.

    Parameters
    ----------
    volume : MQLs.
    rate : deals that count, an MQL.
    value : money, a deal.
    timing : share of that value that lands by the day looked at.
    """

    volume: float
    rate: float
    value: float
    timing: float

    @property
    def worth(self) -> float:
        """Volume x rate x value x timing, in money."""
        return self.volume * self.rate * self.value * self.timing


FACTORS = tuple(field.name for field in fields(Factors))
# The share of the 4! orders in which a factor moves right after 0, 1, 2 or 3 others.
_WEIGHTS = (1 / 4, 1 / 12, 1 / 12, 1 / 4)


def split(
    planned: Factors,
    actual: Factors,
    worth: Callable[[Factors], float] = lambda factors: factors.worth,
) -> pd.DataFrame:
    """Split actual minus planned worth over the factors by Shapley values (Shapley 1953).

    A factor's part is what moving it from planned to actual changes, on average over the 24
    orders in which the four can be moved. The parts add up to the gap, and a factor that is as
    planned has part 0.

    Parameters
    ----------
    actual : a factor that cannot be seen yet (the rate of no MQLs) is NaN and counts as planned.
    worth : what a combination is worth, in money; the product unless given.

    Returns
    -------
    DataFrame
        A row a factor: `factor`, `planned`, `actual`, `part` (money, negative for a shortfall).

    Raises
    ------
    ValueError
        If a planned factor is NaN.

    Examples
    --------
    >>> plan, result = Factors(500, 0.04, 25_000, 1.0), Factors(400, 0.04, 25_000, 0.5)
    >>> split(plan, result)["part"].round().tolist()
    [-75000.0, 0.0, 0.0, -225000.0]
    """
    before, after = astuple(planned), astuple(actual)
    if np.isnan(before).any():
        raise ValueError(f"every planned factor has a value: {planned}")
    seen = np.where(np.isnan(after), before, after)
    moved = {
        chosen: worth(Factors(*np.where(chosen, seen, before).tolist()))
        for chosen in product((False, True), repeat=len(FACTORS))
    }
    return pd.DataFrame(
        {
            "factor": FACTORS,
            "planned": before,
            "actual": after,
            "part": [_part(place, moved) for place in range(len(FACTORS))],
        }
    )


def adding_up(parts: pd.Series[float], total: float, decimals: int = 2) -> pd.Series[float]:
    """Round parts so that they add up to the rounded total.

    Each is rounded down, and those that lost most by it go up again (largest remainders).

    Raises
    ------
    ValueError
        If the parts do not add up to the total but for rounding.

    >>> adding_up(pd.Series([1 / 3, 1 / 3, 1 / 3]), 1.0).tolist()
    [0.34, 0.33, 0.33]
    """
    scaled = parts * 10**decimals
    left = round(total * 10**decimals) - int(np.floor(scaled).sum())
    if not 0 <= left <= len(parts):
        raise ValueError(f"parts of {parts.sum()} do not add up to {total}")
    most = (scaled - np.floor(scaled)).sort_values(ascending=False, kind="stable").index[:left]
    up = pd.Series(scaled.index.isin(most), index=scaled.index)
    rounded: pd.Series[float] = (np.floor(scaled) + up) / 10**decimals
    return rounded


def _part(place: int, worths: dict[tuple[bool, ...], float]) -> float:
    """Average what moving one factor adds, over all sets of factors moved before it."""
    return sum(
        _WEIGHTS[sum(before)] * (worths[(*before[:place], True, *before[place + 1 :])] - worth)
        for before, worth in worths.items()
        if not before[place]
    )
