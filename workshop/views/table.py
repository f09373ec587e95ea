"""Tables in the reader's language, with the frame itself behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from workshop.i18n import NOTHING, Translator
from workshop.views import sheet_name
from workshop.views.fragment import Shown, check_name, fill
from workshop.views.records import Cell, cells, column_type, to_json

KINDS = (
    "plain",
    "count",
    "number",
    "percent",
    "points",
    "money",
    "date",
    "short_date",
    "month",
    "country",
    "p",
)

Align = Literal["start", "end"]

_PERIODS = {"fit": "field.fit", "check": "field.check"}
"""What a column of a definition's replay begins with: on earlier leads, on later ones."""


@dataclass(frozen=True)
class Column:
    """One column of a table: its field in the frame, its header, how a value is written.

    ``kind`` is a method of `Translator`, with its decimals or its currency after a hyphen
    (``count``, ``number-2``, ``percent-1``, ``points``, ``money-EUR``, ``date``, ``month``),
    ``p`` for a p-value, or a function of the value. Where it is not given, text stays text and a
    number gets what `Translator.plain` makes of it.
    """

    field: str
    header: str
    kind: str | Callable[[Any], str] = "plain"
    align: Align | None = None

    def __post_init__(self) -> None:
        if isinstance(self.kind, str) and self.kind.partition("-")[0] not in KINDS:
            raise ValueError(f"column {self.field!r}: kind {self.kind!r}; allowed are {KINDS}")


@dataclass(frozen=True)
class Table(Shown):
    """A frame in the reader's language, with the frame itself behind it.

    The first column heads its rows. ``name`` is the file's and the sheet's; ``shown`` rows stand
    on the page, all of them in the files.
    """

    frame: pd.DataFrame
    name: str
    title: str
    columns: tuple[Column, ...]
    t: Translator
    notes: tuple[str, ...] = ()
    shown: int | None = None

    def __post_init__(self) -> None:
        check_name(self.name)
        missing = [c.field for c in self.columns if c.field not in self.frame.columns]
        if missing or not self.columns:
            allowed = ", ".join(map(str, self.frame.columns))
            raise ValueError(f"table {self.name!r}: no column {missing}; the frame has {allowed}")

    def html(self) -> str:
        """Return a table with a caption, its headers marked as such."""
        rows = self.frame.head(self.shown) if self.shown is not None else self.frame
        texts = [
            [_written(cell, column.kind, self.t) for cell in cells(rows[column.field])]
            for column in self.columns
        ]
        return fill(
            "table.html.j2",
            table=self,
            aligns=[self._align(column) for column in self.columns],
            rows=list(zip(*texts, strict=True)),
            more=self._more(len(self.frame) - len(rows)),
        )

    def plain(self) -> str:
        """Return the title and the size."""
        return f"{self.title} ({len(self.frame)} × {len(self.columns)})"

    def behind(self) -> dict[str, Any]:
        """Return name, title, columns (field, header, kind, type) and records, fit for JSON.

        Columns that the page does not show follow, those that have no words under their own name.
        """
        rest = [self._unshown(str(f)) for f in self.frame.columns if f not in self._fields]
        columns = [*self.columns, *rest]
        frame = self.frame.set_axis([str(field) for field in self.frame.columns], axis=1)
        fields = [column.field for column in columns]
        rows = zip(*(map(to_json, cells(frame[field])) for field in fields), strict=True)
        return {
            "name": self.name,
            "title": self.title,
            "columns": [
                {
                    "field": column.field,
                    "header": column.header,
                    "kind": column.kind if isinstance(column.kind, str) else "plain",
                    "type": column_type(frame[column.field]),
                }
                for column in columns
            ],
            "records": [dict(zip(fields, row, strict=True)) for row in rows],
        }

    @property
    def source(self) -> str:
        """Where a reader finds the numbers."""
        return self.t("display.source", sheet=sheet_name(self.name))

    def _unshown(self, field: str) -> Column:
        period, _, rest = field.partition("_")
        if period in _PERIODS and self.t.has(f"field.{rest}"):
            name = self.t(f"field.{rest}")
            return Column(field, self.t(_PERIODS[period], name=name[:1].lower() + name[1:]))
        return Column(field, self.t(f"field.{field}") if self.t.has(f"field.{field}") else field)

    @property
    def _fields(self) -> set[str]:
        return {column.field for column in self.columns}

    def _align(self, column: Column) -> Align:
        numeric = column_type(self.frame[column.field]) in {"integer", "number"}
        return column.align or ("end" if numeric else "start")

    def _more(self, n: int) -> str | None:
        return self.t("display.more_rows", n=n) if n > 0 else None


def _written(value: Cell, kind: str | Callable[[Any], str], t: Translator) -> str:
    """Return a cell's text; what is undefined is a dash, whatever the kind."""
    if value is None:
        return NOTHING
    if callable(kind):
        return kind(value)
    if kind == "p":
        return _p_value(value, t)
    method, _, argument = kind.partition("-")
    extra = (int(argument) if argument.isdecimal() else argument,) if argument else ()
    return str(getattr(t, method)(value, *extra))


def _p_value(value: Any, t: Translator) -> str:
    """Return a p-value; a smaller one than three decimals can show as below the smallest shown."""
    return t.number(value, 3) if value >= 0.001 else f"< {t.number(0.001, 3)}"
