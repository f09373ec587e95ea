"""Draw what surrounds the pipeline: visits to the website, and what customers do later."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from example_company import plan
from example_company.deals import WON
from example_company.working_time import after, days, times

_ENGAGED = 0.24  # of the visitors
_VISITORS = {source.name: source.visitors for source in plan.SOURCES if source.visitors}


def draw_traffic(rng: Generator, leads: pd.DataFrame) -> pd.DataFrame:
    """Return visitors and engaged visitors per month (its first day), source and campaign."""
    online = leads[leads["source"].isin(list(_VISITORS))]
    month = online["created_at"].dt.to_period("M").dt.start_time.rename("period")
    counts = online.groupby([month, "source", "campaign"]).size().reset_index(name="leads")
    expected = counts["leads"] * counts["source"].map(_VISITORS)
    visitors = rng.poisson(expected * rng.uniform(0.85, 1.15, len(counts)))
    engaged = np.maximum(rng.binomial(visitors, _ENGAGED), counts["leads"])
    return counts.drop(columns="leads").assign(
        visitors=np.maximum(visitors, engaged), engaged_visitors=engaged
    )


def draw_events(rng: Generator, accounts: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """Return what customers do after they sign: renewal, upsell, churn, reference."""
    won = deals.loc[deals["outcome"] == WON, ["account_id", "closed_at"]]
    old = accounts.loc[accounts["customer_type"] == "Bestaande klant", ["account_id"]]
    signed = np.datetime64(plan.START, "m") - days(rng.uniform(1, 365, len(old)))
    since = pd.concat([won, old.assign(closed_at=signed)]).groupby("account_id")["closed_at"].min()
    stays = rng.random((len(since), 2)) < 0.88
    parts = [
        _events(since, "Verlenging", 365, stays[:, 0], rng.lognormal(7.3, 0.5, len(since))),
        _events(
            since, "Verlenging", 730, stays[:, 0] & stays[:, 1], rng.lognormal(7.3, 0.5, len(since))
        ),
        _events(since, "Opzegging", 365, ~stays[:, 0]),
        _events(since, "Opzegging", 730, stays[:, 0] & ~stays[:, 1]),
    ]
    for kind, rate, median in (("Upsell", 0.25, 6000.0), ("Referentie", 0.18, np.nan)):
        lag, chosen = rng.uniform(60, 350, len(since)), rng.random(len(since)) < rate
        amount = median * rng.lognormal(0, 0.6, len(since))
        parts.append(_events(since, kind, lag, chosen, amount))
    events = pd.concat(parts, ignore_index=True)
    inside = events["at"].between(pd.Timestamp(plan.START), pd.Timestamp(plan.HORIZON))
    return events[inside].sort_values(["at", "account_id"], ignore_index=True)


def _events(
    since: pd.Series[pd.Timestamp],
    kind: str,
    lag_days: float | np.ndarray,
    chosen: np.ndarray,
    amount: float | np.ndarray = np.nan,
) -> pd.DataFrame:
    at = after(times(since) + days(lag_days), 60)
    rows = pd.DataFrame({"account_id": since.index, "kind": kind, "at": at, "amount": amount})
    return rows.assign(amount=rows["amount"].round(2), currency="EUR")[chosen]
