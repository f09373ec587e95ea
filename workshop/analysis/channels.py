"""Channels and campaigns: which bring leads that become deals, what a won deal costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from workshop.analysis.intervals import ALPHA, FloatArray, share, wilson
from workshop.analysis.shrinkage import Shrunk, shrink

# Under this many mature leads a channel gets no verdict, whatever they did.
MIN_MATURE_LEADS = 10

COUNTS = ["leads", "won", "mature_leads", "mature_won"]


def by_channel(counts: pd.DataFrame) -> pd.DataFrame:
    """Judge each channel by the share of its leads that became won deals.

    Rates are those of mature cohorts, within the window; so is the overall rate, which is all
    channels' mature leads together. Verdicts, the first that holds:

    - ``too_early``: under 10 mature leads, because cohorts are not mature: there are none at
      all yet, or there will be 10 when all leads are;
    - ``too_few``: under 10 mature leads;
    - ``works``: the shrunk interval is above the overall rate, as is the channel's own rate;
    - ``noise``: the shrunk interval is below it, as is the channel's own rate;
    - ``too_few``: so few mature leads that even no win at all would not have stood out from
      the overall rate (exact binomial, 2.5%; above one half: even nothing but wins), so that
      the data cannot decide;
    - ``as_average``: enough leads to tell, and no difference found.

    Parameters
    ----------
    counts
        channel (null is a channel), leads, won (all of them), mature_leads, mature_won (those
        of mature cohorts, within the window). Rows of one channel are added up.

    Returns
    -------
    pandas.DataFrame
        channel, leads, won, mature_leads, mature_won, rate, ci_low, ci_high (Wilson),
        shrunk_rate, shrunk_low, shrunk_high (see `shrinkage.shrink`), verdict. Fractions of
        1, intervals 95%, NaN for a channel without a mature lead.
    """
    rows = counts.groupby("channel", dropna=False, observed=True)[COUNTS].sum().reset_index()
    own = wilson(rows["mature_won"], rows["mature_leads"])
    shrunk = _shrunk(rows)
    estimates = rows.assign(
        rate=share(rows["mature_won"], rows["mature_leads"]),
        ci_low=own.low,
        ci_high=own.high,
        shrunk_rate=shrunk.rate,
        shrunk_low=shrunk.low,
        shrunk_high=shrunk.high,
    )
    return estimates.assign(verdict=_verdicts(estimates, overall_rate(rows)))


def overall_rate(rows: pd.DataFrame) -> float:
    """Divide all mature won leads by all mature leads; NaN when there are none."""
    return float(share(rows["mature_won"].sum(), rows["mature_leads"].sum()))


def funnel_limits(rate: float, volumes: ArrayLike) -> pd.DataFrame:
    """Draw the limits between which chance alone keeps a channel of a given volume.

    Exact binomial: with the overall rate, a share below the lower or above the upper limit
    has a probability of at most 2.5% each (95% limits) or 0.1% each (99.8%). Of forty
    channels that are all alike, two are outside the 95% limits (Spiegelhalter 2005).

    Parameters
    ----------
    rate
        Overall rate, 0 to 1.
    volumes
        Numbers of leads, at least 1.

    Returns
    -------
    pandas.DataFrame
        volume, low_95, high_95, low_998, high_998 (fractions of 1).

    Raises
    ------
    ValueError
        If the rate is not between 0 and 1 or a volume is below 1.

    Examples
    --------
    >>> funnel_limits(0.2, [20]).iloc[0].tolist()
    [20.0, 0.05, 0.4, 0.0, 0.5]
    """
    volume = np.atleast_1d(np.asarray(volumes))
    if not 0 <= rate <= 1:
        raise ValueError(f"a rate lies between 0 and 1: {rate}")
    if (volume < 1).any():
        raise ValueError(f"a volume is at least 1: {volume.min()}")
    tails = {"low_95": 0.025, "high_95": 0.975, "low_998": 0.001, "high_998": 0.999}
    limits = {name: stats.binom.ppf(tail, volume, rate) / volume for name, tail in tails.items()}
    return pd.DataFrame({"volume": volume, **limits})


def cost_per_won(costs: pd.DataFrame) -> pd.DataFrame:
    """Divide what a channel cost by the deals it won.

    The interval takes the cost and the leads as given and the won ones as chance: cost per
    lead divided by the bounds of the rate (Wilson). Leads of cohorts that are not mature have
    cost their money and not yet brought their deals: leave both out.

    Parameters
    ----------
    costs
        channel, cost (one currency, null when unknown), leads and won (what that money
        brought).

    Returns
    -------
    pandas.DataFrame
        channel, cost, leads, won, cost_per_won, cost_low, cost_high (the currency of the
        cost, 95%). Without a won deal only cost_low is defined: it costs at least that.
    """
    cost, leads = costs["cost"].astype(float), costs["leads"].to_numpy(float)
    bounds = wilson(costs["won"], costs["leads"])
    return costs.assign(
        cost=cost,
        cost_per_won=share(cost, costs["won"]),
        cost_low=share(cost, leads * bounds.high),
        cost_high=share(cost, leads * bounds.low),
    )[["channel", "cost", "leads", "won", "cost_per_won", "cost_low", "cost_high"]]


def attribution(touches: pd.DataFrame) -> pd.DataFrame:
    """Share out won records over the channels that touched them, in three ways.

    First touch, last touch, and linear: an equal part per touch. Each adds up to the won
    records; none of them says what would have happened without a channel.

    Parameters
    ----------
    touches
        channel (null where unknown), steps (the length of the records' paths), outcome_won
        (bool), records (those that the channel is in), first and last (those that it begins or
        ends), touches (its steps in them).

    Returns
    -------
    pandas.DataFrame
        channel, first, last, linear (won records), touched (records that it touched at least
        once), never_converted (those of them that were not won).
    """
    won = touches["outcome_won"].astype(bool)
    parts = touches.assign(
        first=touches["first"].where(won, 0),
        last=touches["last"].where(won, 0),
        linear=(touches["touches"] / touches["steps"]).where(won, 0.0),
        touched=touches["records"],
        never_converted=touches["records"].where(~won, 0),
    )
    columns = ["first", "last", "linear", "touched", "never_converted"]
    # In the order of its parts a sum does not depend on the order of the rows.
    return _per_channel(parts.sort_values("linear"), columns).reset_index()


def _shrunk(rows: pd.DataFrame) -> Shrunk:
    """Shrink the rates of the channels that have one."""
    known = (rows["mature_leads"] > 0).to_numpy()
    undefined = np.full(len(rows), np.nan)
    result = Shrunk(undefined, undefined.copy(), undefined.copy())
    if known.any():
        found = shrink(rows.loc[known, "mature_won"], rows.loc[known, "mature_leads"])
        for values, estimates in zip(result, found, strict=True):
            values[known] = estimates
    return result


def _verdicts(rows: pd.DataFrame, overall: float) -> NDArray[np.object_]:
    few = rows["mature_leads"] < MIN_MATURE_LEADS
    maturing = (rows["leads"] >= MIN_MATURE_LEADS) | (rows["mature_leads"] == 0)
    # One dominant channel can lie far from all others: what a small one is shrunk to is then
    # no news of its own, hence the second condition.
    works = (rows["shrunk_low"] > overall) & (rows["rate"] > overall)
    noise = (rows["shrunk_high"] < overall) & (rows["rate"] < overall)
    # Above one half it is the other end, nothing but wins, that is hard to reach.
    extreme: FloatArray = (1 - min(overall, 1 - overall)) ** rows["mature_leads"].to_numpy(float)
    codes = {
        "too_early": few & maturing,
        "too_few": few,
        "works": works,
        "noise": noise,
        "as_average": ~few & (extreme <= ALPHA / 2),
    }
    return np.select(list(codes.values()), list(codes), "too_few").astype(object)


def _per_channel(seen: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return seen.groupby("channel", dropna=False)[columns].sum()
