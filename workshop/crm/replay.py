"""Replay a definition on history: leads in, counts of verdicts and outcomes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, get_args

import ibis
import ibis.expr.types as ir
import pandas as pd

from workshop.criteria import LANDMARK_DAYS, WINDOW_DAYS, Clause, Side, criteria
from workshop.crm.clock import month
from workshop.crm.fact_fields import as_numbers
from workshop.crm.facts import count_names, verdict, with_counts
from workshop.crm.sql import identifier
from workshop.crm.tables import Tables

Outcome = Literal["won", "opportunity"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
HELD_ROWS = 500_000
"""Leads above which their verdicts are worked out again for each count instead of held."""


@dataclass(frozen=True)
class Judging:
    """When a lead is judged, and what it should become by when; days since its creation."""

    landmark_days: int = LANDMARK_DAYS
    window_days: int = WINDOW_DAYS
    outcome: Outcome = "won"


def mature_days(tables: Tables, judging: Judging) -> pd.DataFrame:
    """Count the judged leads that have had the whole window, per day of creation.

    Columns: ``created_day``, ``leads``.
    """
    leads = followed(tables, judging)
    mature = leads.filter(leads._mature & ~leads._before)
    return frame(mature.group_by("created_day").agg(leads=ibis._.count()), ["created_day"])


@contextmanager
def judged(
    tables: Tables, sides: Mapping[Side, Clause], judging: Judging, check_from: dt.date | None
) -> Iterator[ir.Table]:
    """Hold each lead's verdict by every side while it is counted in more than one way.

    Columns: ``lead_id``, ``created_day``, ``reached`` (its landmark has come),
    ``before_landmark`` (it became a deal by then), ``period`` (fit, check; null where the window
    is not over), ``became`` (the outcome within the window) and a column per side (true, false,
    unknown).
    """
    leads = _judged(tables, sides, judging, check_from)
    rows = tables.manifest.tables["leads"].rows if "leads" in tables.manifest.tables else 0
    if rows > HELD_ROWS:
        yield leads
        return
    connection = leads.get_backend()
    name = ibis.util.gen_name("judged")
    held = connection.create_table(name, leads, temp=True)
    try:
        yield held
    finally:
        connection.raw_sql(f"DROP TABLE {identifier(name)}")


def verdict_counts(leads: ir.Table, sides: Collection[Side]) -> pd.DataFrame:
    """Count `judged` leads by what each side's definition makes of them and what they became.

    Leads whose landmark has not come yet are left out.

    Columns: ``month`` (of creation), ``before_landmark``, ``period``, a column per side (true,
    false, unknown), ``became`` and ``leads``.
    """
    reached = leads.filter(leads.reached)
    rest = ["before_landmark", "period", *sides, "became"]
    counted = reached.group_by(month(reached.created_day).name("month"), *rest)
    return frame(counted.agg(leads=ibis._.count()), ["month", *rest])


def won_missed(
    tables: Tables, leads: ir.Table, sides: Sequence[Side], judging: Judging
) -> pd.DataFrame:
    """Return the won deals whose `judged` lead a side's definition does not pass.

    They are those that count as won: within the window, of mature leads judged at the landmark.
    Columns: ``side``, ``period``, ``deal_id``, ``verdict`` (false, unknown).
    """
    columns = ["side", "period", "deal_id", "verdict"]
    deals = tables.deals
    if deals is None or not sides:
        return pd.DataFrame({column: [] for column in columns})
    won = deals.filter(deals.outcome == "won").select("deal_id", "closed_day")
    linked = links(tables).inner_join(won, "deal_id")
    became = linked.inner_join(leads.filter(leads.period.notnull()), "lead_id")
    in_time = became.closed_day.delta(became.created_day, unit="day") <= judging.window_days
    not_passed = ibis.or_(*(became[side] != "true" for side in sides))
    few = became.filter(in_time & not_passed).select("deal_id", "period", *sides)
    found: pd.DataFrame = few.execute()
    rows = found.melt(["deal_id", "period"], list(sides), "side", "verdict")
    rows = rows[rows["verdict"] != "true"]
    return rows[columns].drop_duplicates().sort_values(columns).reset_index(drop=True)


def links(tables: Tables) -> ir.Table:
    """Return which lead became which deal, said on either side: ``lead_id``, ``deal_id``."""
    sides = [
        table.select("lead_id", "deal_id").filter(table.lead_id.notnull() & table.deal_id.notnull())
        for table in (tables.leads, tables.deals)
        if table is not None
    ]
    return ibis.union(*sides, distinct=True) if len(sides) > 1 else sides[0]


def _judged(
    tables: Tables, sides: Mapping[Side, Clause], judging: Judging, check_from: dt.date | None
) -> ir.Table:
    clauses = list(sides.values())
    stored = sorted({c.field for clause in clauses for c in criteria(clause)})
    leads = as_numbers(followed(tables, judging, stored), tables, stored)
    leads = with_counts(leads, tables.activities, clauses, judging.landmark_days)
    names = count_names(clauses)
    return leads.select(
        "lead_id",
        "created_day",
        reached=leads._age >= judging.landmark_days,
        before_landmark=leads._before,
        period=period(leads, check_from),
        became=leads._became,
        **{
            side: as_text(verdict(clause, leads, names, judging.landmark_days))
            for side, clause in sides.items()
        },
    )


def as_text(holds: ir.BooleanValue) -> ir.StringValue:
    """Return a verdict as true, false or unknown."""
    return ibis.cases((holds, "true"), (~holds, "false"), else_="unknown")


_FOLLOWED = ("lead_id", "created_day", "touch_day")


def followed(tables: Tables, judging: Judging, fields: Sequence[str] = ()) -> ir.Table:
    """Add to the dated leads their age and what became of them, by landmark and window."""
    leads = tables.leads
    if leads is None or tables.as_of is None:
        raise ValueError("no dated leads")
    leads = leads.filter(leads.created_day.notnull())
    days = {"won": leads.won_day, "opportunity": leads.deal_day}
    in_time = {
        outcome: (day.delta(leads.created_day, unit="day") <= judging.window_days).fill_null(False)
        for outcome, day in days.items()
    }
    deal_after = ibis.coalesce(leads.deal_day, leads.won_day).delta(leads.created_day, unit="day")
    age = ibis.literal(tables.as_of).delta(leads.created_day, unit="day")
    return leads.select(
        *_FOLLOWED,
        *(name for name in fields if name in leads.columns and name not in _FOLLOWED),
        _age=age,
        _mature=age >= judging.window_days,
        _before=(deal_after < judging.landmark_days).fill_null(False),
        _became=in_time[judging.outcome],
        **{f"_{outcome}": found for outcome, found in in_time.items()},
    )


def period(leads: ir.Table, check_from: dt.date | None) -> ir.StringColumn:
    """Return fit or check for a mature lead that is judged at the landmark."""
    counts = leads._mature & ~leads._before
    late = leads.created_day >= (check_from or dt.date.max)
    return ibis.cases((counts & late, "check"), (counts, "fit"), else_=ibis.null("string"))


def frame(expression: ir.Table, order: Sequence[str]) -> pd.DataFrame:
    """Run a group-by and sort it, so that equal data gives equal frames."""
    rows: pd.DataFrame = expression.execute()
    return rows.sort_values(list(order), na_position="last").reset_index(drop=True)
