"""A small frame of ours as a table of a query, also where nothing may be written.

An engine that is not ours gets it within the query, as one text.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from workshop.crm.read_only import travels

_LINE, _FIELD = ";", " "


def sent(frame: pd.DataFrame, beside: ir.Table) -> ir.Table:
    """Return a frame as a table for queries that use another one.

    Its columns are whole numbers, days, or times of whole seconds; null stays null.
    """
    local = ibis.memtable(frame)
    if not travels(beside.get_backend()):
        return local
    kinds = local.schema()
    lines = pd.DataFrame({name: _written(frame[name], kind) for name, kind in kinds.items()})
    text = ibis.literal(_LINE.join(lines.agg(_FIELD.join, axis=1)))
    rows = text.split(_LINE).name("line").as_table().unnest("line")
    parts = rows.select(part=rows.line.split(_FIELD))
    read = {name: parts.part[place].nullif("") for place, name in enumerate(kinds)}
    return parts.select(**{name: read[name].cast(kinds[name].copy(nullable=True)) for name in read})


def _written(column: pd.Series[Any], kind: Any) -> pd.Series[str]:
    """Write whole numbers in digits, days and times as ISO has them, and null as nothing."""
    if kind.is_timestamp():
        text = column.dt.strftime("%Y-%m-%dT%H:%M:%S")
    else:
        text = column.astype("string")
    written: pd.Series[str] = text.fillna("")
    return written
