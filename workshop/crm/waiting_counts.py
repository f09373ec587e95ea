"""Count how long leads wait until somebody acts, in working hours: small frames of counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from workshop.crm.calendar import with_positions
from workshop.crm.clock import local_day
from workshop.crm.tables import STAGES, Tables
from workshop.crm.watch import COLUMNS, Watch

FINE_HOURS = 100
"""Up to here a wait is counted to the minute, beyond it to the hour."""

_DAYS = {"sql": "sql_day", "opportunity": "deal_day", "won": "won_day"}
_BEFORE_TALK = ("lead", "mql", "assigned")
_AFTER_TALK = ("sql", "rejected", "opportunity", "won")


@dataclass(frozen=True)
class Case:
    """Leads that enter a status, and wait there until somebody acts.

    ``status`` is lead (its creation), mql, assigned, sql, or a stage of the leads' history. A
    touch by sales is an act where ``touched`` says so; so is the entry into a status of
    ``until``, among which rejected, opportunity and won may be. Up to the hand-over a lead that
    was spoken to before its entry does not wait; from SQL on only a later act counts.
    ``limit_hours`` is of working time.
    """

    status: str
    until: tuple[str, ...] = ()
    touched: bool = True
    limit_hours: float | None = None


def waits(watch: Watch, case: Case) -> pd.DataFrame:
    """Count the leads of a case by type of customer and the hours until somebody acted.

    A wait is counted to the minute, from 100 hours on to the hour, rounded down; whether a limit
    was kept is decided on the second. Columns: ``customer_type``, ``hours`` (of working time,
    until the act or the as-of date), ``touched`` (whether somebody acted), ``mature`` (whether
    the limit has passed by the as-of date), ``breached`` (whether it had before anybody acted),
    ``leads``.
    """
    return _waits(_timeline(watch, case), watch, case)


def waits_apart(watch: Watch, case: Case, split: dt.date) -> pd.DataFrame:
    """Count the leads of a case as `waits` does, by when they entered its status.

    Columns: ``since`` (entered after the day), ``hours``, ``touched``, ``mature``, ``breached``,
    ``leads``.
    """
    line = _timeline(watch, case).mutate(customer_type=ibis.null("string"))
    counted = _waits(line, watch, case, since=line.day > split)
    return counted.drop(columns="customer_type")


def assignments(watch: Watch) -> pd.DataFrame:
    """Count leads by the hours until the system assigned them.

    The clock starts when a lead becomes an MQL, or at its creation where it was assigned before
    that or where this CRM dates no MQLs. A lead that somebody acted on and that has no time of
    assignment is left out: how long the system took is not known. Columns: ``customer_type``,
    ``hours``, ``touched`` (whether it was assigned), ``leads``.
    """
    case = Case("lead", until=("sql", "opportunity", "rejected"))
    line = _timeline(watch, case, also=("mql", "assigned"))
    handed_over = line.mql.notnull() & (line.assigned.isnull() | (line.mql <= line.assigned))
    at_creation = line.assigned.notnull() | ibis.literal("mql" not in watch.statuses)
    line = line.mutate(start=ibis.cases((handed_over, line.mql), (at_creation, line.start)))
    line = line.filter(line.start.notnull() & (line.assigned.notnull() | line.acted.isnull()))
    waited = _waited(line.start, line.assigned, watch.end)
    return _by_wait(line, waited, touched=line.assigned.notnull())


def touch_effect(
    watch: Watch, case: Case, converted_at: str, within_hours: float, window_days: int
) -> pd.DataFrame:
    """Count who moved on, among leads touched in time, touched later and never touched.

    ``converted_at`` is sql, opportunity or won. Only leads that have had the whole window count,
    and a conversion only within it, both from the day on which a lead entered the status of the
    case. Columns: ``touched``, ``touched_within`` (so many hours of working time), ``leads``,
    ``converted``.
    """
    line = _timeline(watch, case)
    line = line.filter(ibis.literal(watch.tables.as_of).delta(line.day, unit="day") >= window_days)
    days = line[_DAYS[converted_at]].delta(line.day, unit="day")
    in_time = _waited(line.start, line.acted, watch.end) <= round(within_hours * 3600)
    touched = line.acted.notnull()
    counted = line.group_by(touched=touched, touched_within=touched & in_time).agg(
        leads=ibis._.count(), converted=(days <= window_days).fill_null(False).sum()
    )
    return _frame(counted, ["touched", "touched_within"])


def _timeline(watch: Watch, case: Case, also: Sequence[str] = ()) -> ir.Table:
    """Place the leads of a case in working time.

    Columns: ``customer_type``, the day of each step, ``day`` (of entry), and as positions
    ``start`` (entry), ``acted``, and what was asked for ``also``, by its name.
    """
    statuses = (case.status, *case.until, *also)
    if case.status not in watch.statuses:
        allowed = ", ".join(sorted(watch.statuses))
        raise ValueError(f"this CRM does not date {case.status!r}; it does date {allowed}")
    table = _entries(watch.tables, statuses)
    starts = _at(table, 0)
    zone = watch.tables.zone
    table = table.mutate(
        day=ibis.coalesce(*(local_day(at, zone) for at in starts)),
        since=ibis.coalesce(*(at.cast("timestamp") for at in starts)),
    )
    # Not by its day: a filter would ask the clock a second time.
    table = _with_touches(watch, case, table.filter(table.since.notnull()))
    times = [n for n in table.columns if n.startswith(("own", "stage", "touch"))]
    table = with_positions(table, watch.days, times, zone)
    table = table.mutate(start=ibis.coalesce(*_at(table, 0)))
    table = table.filter(table.start.notnull())
    offset = 1 + len(case.until)
    asked = {name: _first(_at(table, offset + i)) for i, name in enumerate(also)}
    return table.mutate(acted=_first(_acts(table, case)), **asked)


def _entries(tables: Tables, statuses: Sequence[str]) -> ir.Table:
    """Return the leads with when they entered each status: ``own<i>`` and ``stage<i>``."""
    leads, history = tables.leads, tables.stage_history
    if leads is None:
        raise ValueError("no leads")
    own = {f"own{i}": leads[COLUMNS[s]] for i, s in enumerate(statuses) if s in COLUMNS}
    table = leads.select("lead_id", "customer_type", *_DAYS.values(), "first_touch_at", **own)
    words = {
        f"stage{i}": STAGES.get(status, (status.lower(),))
        for i, status in enumerate(statuses)
        if status in STAGES or status not in COLUMNS
    }
    if history is None or not words:
        return table
    of_leads = history.filter(history.record == "lead")
    stage = of_leads.stage.lower()
    first = of_leads.group_by(_record=of_leads.record_id).agg(
        **{name: of_leads.entered_at.min(where=stage.isin(w)) for name, w in words.items()}
    )
    return table.left_join(first, table.lead_id == first._record).drop("_record")


def _with_touches(watch: Watch, case: Case, table: ir.Table) -> ir.Table:
    """Add when a lead was touched: ``touch0`` as it says itself, ``touch1`` by the activities."""
    if not case.touched:
        return table
    said = "touch" in watch.statuses
    if said:
        table = table.mutate(touch0=table.first_touch_at)
    activities = watch.tables.activities
    if activities is None or (said and not watch.teams):
        return table
    acts = activities.filter(activities.record == "lead")
    if watch.teams:
        acts = acts.filter(acts.team == "sales")
    if case.status not in _BEFORE_TALK:
        entered = table.select("lead_id", "since")
        acts = acts.inner_join(entered, acts.record_id == entered.lead_id)
        acts = acts.filter(acts["at"].cast("timestamp") >= acts.since)
    first = acts.group_by(_record=acts.record_id).agg(touch1=acts["at"].min())
    return table.left_join(first, table.lead_id == first._record).drop("_record")


def _acts(table: ir.Table, case: Case) -> list[ir.IntegerColumn]:
    """Return the positions of what ends the wait; what came too early to end it is null."""
    early = case.status in _BEFORE_TALK
    touches = [table[name] for name in table.columns if name.startswith("touch")]
    ends = [(at, early) for at in touches]
    for i, status in enumerate(case.until, start=1):
        ends += [(at, early and status in _AFTER_TALK) for at in _at(table, i)]
    return [at if always else (at >= table.start).ifelse(at, None) for at, always in ends]


def _at(table: ir.Table, i: int) -> list[ir.Column]:
    """Return the columns that say when the i-th status was entered, the lead's own first."""
    return [table[name] for name in (f"own{i}", f"stage{i}") if name in table.columns]


