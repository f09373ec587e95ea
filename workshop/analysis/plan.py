"""What a goal is computed from: the target, and the history's rates, values and lags."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from workshop.analysis.landing import Kind, Lags
from workshop.analysis.posterior import FloatArray, Posterior, jeffreys
from workshop.analysis.underway import Earlier

# Below this many historic values a lognormal stands in for them: resampling a handful says
# that no other value exists.
FEW_VALUES = 30
# More historic values than this are resampled from so many quantiles of them: nobody can tell.
_MOST_VALUES = 100_000


@dataclass(frozen=True)
class Goal:
    """Say what is to be reached, and by when.

    Parameters
    ----------
    kind : `pipeline`, the value of the opportunities created in the period, or `revenue`, the
        value won in it. A goal is one or the other.
    target : money, on top of the baseline.
    days : length of the period.
    baseline : money that the comparable period brought, or that comes in anyway: the goal is
        reached where the period's whole value is at least baseline and target together.

    Raises
    ------
    ValueError
        If the kind is none, the target is not above 0, the baseline is below 0, or the period
        has no day.
    """

    kind: Kind
    target: float
    days: int
    baseline: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"kind is pipeline or revenue, not {self.kind!r}")
        if not (self.target > 0 and self.baseline >= 0 and self.days >= 1):
            raise ValueError(
                "a goal has a target above 0, a baseline of at least 0 and at least 1 day: "
                f"{self.target}, {self.baseline}, {self.days}"
            )


@dataclass(frozen=True)
class Rates:
    """Count what became of mature history: MQLs to opportunities, closed ones to won.

    Raises
    ------
    ValueError
        If there is no MQL or no closed opportunity, or a part exceeds its whole.
    """

    mqls: int
    opportunities: int
    closed: int
    won: int

    def __post_init__(self) -> None:
        parts = ((self.opportunities, self.mqls), (self.won, self.closed))
        if not all(0 <= part <= whole and whole >= 1 for part, whole in parts):
            raise ValueError(
                f"rates need 0 <= opportunities <= mqls and 0 <= won <= closed, and history: {self}"
            )

    @property
    def qualification(self) -> Posterior:
        """The share of MQLs that become an opportunity."""
        return jeffreys(self.opportunities, self.mqls)

    @property
    def win(self) -> Posterior:
        """The share of closed opportunities that are won."""
        return jeffreys(self.won, self.closed)


@dataclass(frozen=True, eq=False)
class Values:
    """Describe what one deal is worth: of opportunities for pipeline, of won deals for revenue.

    Parameters
    ----------
    mean : money a deal.
    cv : coefficient of variation of the values, standard deviation over mean.
    deals : number of deals behind the mean; None for a mean that is given.
    amounts : the historic values to resample; None for a lognormal with this mean and this
        coefficient of variation (of the values, not of their logarithms).

    Raises
    ------
    ValueError
        If the mean is not above 0, or the coefficient of variation is below 0.
    """

    mean: float
    cv: float
    deals: int | None = None
    amounts: FloatArray | None = None

    def __post_init__(self) -> None:
        if not (self.mean > 0 and self.cv >= 0):
            raise ValueError(f"a mean is above 0 and a cv at least 0: {self.mean}, {self.cv}")

    @classmethod
    def from_history(cls, history: pd.DataFrame) -> Values:
        """Describe historic values, columns `amount` (money) and `deals` (how many had it).

        Resampled from 30 values on, lognormal below. The cost does not grow with the number of
        deals: of more than 100,000 values so many quantiles stand in for them.

        Raises
        ------
        ValueError
            If there are fewer than 2 values, or one is negative or unknown.
        """
        ordered = history.sort_values("amount")
        ends = ordered["deals"].to_numpy(dtype=int).cumsum()
        deals = int(ends[-1]) if len(ends) else 0
        taken = min(deals, _MOST_VALUES)
        ranks = (np.arange(taken) + 0.5) * deals / max(taken, 1)
        amounts = ordered["amount"].to_numpy(dtype=float)[np.searchsorted(ends, ranks)]
        if len(amounts) < 2 or not (amounts >= 0).all():
            raise ValueError(f"values are at least 2 known amounts of 0 or more: {amounts}")
        few = len(amounts) < FEW_VALUES
        mean = float(amounts.mean())
        # Of a sample the unbiased deviation; of what is resampled as it is, its own.
        deviation = float(amounts.std(ddof=1 if few else 0))
        cv = deviation / mean if mean > 0 else 0.0
        return cls(mean, cv, deals, None if few else amounts)

    @cached_property
    def skewness(self) -> float:
        """The skewness of one value."""
        if self.amounts is None or self.cv == 0:
            return self.cv**3 + 3 * self.cv
        standardised = (self.amounts / self.mean - 1) / self.cv
        return float((standardised**3).mean())

    def draw(self, rng: np.random.Generator, size: int) -> FloatArray:
        """Draw values of single deals."""
        if self.amounts is not None:
            return self.amounts[rng.integers(len(self.amounts), size=size)]
        spread = np.sqrt(np.log1p(self.cv**2))
        return rng.lognormal(np.log(self.mean) - spread**2 / 2, spread, size)

    def mean_quantile(self, levels: ArrayLike) -> FloatArray:
        """Return quantiles of the mean as known from this many deals, taken as lognormal."""
        wanted = np.asarray(levels, float)
        cv = 0.0 if self.deals is None else self.cv / np.sqrt(self.deals)
        spread = np.sqrt(np.log1p(cv**2))
        return np.asarray(self.mean * np.exp(spread * special.ndtri(wanted)))


@dataclass(frozen=True, eq=False)
class Plan:
    """Put together what a goal is computed from.

    Parameters
    ----------
    open_deals : for revenue, the deals open today: columns `probability`, of being won within
        the period, and `amount`, money; independent of each other.
    earlier : leads of before the period that may bring something in it; none unless given.

    Raises
    ------
    ValueError
        If a pipeline goal gets open deals (they were created before the period), or one of
        their probabilities is not within 0 and 1 or an amount is negative.
    """

    goal: Goal
    rates: Rates
    values: Values
    lags: Lags = field(default_factory=Lags)
    open_deals: pd.DataFrame | None = None
    earlier: Earlier | None = None

    def __post_init__(self) -> None:
        if self.open_deals is None:
            return
        if self.goal.kind == "pipeline":
            raise ValueError("deals open today count for revenue, not for pipeline")
        known = self.open_deals["probability"].between(0, 1) & self.open_deals["amount"].ge(0)
        if not known.all():
            raise ValueError(
                "an open deal has a probability within 0 and 1, an amount of 0 or more"
            )
