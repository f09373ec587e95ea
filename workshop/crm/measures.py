"""What an experiment can be measured by: counts of leads that came in within some days."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from workshop.crm import counts
from workshop.crm.tables import Tables

WAIT = 14
"""Days that a lead gets to take a step: so much later an experiment of a month can be judged."""
STEPS = {
    "to_mql": (("lead",), "mql"),
    "to_sql": (("mql", "lead"), "sql"),
    "to_opportunity": (("mql", "lead"), "opportunity"),
}
"""Where a step may begin, as closely as this CRM dates it, and where it ends."""
SHARES = (*STEPS, "untouched")
MEASURES = ("leads", *SHARES)


class Counted(NamedTuple):
    """Hits of so many leads; where leads themselves are counted, in so many days.

    ``until`` is the last day whose leads could be counted by the as-of date.
    """

    hits: int
    of: int
    until: dt.date


def measurable(tables: Tables) -> tuple[str, ...]:
    """Return the measures that this CRM has the dates for."""
    leads = tables.leads
    if leads is None or not tables.dated_leads:
        return ()
    stages = counts.stage_days(tables).stages
    steps = [name for name, (_, to) in STEPS.items() if to in stages]
    touched = bool(leads.touch_day.notnull().any().execute()) or _touches(tables) is not None
    return ("leads", *steps, *(["untouched"] if touched else []))


def sources(tables: Tables, most: int = 30) -> list[str]:
    """Return the sources of leads, the largest first."""
    leads = tables.leads
    if leads is None:
        return []
    named = leads.filter(leads.source.notnull())
    counted = named.group_by("source").agg(n=ibis._.count())
    ordered = counted.order_by(ibis.desc("n"), "source").limit(most)
    return [str(name) for name in ordered.execute()["source"]]


def counted(
    tables: Tables, measure: str, source: str | None, first: dt.date, last: dt.date
) -> Counted:
    """Count a measure over the leads that came in from one day to another.

    Leads that have not had their days yet by the as-of date are left out.
    """
    if tables.as_of is None:
        raise ValueError("no dated leads")
    wait = 0 if measure == "leads" else WAIT
    until = min(last, tables.as_of - dt.timedelta(days=wait))
    came, taken = _days(tables, measure)
    rows = came.filter((came.came >= first) & (came.came <= until))
    if source is not None:
        rows = rows.filter(rows.source == source)
    if measure == "leads":
        return Counted(int(rows.count().execute()), max((until - first).days + 1, 0), until)
    in_time = (rows.taken.delta(rows.came, unit="day") <= WAIT).fill_null(False)
    hit = in_time if taken else ~in_time
    row = rows.agg(of=rows.count(), hits=hit.sum()).execute().iloc[0]
    return Counted(int(row["hits"] or 0), int(row["of"]), until)


def _days(tables: Tables, measure: str) -> tuple[ir.Table, bool]:
    """Return leads with the day they came in and took the step; and whether taking it is a hit."""
    if measure == "untouched":
        return _touched(tables), False
    passed = counts.stage_days(tables)
    begins, end = STEPS.get(measure, (("lead",), "lead"))
    begin = next(stage for stage in begins if stage in passed.stages)
    leads = passed.records
    return leads.select("source", came=leads[begin], taken=leads[end]), True


def _touched(tables: Tables) -> ir.Table:
    leads, touches = tables.leads, _touches(tables)
    if leads is None:
        raise ValueError("no leads")
    if touches is None:
        return leads.select("source", came=leads.created_day, taken=leads.touch_day)
    joined = leads.left_join(touches, "lead_id")
    taken = ibis.least(joined.touch_day, joined.touched)
    return joined.select("source", came=joined.created_day, taken=taken)


def _touches(tables: Tables) -> ir.Table | None:
    """Return the first activity of sales with each lead; ``None`` where none is known."""
    activities = tables.activities
    if activities is None:
        return None
    own = activities.filter((activities.record == "lead") & (activities.team == "sales"))
    if not int(own.count().execute()):
        return None
    return own.group_by(lead_id=own.record_id).agg(touched=own.day.min())
