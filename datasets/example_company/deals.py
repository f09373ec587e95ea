"""Draw the deals, decide each of them, and lay down the stages they pass."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from example_company import plan
from example_company.draws import chance, happens, numbered, pick
from example_company.leads import draw_traits
from example_company.working_time import after, at_work, days, times, when

WON, LOST = "Gewonnen", "Verloren"
_SECTORS = {sector.name: sector for sector in plan.SECTORS}
_PRODUCTS = {
    "Palletstellingen": 0.34,
    "Legbordstellingen": 0.2,
    "Tussenvloer": 0.18,
    "Draagarmstellingen": 0.1,
    "Inrichting orderpickzone": 0.12,
    "Keuring en herstelling": 0.06,
}
_LOST_REASONS = {
    "Prijs": 0.36,
    "Geen beslissing": 0.26,
    "Concurrent": 0.2,
    "Uitgesteld": 0.12,
    "Levertermijn": 0.06,
}
# A deal's way as shares of its days; the second offer and negotiation are a step back.
_STAGES = np.array(
    ["Nieuw", "Gekwalificeerd", "Voorstel", "Onderhandeling", "Voorstel", "Onderhandeling"],
    dtype=object,
)
_ENTERED = np.array([0, 0.1, 0.35, 0.7, 0.8, 0.9])
_FROM_LEAD = ["lead_id", "account_id", "account", "source", "campaign", "sector", "employees"]
_FROM_LEAD += ["role", "trigger", "problem", "customer_type"]


def draw_deals(rng: Generator, leads: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return one row a deal in order of creation, with its outcome by the horizon and beyond.

    ``outcome`` is the closing stage or empty for a deal that stalls; ``active_until`` is the
    close, or the moment it went quiet.
    """
    from_leads = leads.loc[leads["deal_at"].notna(), [*_FROM_LEAD, "deal_at"]]
    deals = pd.concat([from_leads, _direct(rng, accounts)], ignore_index=True)
    deals = (
        deals.rename(columns={"deal_at": "created_at"})
        .sort_values(["created_at", "account_id"], ignore_index=True)
        .assign(deal_id=numbered("VK", len(deals)))
    )
    return _terms(rng, _decide(rng, deals))


def stage_rows(rng: Generator, deals: pd.DataFrame) -> pd.DataFrame:
    """Return one row a stage entered: record, record_id, stage, entered_at, owner."""
    n = len(deals)
    created = times(deals["created_at"])
    until = times(deals["active_until"])
    share = _ENTERED * rng.uniform(0.85, 1.1, (n, 1))
    entered = created[:, None] + ((until - created).astype(int)[:, None] * share).astype(int)
    entered = np.maximum.accumulate(np.column_stack([at_work(entered), until]), axis=1)
    entered = np.minimum(entered, until[:, None])
    stages = np.column_stack([np.tile(_STAGES, (n, 1)), deals["outcome"]])
    kept = np.column_stack([_reached(rng, deals), deals["outcome"].ne("")])
    row, _ = np.nonzero(kept)
    return pd.DataFrame(
        {
            "record": "Verkoopkans",
            "record_id": deals["deal_id"].to_numpy()[row],
            "stage": stages[kept],
            "entered_at": entered[kept],
            "owner": deals["owner"].to_numpy()[row],
        }
    )


def _direct(rng: Generator, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the deals that an existing customer simply asked for: no lead, no source."""
    span = (plan.HORIZON - plan.START).days
    at = np.datetime64(plan.START, "m") + days(rng.uniform(0, span, plan.DIRECT_DEALS))
    customers = accounts[accounts["customer_type"] == "Bestaande klant"]
    traits = draw_traits(rng, customers, plan.DIRECT_DEALS).drop(columns="country")
    return traits.assign(lead_id="", source="", campaign="", deal_at=after(at, 20))


def _decide(rng: Generator, deals: pd.DataFrame) -> pd.DataFrame:
    n = len(deals)
    sectors = [_SECTORS[name] for name in deals["sector"]]
    trigger_odds = deals["trigger"].map(plan.TRIGGER_WIN_ODDS).fillna(1.0)
    won = happens(rng, chance(plan.WIN_RATE, [s.win_odds for s in sectors], trigger_odds))
    stalls = rng.random(n) < plan.STALLED
    cycle = rng.lognormal(np.log(plan.DAYS_TO_CLOSE), plan.DAYS_SPREAD, n)
    cycle = np.maximum(cycle * [s.days_factor for s in sectors], 6)
    created = times(deals["created_at"])
    quiet = created + days(10 + rng.exponential(30, n))
    closed = after(created + days(cycle), rng.integers(0, 300, n))
    return deals.assign(
        outcome=np.where(stalls, "", np.where(won, WON, LOST)),
        closed_at=when(~stalls, closed),
        active_until=np.where(stalls, at_work(quiet), closed),
    )


def _terms(rng: Generator, deals: pd.DataFrame) -> pd.DataFrame:
    """Add what stands on the deal itself; ``noise`` columns decide later what is left blank."""
    n = len(deals)
    median = np.zeros(n)
    for (low, high), amount in plan.AMOUNT_MEDIAN.items():
        median[deals["employees"].between(low, high)] = amount
    product = pick(rng, _PRODUCTS, n)
    expected = deals["created_at"] + pd.to_timedelta(rng.choice([45, 60, 90, 120], n), unit="D")
    lost = deals["outcome"] == LOST
    return deals.assign(
        title=product + " " + deals["account"].str.rsplit(" ", n=1).str[0],
        amount=rng.lognormal(np.log(median), plan.AMOUNT_SPREAD).round(2),
        currency="EUR",
        expected_close_at=expected + pd.offsets.MonthEnd(0),
        owner=_owners(rng, deals["sector"]),
        lost_reason=np.where(lost, pick(rng, _LOST_REASONS, n), ""),
        quality=_quality(rng, deals["outcome"]),
        role_noise=rng.random(n),
        trigger_noise=rng.random(n),
        amount_noise=rng.random(n),
    )


def _owners(rng: Generator, sectors: pd.Series[str]) -> NDArray[np.object_]:
    others = pick(rng, plan.OWNERS, len(sectors))
    specialist = sectors.map(plan.SPECIALIST)
    follows = specialist.notna() & (rng.random(len(sectors)) < plan.SPECIALIST_SHARE)
    return np.where(follows, specialist, others)


def _quality(rng: Generator, outcome: pd.Series[str]) -> NDArray[np.object_]:
    quality = np.full(len(outcome), "", dtype=object)
    for stage, shares in plan.QUALITY.items():
        chosen = (outcome == stage).to_numpy()
        quality[chosen] = pick(rng, shares, int(chosen.sum()))
    return quality


def _reached(rng: Generator, deals: pd.DataFrame) -> NDArray[np.bool_]:
    """Return for every deal and step whether it was entered: with ends, skips and returns."""
    n = len(deals)
    won = deals["outcome"].eq(WON).to_numpy()
    last = np.where(won, 3, rng.choice([1, 2, 3], n, p=[0.25, 0.45, 0.3]))
    skips = won & (rng.random(n) < 0.2)
    returns = (last == 3) & ~skips & (rng.random(n) < 0.12)
    steps = np.arange(4) <= last[:, None]
    steps[skips, 3] = False
    return np.column_stack([steps, returns, returns])
