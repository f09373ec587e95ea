"""Calendar days and quarters in the workspace's time zone, in the words of any engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from workshop.crm.engine_functions import of_engine
from workshop.crm.quick_clock import quick_day

_timezone = of_engine("timezone", dt.timestamp, zone=dt.string, at=dt.timestamp)
_convert = of_engine(
    "convert_timezone", dt.timestamp, here=dt.string, there=dt.string, at=dt.timestamp
)
_in_zone = of_engine("convert_timezone", dt.timestamp, there=dt.string, at=dt.timestamp)
_timestamp = of_engine("timestamp", dt.timestamp, at=dt.timestamp, zone=dt.string)
_datetime = of_engine("datetime", dt.timestamp, at=dt.timestamp, zone=dt.string)
_with_timezone = of_engine("with_timezone", dt.timestamp, at=dt.timestamp, zone=dt.string)
_at_timezone = of_engine("at_timezone", dt.timestamp, at=dt.timestamp, zone=dt.string)

_MOVED: dict[str, Callable[[Any, str, str], Any]] = {
    "duckdb": lambda at, here, there: _timezone(there, _timezone(here, at)),
    "postgres": lambda at, here, there: _timezone(there, _timezone(here, at)),
    "pyspark": lambda at, here, there: _convert(here, there, at),
    "databricks": lambda at, here, there: _convert(here, there, at),
    "snowflake": lambda at, here, there: _convert(here, there, at),
    "bigquery": lambda at, here, there: _datetime(_timestamp(at, here), there),
    "trino": lambda at, here, there: _at_timezone(_with_timezone(at, here), there),
}
"""How each engine, by its name in Ibis, says what another zone's clock shows at a moment."""


def moved(at: ir.Column, here: str, there: str, engine: str | None = None) -> ir.TimestampColumn:
    """Return what a clock in one zone shows when one in another shows ``at``.

    The engine is that of the column, unless given: a table that is nowhere yet has none.
    """
    return _MOVED[engine or at.get_backend().name](at, here, there)


def in_utc(at: ir.TimestampColumn, here: str) -> ir.TimestampColumn:
    """Return a time in UTC and without a zone; one that has none is of the zone given."""
    engine = at.get_backend().name
    if at.type().timezone is None:
        return at if here == "UTC" else moved(at, here, "UTC", engine)
    # Snowflake would leave the clock of the zone that each value has of its own.
    return _in_zone("UTC", at) if engine == "snowflake" else at.cast("timestamp")


def local_day(column: ir.Column, zone: str, engine: str | None = None) -> ir.DateColumn:
    """Return the calendar day of a UTC time; a date is that day already."""
    if column.type().is_date():
        return column
    quick = quick_day(column, zone) if engine is None else None
    if quick is not None:
        return quick
    return moved(column, "UTC", zone, engine).cast("date")


def quarter(day: ir.DateColumn) -> ir.StringColumn:
    """Return the quarter of a day, such as ``2026Q1``."""
    return day.year().cast("string") + "Q" + day.quarter().cast("string")


def month(day: ir.DateColumn) -> ir.StringColumn:
    """Return the month of a day, such as ``2026-03``."""
    return day.strftime("%Y-%m")
