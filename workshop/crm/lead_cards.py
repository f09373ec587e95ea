"""Leads of which it is known what became of them, with what was known of them at the start."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from workshop.crm.digest import digest
from workshop.crm.fact_fields import FIRST_TOUCH, OF_KIND
from workshop.crm.replay import Judging, followed
from workshop.crm.tables import Tables

FATES = ("won", "opportunity", "neither")
ENOUGH_KNOWN = 2
"""Traits of which a lead that can be judged has this many; others are drawn last."""
MOST_KINDS = 5


def draw_leads(tables: Tables, each: int, seed: int) -> pd.DataFrame:
    """Draw ``each`` leads of every fate, the same ones for the same seed.

    Drawn are leads that have had the whole window, and were no deal yet at the landmark. Columns:
    ``lead_id``, ``fate`` (won, opportunity, neither), ``rank`` within it from 0, the traits known
    at creation as text, and ``days_to_first_touch`` up to the landmark.
    """
    judging = Judging()
    names = traits_shown(tables)
    leads = followed(tables, judging, names)
    able = leads.filter(leads._mature & ~leads._before)
    known = sum((able[name].notnull().cast("int64") for name in names), ibis.literal(0))
    fate = ibis.cases((able._won, "won"), (able._opportunity, "opportunity"), else_="neither")
    days = ibis.greatest(able.touch_day.delta(able.created_day, unit="day"), 0)
    sorted_out = able.mutate(
        fate=fate,
        _few=known < min(ENOUGH_KNOWN, len(names)),
        _lot=digest(able.lead_id + f"/{seed}"),
        _days=(days < judging.landmark_days).ifelse(days, ibis.null("int64")),
    )
    turn = ibis.window(group_by="fate", order_by=["_few", "_lot", "lead_id"])
    ranked = sorted_out.mutate(rank=ibis.row_number().over(turn))
    few = ranked.filter(ranked["rank"] < each)
    # A trait of the client's own may be called as one of the other columns is.
    traits = {f"_trait_{n}": few[name].cast("string") for n, name in enumerate(names)}
    drawn: pd.DataFrame = few.select("lead_id", "fate", "rank", "_days", **traits).execute()
    named = {f"_trait_{n}": name for n, name in enumerate(names)}
    ordered = drawn.sort_values(["fate", "rank"], ignore_index=True)
    return ordered.rename(columns={"_days": FIRST_TOUCH, **named})


def traits_shown(tables: Tables) -> list[str]:
    """Return the traits of leads that were known when they came in."""
    if tables.leads is None:
        return []
    return [
        name
        for name, known in tables.traits("leads").items()
        if known and name in tables.leads.columns
    ]


def first_activities(tables: Tables, lead_ids: Sequence[str]) -> pd.DataFrame:
    """Count what happened to some leads up to the landmark, by kind.

    Indexed by ``lead_id``; a column ``activities.<kind>`` for each of the most frequent kinds. No
    columns where the CRM has no activities, or none of these leads had any.
    """
    nothing = pd.DataFrame(index=pd.Index(list(lead_ids), name="lead_id"))
    if tables.activities is None or tables.leads is None or not len(lead_ids):
        return nothing
    rows = _dated(tables.activities, tables.leads, lead_ids).execute()
    if rows.empty:
        return nothing
    counted = rows.pivot_table(index="lead_id", columns="kind", values="n", aggfunc="sum")
    frequent = counted.sum().sort_values(ascending=False, kind="stable").index[:MOST_KINDS]
    chosen = counted[sorted(frequent)].reindex(nothing.index).fillna(0).astype(int)
    named: pd.DataFrame = chosen.rename(columns=lambda kind: f"{OF_KIND}{kind}")
    return named


def _dated(activities: ir.Table, leads: ir.Table, lead_ids: Sequence[str]) -> ir.Table:
    few = leads.filter(leads.lead_id.isin(list(lead_ids))).select("lead_id", "created_day")
    own = activities.filter((activities.record == "lead") & activities.kind.notnull())
    joined = own.inner_join(few, own.record_id == few.lead_id)
    days = joined.day.delta(joined.created_day, unit="day")
    in_time = joined.filter(days < Judging().landmark_days)
    return in_time.group_by("lead_id", "kind").agg(n=ibis._.count())


def customer_types(tables: Tables, most: int) -> tuple[str, ...]:
    """Return the most frequent types of customer of the leads, or else of the deals."""
    for table in (tables.leads, tables.deals):
        if table is not None and "customer_type" in table.columns:
            named = table.filter(table.customer_type.notnull())
            counted = named.group_by("customer_type").agg(n=ibis._.count()).execute()
            ordered = counted.sort_values(["n", "customer_type"], ascending=[False, True])
            if len(ordered):
                return tuple(ordered["customer_type"].head(most))
    return ()