def _first(positions: Sequence[ir.IntegerColumn]) -> ir.IntegerColumn:
    """Return the earliest of positions, null where there is none."""
    never = 2**62
    known = [position.fill_null(never) for position in positions]
    return ibis.least(ibis.literal(never), *known).nullif(never)


def _waited(start: ir.Column, ended: ir.Column, end: int) -> ir.IntegerColumn:
    """Return the seconds of working time until the end of a wait, or up to now."""
    return ibis.greatest(ended.fill_null(end) - start, 0)


def _waits(line: ir.Table, watch: Watch, case: Case, **flags: ir.BooleanValue) -> pd.DataFrame:
    """Count the leads of a case on their line of working time; see `waits`."""
    waited = _waited(line.start, line.acted, watch.end)
    if case.limit_hours is None:
        mature, breached = ibis.literal(False), ibis.literal(False)
    else:
        limit = round(case.limit_hours * 3600)
        mature = watch.end - line.start >= limit
        breached = mature & (line.acted.isnull() | (waited > limit))
    return _by_wait(
        line, waited, **flags, touched=line.acted.notnull(), mature=mature, breached=breached
    )


def _by_wait(line: ir.Table, waited: ir.Column, **flags: ir.BooleanValue) -> pd.DataFrame:
    """Count leads by type of customer, wait and what else is asked."""
    minutes = waited // 60
    fine = minutes < FINE_HOURS * 60
    counted = line.group_by(
        customer_type=line.customer_type,
        minutes=fine.ifelse(minutes, minutes // 60 * 60),
        **flags,
    ).agg(leads=ibis._.count())
    frame = _frame(counted, ["customer_type", "minutes", *flags])
    return frame.assign(hours=frame["minutes"] / 60)[["customer_type", "hours", *flags, "leads"]]


def _frame(expression: ir.Table, order: Sequence[str]) -> pd.DataFrame:
    """Run a group-by and sort it, so that equal data gives equal frames."""
    frame: pd.DataFrame = expression.execute()
    return frame.sort_values(list(order), na_position="last").reset_index(drop=True)
