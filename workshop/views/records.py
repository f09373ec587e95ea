"""A frame's cells as plain values: what a page writes, a file types and JSON can carry."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.api import types

Cell = bool | int | float | str | dt.date | None
"""A plain value; ``None`` is undefined. A ``datetime`` is a ``date`` here, as it is in Python."""

ColumnType = Literal["boolean", "integer", "number", "date", "datetime", "string"]


def cells(series: pd.Series[Any]) -> list[Cell]:
    """Return a column's values as plain Python, undefined ones (NaN, NaT, infinity) as ``None``.

    A column of days without times gives dates.
    """
    days = column_type(series) == "date"
    plain = [_plain(value) for value in series]
    return [value.date() if days and isinstance(value, dt.datetime) else value for value in plain]


def column_type(series: pd.Series[Any]) -> ColumnType:
    """Return what a column holds, by its dtype, and by its values where that says nothing."""
    if types.is_bool_dtype(series.dtype):
        return "boolean"
    if types.is_integer_dtype(series.dtype):
        return "integer"
    if types.is_numeric_dtype(series.dtype):
        return "number"
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        return "datetime"
    if types.is_datetime64_dtype(series.dtype):
        return (
            "date"
            if bool((series.dropna().dt.normalize() == series.dropna()).all())
            else "datetime"
        )
    return _type_of_values(value for value in map(_plain, series) if value is not None)


def to_json(cell: Cell) -> bool | int | float | str | None:
    """Return a cell as JSON can carry it: days and times in ISO 8601."""
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def _type_of_values(values: Iterable[Cell]) -> ColumnType:
    kinds = {type(value) for value in values}
    for kind, name in _TYPES:
        if kinds and kinds <= kind:
            return name
    return "string"


_TYPES: tuple[tuple[set[type], ColumnType], ...] = (
    ({bool}, "boolean"),
    ({int}, "integer"),
    ({int, float}, "number"),
    ({dt.date}, "date"),
    ({dt.datetime}, "datetime"),
)


def _plain(value: Any) -> Cell:
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(map(str, value)) if isinstance(value, set | frozenset) else map(str, value)
        return "; ".join(items)
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, Decimal):
        value = float(value) if value.is_finite() else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, bool | int | str | dt.date) else str(value)
