"""Count what came in up to a day and since then, apart: what two audits can be compared on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise

import ibis
import ibis.expr.types as ir
import pandas as pd

from workshop.crm.counts import stage_days
from workshop.crm.replay import frame
from workshop.crm.tables import Tables

STEP_COLUMNS = ["from_stage", "to_stage", "since", "mature", "records", "converted"]


def steps(tables: Tables, split: dt.date, windows: Mapping[tuple[str, str], int]) -> pd.DataFrame:
    """Count who went on within the window of each step, by when they entered it.

    Columns: ``from_stage``, ``to_stage``, ``since`` (entered after the day), ``mature`` (has had
    the whole window), ``records``, ``converted`` (within the window).
    """
    passed = stage_days(tables)
    parts = []
    for step in pairwise(passed.stages):
        if step not in windows:
            continue
        before, after = step
        rows = passed.records.filter(passed.records[before].notnull())
        lag = rows[after].delta(rows[before], unit="day")
        counted = rows.group_by(
            since=rows[before] > split,
            mature=_age(rows[before], tables) >= windows[step],
        ).agg(
            records=ibis._.count(),
            converted=(lag <= windows[step]).fill_null(False).sum(),
        )
        parts.append(frame(counted, ["since", "mature"]).assign(from_stage=before, to_stage=after))
    return pd.concat(parts, ignore_index=True)[STEP_COLUMNS] if parts else _none(STEP_COLUMNS)


def closed_deals(tables: Tables, split: dt.date) -> pd.DataFrame:
    """Count the closed deals by outcome and by when they were closed.

    Columns: ``since``, ``won``, ``deals``. Deals closed without a date are left out.
    """
    deals = tables.deals
    if deals is None:
        return _none(["since", "won", "deals"])
    closed = deals.filter((deals.outcome != "open") & deals.closed_day.notnull())
    counted = closed.group_by(since=closed.closed_day > split, won=closed.outcome == "won")
    return frame(counted.agg(deals=ibis._.count()), ["since", "won"])


def won_within(tables: Tables, split: dt.date, days: int) -> pd.DataFrame:
    """Count the deals won within so many days of their creation, by when they were created.

    Columns: ``since``, ``mature`` (was created so long ago), ``records``, ``converted`` (won
    within the days). Deals closed without a date are left out.
    """
    deals = tables.deals
    if deals is None:
        return _none(["since", "mature", "records", "converted"])
    known = (deals.outcome == "open") | deals.closed_day.notnull()
    dated = deals.filter(deals.created_day.notnull() & known)
    lag = dated.closed_day.delta(dated.created_day, unit="day")
    won = (dated.outcome == "won") & (lag <= days)
    counted = dated.group_by(
        since=dated.created_day > split, mature=_age(dated.created_day, tables) >= days
    ).agg(records=ibis._.count(), converted=won.fill_null(False).sum())
    return frame(counted, ["since", "mature"])


def channel_leads(tables: Tables, by: str, split: dt.date, window_days: int) -> pd.DataFrame:
    """Count the leads of each channel that were won within the window, by when they came in.

    Columns: ``channel``, ``since``, ``mature`` (has had the whole window), ``records``,
    ``converted``.
    """
    leads = tables.leads
    columns = ["channel", "since", "mature", "records", "converted"]
    if leads is None:
        return _none(columns)
    dated = leads.filter(leads.created_day.notnull())
    days = dated.won_day.delta(dated.created_day, unit="day")
    counted = dated.group_by(
        channel=dated[by].cast("string"),
        since=dated.created_day > split,
        mature=_age(dated.created_day, tables) >= window_days,
    ).agg(records=ibis._.count(), converted=(days <= window_days).fill_null(False).sum())
    return frame(counted, columns[:3])


def _age(day: ir.DateColumn, tables: Tables) -> ir.IntegerColumn:
    """Return for how many days a record has been followed."""
    return ibis.literal(tables.as_of).delta(day, unit="day")


def _none(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({column: [] for column in columns})
