"""Count how MQL and SQL are used: by whom, in which order, against their definition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise

import ibis
import ibis.expr.types as ir
import pandas as pd

from workshop.criteria import Clause
from workshop.crm.clock import month
from workshop.crm.counts import stage_days
from workshop.crm.fact_fields import fitted
from workshop.crm.replay import Judging, frame, judged
from workshop.crm.tables import Tables

STATUSES = ("mql", "sql")
BY = ("month", "source", "owner")
"""What the use of a status is compared by: when, from where, and by whom."""
GRACE_DAYS = 30
"""Days that a lead has to get its status, after those in which it could come to meet it."""

USE = ["from_stage", "to_stage", "by", "level", "records", "converted"]
ORDER = ["exception", "records", "exceptions"]


def use(tables: Tables, windows: Mapping[tuple[str, str], int]) -> pd.DataFrame:
    """Count who got a status within the window of its step, by month, source and owner.

    Columns: ``from_stage``, ``to_stage``, ``by``, ``level``, ``records`` (those that have had the
    whole window), ``converted``. An unknown level is null.
    """
    if tables.leads is None or tables.as_of is None:
        return pd.DataFrame({column: [] for column in USE})
    passed = stage_days(tables)
    parts = [
        _used(passed.records, tables.as_of, step, windows[step], by)
        for step in pairwise(passed.stages)
        if step[1] in STATUSES and step in windows
        for by in BY
    ]
    known = [part for part in parts if len(part)]
    return (pd.concat(known, ignore_index=True) if known else pd.DataFrame(columns=USE))[USE]


def _used(
    records: ir.Table, as_of: dt.date, step: tuple[str, str], window: int, by: str
) -> pd.DataFrame:
    before, after = step
    entered = records[before]
    mature = records.filter(ibis.literal(as_of).delta(entered, unit="day") >= window)
    level = month(mature[before]) if by == "month" else mature[by].cast("string")
    lag = mature[after].delta(mature[before], unit="day")
    counted = mature.group_by(level=level)
    rows = frame(
        counted.agg(records=ibis._.count(), converted=(lag <= window).fill_null(False).sum()),
        ["level"],
    )
    return rows.assign(from_stage=before, to_stage=after, by=by)


def order(tables: Tables) -> pd.DataFrame:
    """Count the leads whose statuses do not follow the order of the funnel.

    Columns: ``exception``, ``records`` (those that it is about), ``exceptions``. What is about no
    lead is left out.
    """
    leads = tables.leads
    if leads is None:
        return pd.DataFrame({column: [] for column in ORDER})
    mql, sql, deal = leads.mql_day, leads.sql_day, leads.deal_day
    checks = {
        "sql_without_mql": (sql.notnull(), mql.isnull()),
        "deal_without_sql": (deal.notnull(), sql.isnull()),
        "mql_before_lead": (mql.notnull() & leads.created_day.notnull(), mql < leads.created_day),
        "sql_before_mql": (sql.notnull() & mql.notnull(), sql < mql),
        "deal_before_sql": (deal.notnull() & sql.notnull(), deal < sql),
        "deal_after_rejection": (leads.rejected_day.notnull(), deal >= leads.rejected_day),
    }
    row = leads.agg(
        **{f"{name}_of": about.sum() for name, (about, _) in checks.items()},
        **{name: (about & wrong).sum() for name, (about, wrong) in checks.items()},
        mql_dated=mql.count(),
        sql_dated=sql.count(),
    )
    found = row.execute().fillna(0).iloc[0].astype("int64")
    rows = [
        (name, found[f"{name}_of"], found[name])
        for name in checks
        if found[f"{name}_of"] and all(found[status] for status in _needs(name))
    ]
    return pd.DataFrame(rows, columns=ORDER)


def _needs(check: str) -> list[str]:
    """Return the dates without which a check would call every lead an exception."""
    return [f"{status}_dated" for status in STATUSES if status in check.split("_")]


def by_verdict(tables: Tables, clause: Clause, judging: Judging, status: str) -> pd.DataFrame:
    """Count the leads by what a definition makes of them, and whether they got the status.

    Only leads that have had the days up to the landmark and `GRACE_DAYS` more. Columns:
    ``verdict`` (true, false, unknown), ``leads``, ``with_status``. Raises ``InputError`` for a
    criterion that does not fit this CRM.
    """
    leads = tables.leads
    columns = ["verdict", "leads", "with_status"]
    if leads is None or tables.as_of is None or not tables.dated_leads:
        return pd.DataFrame({column: [] for column in columns})
    latest = tables.as_of - dt.timedelta(days=judging.landmark_days + GRACE_DAYS)
    got = leads.select("lead_id", got=leads[f"{status}_day"].notnull())
    with judged(tables, {"joint": fitted(clause, tables)}, judging, None) as verdicts:
        settled = verdicts.filter(verdicts.created_day <= latest)
        joined = settled.inner_join(got, "lead_id")
        counted = joined.group_by(verdict=joined.joint)
        return frame(counted.agg(leads=ibis._.count(), with_status=ibis._.got.sum()), ["verdict"])
