"""Calendar days and quarters in the workspace's time zone."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir


def _timezone(zone: str, at: Any) -> Any:
    """Read a time as local to a zone, or show an instant in it."""


_in_zone = ibis.udf.scalar.builtin(
    _timezone, name="timezone", signature=((dt.string, dt.timestamp), dt.timestamp)
)


def local_day(column: ir.Column, zone: str) -> ir.DateColumn:
    """Return the calendar day of a UTC time; a date is that day already."""
    if column.type().is_date():
        return column
    return _in_zone(zone, _in_zone("UTC", column)).cast("date")


def quarter(day: ir.DateColumn) -> ir.StringColumn:
    """Return the quarter of a day, such as ``2026Q1``."""
    return day.year().cast("string") + "Q" + day.quarter().cast("string")


def month(day: ir.DateColumn) -> ir.StringColumn:
    """Return the month of a day, such as ``2026-03``."""
    return day.strftime("%Y-%m")
