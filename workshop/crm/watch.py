"""What is known of when: which statuses of leads this CRM dates, and the working time to count."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

from workshop.crm.calendar import WorkingTime, working_days
from workshop.crm.clock import local_day
from workshop.crm.tables import STAGES, Tables

COLUMNS = {
    "lead": "created_at",
    "mql": "mql_at",
    "assigned": "assigned_at",
    "sql": "sql_at",
    "rejected": "rejected_at",
    "opportunity": "deal_day",
    "won": "won_day",
}
"""The columns of leads that say when a lead entered a status."""
_DAYS = {
    "lead": "created_day",
    "mql": "mql_day",
    "sql": "sql_day",
    "rejected": "rejected_day",
    "opportunity": "deal_day",
    "won": "won_day",
    "touch": "touch_day",
}


@dataclass(frozen=True)
class Watch:
    """The leads, the working time until the as-of date, and what this CRM knows of when.

    ``statuses`` are those it dates by then, ``timed`` those among them with the time of day;
    ``touch`` is in them where leads say when they were touched first. ``teams`` tells whether its
    activities say whose they are.
    """

    tables: Tables
    days: pd.DataFrame
    statuses: frozenset[str]
    timed: frozenset[str]
    teams: bool

    @property
    def end(self) -> int:
        """The position of the end of the as-of date."""
        return int(self.days["seconds"].sum())


def watch_leads(tables: Tables, working: WorkingTime) -> Watch:
    """Lay out the working time of these leads; raise ``ValueError`` where none is dated."""
    leads, history, activities = tables.leads, tables.stage_history, tables.activities
    if leads is None or tables.as_of is None:
        raise ValueError("no dated leads")
    columns = {**COLUMNS, "touch": "first_touch_at"}
    assigned = local_day(leads.assigned_at, tables.zone)
    days = {name: leads[column] for name, column in _DAYS.items()}
    days["assigned"] = (assigned <= tables.as_of).ifelse(assigned, None)
    known = {f"{name}_n": day.count() for name, day in days.items()}
    first = {f"{name}_first": day.min() for name, day in days.items()}
    row = leads.agg(**known, **first).execute().iloc[0]
    statuses = {name for name in days if row[f"{name}_n"]}
    timed = {name for name in statuses if not leads[columns[name]].type().is_date()}
    if history is not None:
        entered = _entered_stages(history)
        by_day = history.entered_at.type().is_date()
        timed = timed - entered if by_day else timed | (entered - statuses)
        statuses |= entered
    firsts = pd.to_datetime(row[list(first)]).dropna()
    first_day = firsts.min().date() if len(firsts) else tables.as_of
    return Watch(
        tables=tables,
        days=working_days(working, first_day, tables.as_of),
        statuses=frozenset(statuses),
        timed=frozenset(timed),
        teams=activities is not None and bool(activities.team.count().execute()),
    )


def _entered_stages(history: ir.Table) -> set[str]:
    """Return the stages of leads in lower case, MQL and SQL by their short names."""
    stages = history.filter(history.record == "lead").stage.lower().name("stage")
    found = stages.as_table().distinct().execute()["stage"].dropna()
    short = {word: name for name, words in STAGES.items() for word in words}
    return {short.get(name, name) for name in found}
