"""Draw the leads and follow each of them to an opportunity, a rejection or nowhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from example_company import plan
from example_company.draws import Floats, chance, happens, numbered, pick
from example_company.working_time import DAY, after, at_work, days, times, waking, when

_DAYS = pd.date_range(plan.START, plan.HORIZON)
_SOURCES = {source.name: source for source in plan.SOURCES}
_REASONS = {
    "Geen reactie": 0.34,
    "Geen budget": 0.2,
    "Verkeerd profiel": 0.2,
    "Niet het moment": 0.16,
    "Geen beslisser": 0.1,
}


def draw_leads(rng: Generator, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return one row a lead in order of creation, with its whole way to the horizon."""
    return _progress(rng, _arrivals(rng, accounts))


def draw_traits(rng: Generator, accounts: pd.DataFrame, size: int) -> pd.DataFrame:
    """Return what is known of a lead, or of a deal without one: account, role, trigger, problem."""
    appetite = rng.gamma(1.5, size=len(accounts))
    index = rng.choice(len(accounts), size, p=appetite / appetite.sum())
    columns = ["account_id", "name", "sector", "employees", "country", "customer_type"]
    return (
        accounts[columns]
        .iloc[index]
        .reset_index(drop=True)
        .rename(columns={"name": "account"})
        .assign(
            role=pick(rng, plan.ROLES, size),
            trigger=pick(rng, plan.TRIGGERS, size),
            problem=pick(rng, plan.PROBLEMS, size),
        )
    )


def _arrivals(rng: Generator, accounts: pd.DataFrame) -> pd.DataFrame:
    counts = rng.multinomial(plan.LEADS, [source.share for source in plan.SOURCES])
    parts = [_source_leads(rng, *pair) for pair in zip(plan.SOURCES, counts, strict=True)]
    arrivals = pd.concat(parts, ignore_index=True)
    return (
        pd.concat([arrivals, draw_traits(rng, accounts, len(arrivals))], axis=1)
        .sort_values(["created_at", "account_id"], ignore_index=True)
        .assign(lead_id=numbered("L", len(arrivals), 5))
    )


def _source_leads(rng: Generator, source: plan.Source, count: int) -> pd.DataFrame:
    campaigns = [campaign for campaign in plan.CAMPAIGNS if campaign.source == source.name]
    running = np.array([_runs(campaign) for campaign in campaigns]).reshape(-1, len(_DAYS))
    day = rng.choice(len(_DAYS), count, p=_day_shares(running, source.name))
    hours = (10, 18) if source.name in ("Beurs", "Koude acquisitie") else (8, 22.9)
    minute = rng.uniform(hours[0] * 60, hours[1] * 60, count).astype(int)
    created = _DAYS.to_numpy().astype("datetime64[m]")[day] + minute
    names = np.array([*(campaign.name for campaign in campaigns), ""], dtype=object)
    which = np.where(running.any(axis=0), running.argmax(axis=0), -1)[day] if campaigns else -1
    bound = np.array(source.name in plan.CAMPAIGN_ONLY) | (rng.random(count) < plan.ON_CAMPAIGN)
    return pd.DataFrame(
        {
            "created_at": at_work(created) if source.name == "Koude acquisitie" else created,
            "source": source.name,
            "medium": pick(rng, source.media, count),
            "campaign": names[np.where(bound, which, -1)],
        }
    )


def _runs(campaign: plan.Campaign) -> Floats:
    start, end = pd.Timestamp(campaign.started_on), pd.Timestamp(campaign.ended_on)
    return np.asarray((start <= _DAYS) & (end >= _DAYS), dtype=np.float64)


def _day_shares(running: Floats, source: str) -> Floats:
    """Return the share of a source's leads that each day brings."""
    season = np.array(plan.SEASON)[_DAYS.month - 1] * np.array(plan.WEEKDAY)[_DAYS.day_of_week]
    weight = season * np.linspace(1, 1 + plan.GROWTH, len(_DAYS))
    if source in plan.CAMPAIGN_ONLY:  # every campaign brings as many, however long it runs
        shares = running * weight
        weight = (shares / shares.sum(axis=1, keepdims=True)).sum(axis=0)
    return np.asarray(weight / weight.sum())


def _progress(rng: Generator, leads: pd.DataFrame) -> pd.DataFrame:
    """Add every later time of a lead: to MQL, hand-over, touch, SQL, opportunity, rejection."""
    n = len(leads)
    source = [_SOURCES[name] for name in leads["source"]]
    is_mql = happens(rng, np.array([s.mql_rate for s in source]))
    lag = rng.lognormal(np.log([s.mql_days for s in source]), 0.8)
    mql_at = waking(times(leads["created_at"]) + 5 + days(lag))
    assigned_at = after(mql_at, 1 + rng.exponential(90, n))

    touched = is_mql & ~happens(rng, leads["customer_type"].map(plan.UNTOUCHED).to_numpy(float))
    fast = rng.random(n) < plan.TOUCHED_FAST
    wait = np.where(fast, rng.uniform(5, DAY, n), DAY + 1 + rng.exponential(1500, n))
    touch_at = after(assigned_at, wait)

    speed = np.where(fast, plan.FAST_SQL_ODDS, 1)
    sql_rate = chance(plan.SQL_RATE_SLOW, [s.sql_odds for s in source], speed)
    is_sql = touched & happens(rng, sql_rate)
    sql_at = after(touch_at, 30 + rng.exponential(4 * DAY, n))
    is_deal = is_sql & (rng.random(n) < plan.OPPORTUNITY_RATE)
    deal_at = after(sql_at, 30 + rng.exponential(3 * DAY, n))

    # Sales rejects most of what it touched and lets the rest lie; marketing rejects misfits.
    rejected = ~is_deal & (rng.random(n) < np.where(touched, 0.72, np.where(is_mql, 0, 0.1)))
    decided_from = np.where(is_sql, sql_at, np.where(touched, touch_at, mql_at))
    rejected_at = after(decided_from, 60 + rng.exponential(8 * DAY, n))
    return leads.assign(
        owner=np.where(is_mql, pick(rng, _inside_sales(), n), ""),
        mql_at=when(is_mql, mql_at),
        assigned_at=when(is_mql, assigned_at),
        first_touch_at=when(touched, touch_at),
        sql_at=when(is_sql, sql_at),
        deal_at=when(is_deal, deal_at),
        rejected_at=when(rejected, rejected_at),
        rejection_reason=np.where(rejected, pick(rng, _REASONS, n), ""),
    )


def _inside_sales() -> dict[str, float]:
    return {f"Binnendienst {number}": 1.0 for number in (1, 2, 3)}
