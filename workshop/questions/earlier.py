"""Which leads of before a goal's period may bring something in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd

from workshop.analysis.underway import Earlier
from workshop.crm.period_counts import entries, landed
from workshop.crm.tables import Tables
from workshop.questions.period import Period

WINDOW = 180
"""Days within which a lead becomes an opportunity, or not."""
YEAR = dt.timedelta(weeks=52)
"""A year that begins on the same day of the week."""
_ONE_DAY = dt.timedelta(days=1)
_NOBODY = pd.DataFrame({"days": pd.Series(dtype=int), "leads": pd.Series(dtype=int)})


def earlier_leads(
    tables: Tables, unit: str, kind: str, period: Period, since: dt.date
) -> Earlier | None:
    """Return the leads on their way on the as-of date, and those to come before the period.

    They come as they did in the same days a year before, or at the mean rate of the history that
    there is: ``since`` is its first day. Of a period that has begun, those on its eve as known by
    then. ``None`` where none can bring anything.
    """
    if tables.as_of is None:
        raise ValueError("no dated deals")
    day = min(tables.as_of, period.start - _ONE_DAY)
    first, wait = max(since, day - YEAR + _ONE_DAY), (period.start - day).days - 1
    if unit != "opportunity":
        then = tables if day == tables.as_of else replace(tables, as_of=day)
        seen = entries(then, unit, first, day)
        came = seen.groupby("entered")["leads"].sum()
        return _to_come(_waiting(seen, day), came, first, day, wait)
    # Of opportunities, those of today are open deals.
    if kind == "pipeline" or not wait:
        return None
    made = landed(tables, "pipeline", unit, first, day).groupby("day")["deals"].sum()
    return _to_come(_NOBODY, made, first, day, wait)


def on_their_way(tables: Tables, unit: str, day: dt.date) -> pd.DataFrame:
    """Count the leads without an opportunity by the days since they entered the stage.

    Columns: ``days``, ``leads``. Beyond the days in which a lead becomes one, it no longer does.
    """
    return _waiting(entries(tables, unit, day - dt.timedelta(days=WINDOW), day), day)


def _waiting(seen: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    left = seen[seen["lag_days"].isna()]
    age = pd.Series([(day - entered).days for entered in left["entered"]], left.index, dtype=int)
    young = age <= WINDOW
    if not young.any():
        return _NOBODY
    found = left[young].assign(days=age).groupby("days")["leads"].sum()
    return pd.DataFrame({"days": found.index.to_numpy(), "leads": found.to_numpy()})


def _to_come(
    waiting: pd.DataFrame, came: pd.Series[int], first: dt.date, day: dt.date, wait: int
) -> Earlier:
    """Add those to come: ``came`` counts by day what came from the first day to the last."""
    eve = day + dt.timedelta(days=wait) - YEAR
    if first > day + _ONE_DAY - YEAR or eve > day:
        return Earlier(waiting, wait, int(came.sum()), (day - first).days + 1)
    same = came[[one <= eve for one in came.index]]
    age = [(eve - one).days for one in same.index]
    pattern = pd.DataFrame({"days": age, "leads": same.to_numpy()}) if len(same) else None
    return Earlier(waiting, wait, int(same.sum()), max(wait, 1), pattern)
