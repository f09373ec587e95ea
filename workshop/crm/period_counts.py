"""What a period brought, day by day, and the leads that were on their way: small frames of counts.

Where the volume of a goal is one of leads, a deal belongs to the leads of the period, to those of
before it, or to none.
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import pandas as pd

from workshop.crm import counts
from workshop.crm.tables import Tables

SOURCES = ("new", "earlier", "open", "unlinked")
"""Leads of the period, leads of before it, deals open when it began, and deals without a lead."""


def entries(tables: Tables, unit: str, since: dt.date, until: dt.date) -> pd.DataFrame:
    """Count the leads that entered a stage, by day and by the days until their opportunity.

    Columns: ``entered`` (date), ``lag_days`` (null where there is none yet), ``leads``. No rows
    where the unit is the opportunity itself, or this CRM does not date the stage.
    """
    columns = ["entered", "lag_days", "leads"]
    passed = counts.stage_days(tables)
    if unit == "opportunity" or unit not in passed.stages:
        return pd.DataFrame({column: [] for column in columns})
    leads = passed.records
    within = leads.filter((leads[unit] >= since) & (leads[unit] <= until))
    became = "opportunity" if "opportunity" in passed.stages else None
    day = ibis.null("date") if became is None else within[became]
    lag = day.isnull().ifelse(
        ibis.null("int64"), ibis.greatest(day.delta(within[unit], unit="day"), 0)
    )
    counted = within.group_by(entered=within[unit], lag_days=lag).agg(leads=ibis._.count())
    frame: pd.DataFrame = counted.execute()
    ordered = frame.sort_values(["entered", "lag_days"], ignore_index=True)[columns]
    return ordered.assign(entered=pd.to_datetime(ordered["entered"]).dt.date)


def landed(tables: Tables, kind: str, unit: str, start: dt.date, end: dt.date) -> pd.DataFrame:
    """Add up what landed on each day of a period: deals created in it, or deals won in it.

    Columns: ``day``, ``source`` (of `SOURCES`), ``deals``, ``unvalued`` (deals without a value in
    the workspace's currency, which add nothing), ``value``.
    """
    deals = tables.deals
    if deals is None:
        raise ValueError("no deals")
    rows = deals if kind == "pipeline" else deals.filter(deals.outcome == "won")
    rows = rows.mutate(day=rows.created_day if kind == "pipeline" else rows.closed_day)
    rows = rows.filter((rows.day >= start) & (rows.day <= end))
    rows = rows.mutate(source=_source(tables, rows, kind, unit, start))
    counted = rows.group_by("day", "source").agg(
        deals=ibis._.count(),
        unvalued=ibis._.value.isnull().sum(),
        value=ibis._.value.sum().fill_null(0.0),
    )
    frame: pd.DataFrame = counted.execute()
    ordered = frame.sort_values(["day", "source"], ignore_index=True)
    return ordered.assign(day=pd.to_datetime(ordered["day"]).dt.date)


def closed(tables: Tables, start: dt.date, end: dt.date) -> tuple[int, int]:
    """Count the deals closed in a period, and the won ones among them."""
    deals = tables.deals
    if deals is None:
        raise ValueError("no deals")
    within = deals.filter((deals.closed_day >= start) & (deals.closed_day <= end))
    within = within.filter(within.outcome.isin(["won", "lost"]))
    row = within.agg(n=within.count(), won=(within.outcome == "won").sum()).execute().iloc[0]
    return int(row["n"]), int(row["won"] or 0)


def _source(
    tables: Tables, rows: ir.Table, kind: str, unit: str, start: dt.date
) -> ir.StringColumn:
    """Tell where each deal comes from; a deal that was open when the period began comes first."""
    was_open = (rows.created_day < start).fill_null(False) & ibis.literal(kind == "revenue")
    if unit == "opportunity":
        return was_open.ifelse("open", "new")
    found = _since(tables, unit, start)
    fresh = rows.deal_id.isin(found.deal_id)
    return ibis.cases(
        (was_open, "open"), (fresh, "new"), (rows.from_lead, "earlier"), else_="unlinked"
    )


def _since(tables: Tables, unit: str, start: dt.date) -> ir.Table:
    """Return the deals whose first lead entered the stage since a day."""
    passed, links = counts.stage_days(tables), tables.links
    if links is None or unit not in passed.stages:
        raise ValueError(f"this CRM does not follow {unit!r} to its deals")
    linked = links.inner_join(passed.records, "lead_id")
    first = linked.group_by("deal_id").agg(entered=linked[unit].min())
    return first.filter(first.entered >= start)
