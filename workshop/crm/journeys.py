"""What came before a won deal, account by account, and what campaigns cost."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from workshop.crm.once import once
from workshop.crm.tables import Tables

TOUCHES = ["channel", "steps", "outcome_won", "records", "first", "last", "touches"]


@once
def touches(tables: Tables, by: str) -> pd.DataFrame:
    """Count, channel by channel, the journeys that it was part of.

    A journey is the leads of an account in order, and ends with the account's won deal; leads
    created after it are the next one. A lead without an account is a journey of its own; leads
    without a creation date are left out. Columns: ``channel`` (null where unknown), ``steps`` (how
    long the journeys are), ``outcome_won``, ``records`` (journeys that it was in), ``first`` and
    ``last`` (those that it began or ended), ``touches`` (its steps in them).
    """
    leads = tables.leads
    if leads is None:
        return pd.DataFrame({column: [] for column in TOUCHES})
    steps = _steps(leads.filter(leads.created_day.notnull()), by)
    counted = steps.group_by("channel", "steps", "outcome_won").agg(
        records=(steps._again == 0).sum(),
        first=(steps._step == 0).sum(),
        last=(steps._step == steps.steps - 1).sum(),
        touches=ibis._.count(),
    )
    found: pd.DataFrame = counted.execute()
    named = found.assign(channel=found["channel"].astype(object).where(found["channel"].notna()))
    keys = ["channel", "steps", "outcome_won"]
    return named.sort_values(keys, na_position="last", ignore_index=True)[TOUCHES]


def _steps(leads: ir.Table, by: str) -> ir.Table:
    """Return a row per step of a journey: its channel, its place, and how often it was before."""
    known = leads.filter(leads.account_id.notnull())
    wins = known.filter(known.won & known.won_day.notnull()).select(
        _account=known.account_id, _won_day=known.won_day
    )
    after = known.left_join(
        wins, (known.account_id == wins._account) & (wins._won_day < known.created_day)
    )
    numbered = after.group_by("lead_id").agg(_number=after._won_day.nunique())
    joined = leads.left_join(numbered, "lead_id")
    keyed = joined.select(
        "account_id",
        "lead_id",
        "created_day",
        "created_at",
        "won",
        "_number",
        channel=joined[by].cast("string"),
        _own=joined.account_id.isnull().ifelse(joined.lead_id, ""),
    )
    journey = [keyed.account_id, keyed._own, keyed._number]
    order = [keyed.created_day, keyed.created_at, keyed.lead_id]
    return keyed.select(
        "channel",
        steps=ibis._.count().over(group_by=journey),
        outcome_won=keyed.won.any().over(group_by=journey),
        _step=ibis.row_number().over(group_by=journey, order_by=order),
        _again=ibis.row_number().over(group_by=[*journey, keyed.channel], order_by=order),
    )


@once
def campaign_costs(tables: Tables) -> pd.DataFrame:
    """Add up the cost of each campaign in the workspace's currency.

    Columns: ``campaign``, ``cost`` (null where a part of it is unknown or cannot be converted),
    ``running`` (whether it goes on after the as-of date). Empty without campaigns.
    """
    campaigns = tables.raw.get("campaigns")
    columns = ["campaign", "cost", "running"]
    if campaigns is None or tables.as_of is None:
        return pd.DataFrame({column: [] for column in columns})
    factors = tables.rates.to_currency if tables.rates else {}
    code = campaigns.currency.fill_null(tables.currency)
    cases = [(code == tables.currency, 1.0), *((code == c, rate) for c, rate in factors.items())]
    cost = campaigns.cost.cast("float64") * ibis.cases(*cases, else_=ibis.null("float64"))
    started = tables.day(campaigns.started_on).fill_null(ibis.literal(tables.as_of))
    named = campaigns.mutate(_cost=cost).filter(
        campaigns.campaign.notnull() & (started <= tables.as_of)
    )
    later = (tables.day(named.ended_on) > tables.as_of).fill_null(False)
    counted = named.group_by("campaign").agg(
        cost=named._cost.isnull().any().ifelse(ibis.null("float64"), named._cost.sum()),
        running=later.any(),
    )
    found: pd.DataFrame = counted.execute()
    return found.sort_values("campaign", ignore_index=True)[columns]
