"""The calendar day of a UTC time in DuckDB, from what a zone's clock is ahead.

DuckDB's own conversion goes by ICU, value by value, and takes five times as long; but each query
that uses this one takes some milliseconds to be planned, so that it is for large tables.
"""

from __future__ import annotations

import datetime as dt
import weakref
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import ibis.expr.datatypes as types
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from workshop.crm.engine_functions import of_engine
from workshop.crm.sql import literal

FIRST, LAST = 2000, 2038
"""The years in which a clock is known this way, the last one not included."""

_MACRO = "day_by_the_clock"
_day_by_the_clock = of_engine(_MACRO, types.date, at=types.timestamp)
_WEEK, _MINUTE = dt.timedelta(weeks=1), dt.timedelta(minutes=1)

_known: dict[int, str] = {}
"""The zone that each connection of ours was taught, by its identity."""


class Change(NamedTuple):
    """A moment in UTC, and the seconds by which a clock is ahead until then."""

    until: dt.datetime
    ahead: int


def teach(connection: Backend, zone: str) -> None:
    """Have a connection know the clock of a zone; `quick_day` uses that."""
    connection.raw_sql(f"CREATE OR REPLACE TEMP MACRO {_MACRO}(moment) AS {_expression(zone)}")
    _known[id(connection)] = zone
    weakref.finalize(connection, _known.pop, id(connection), None)


def quick_day(column: ir.TimestampColumn, zone: str) -> ir.DateColumn | None:
    """Return the day of a UTC time; nothing where its connection does not know the zone."""
    if _known.get(id(column.get_backend())) != zone:
        return None
    day: ir.DateColumn = _day_by_the_clock(column)
    return day


@cache
def changes(zone: str) -> tuple[Change, ...]:
    """Return until when a zone's clock was ahead by how much; it ends with the last year.

    Between two looks, a week apart, a clock is changed once at most.
    """
    here, found = ZoneInfo(zone), []
    at, end = dt.datetime(FIRST, 1, 1), dt.datetime(LAST, 1, 1)
    while at < end:
        later = min(at + _WEEK, end)
        ahead = _ahead(at, here)
        if _ahead(later, here) != ahead:
            found.append(Change(_changed(at, later, here), ahead))
        at = later
    return (*found, Change(end, _ahead(end, here)))


def _expression(zone: str) -> str:
    """Return the day of ``moment`` in DuckDB's words; outside the known years by ICU."""
    slow = f"timezone({literal(zone)}, timezone('UTC', moment))"
    first, last = _written(dt.datetime(FIRST, 1, 1)), _written(dt.datetime(LAST, 1, 1))
    known = f"moment >= {first} AND moment < {last}"
    return f"CASE WHEN {known} THEN {_halved(changes(zone))} ELSE {slow} END::DATE"


def _halved(parts: tuple[Change, ...]) -> str:
    """Return the clock's time by halves: a value meets few of the changes."""
    if len(parts) == 1:
        return f"moment + INTERVAL ({parts[0].ahead}) SECOND"
    middle = len(parts) // 2
    until = _written(parts[middle - 1].until)
    early, late = _halved(parts[:middle]), _halved(parts[middle:])
    return f"CASE WHEN moment < {until} THEN {early} ELSE {late} END"


def _changed(low: dt.datetime, high: dt.datetime, here: ZoneInfo) -> dt.datetime:
    """Return the first moment, to the minute, at which a clock is ahead as it is at ``high``."""
    before = _ahead(low, here)
    while high - low > _MINUTE:
        middle = low + (high - low) // 2 // _MINUTE * _MINUTE
        low, high = (middle, high) if _ahead(middle, here) == before else (low, middle)
    return high


def _ahead(at: dt.datetime, here: ZoneInfo) -> int:
    ahead = at.replace(tzinfo=dt.UTC).astimezone(here).utcoffset()
    assert ahead is not None
    return int(ahead.total_seconds())


def _written(at: dt.datetime) -> str:
    return f"TIMESTAMP '{at}'"
