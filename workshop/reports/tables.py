"""The tables behind a report, as CSV for a spreadsheet and as one workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workshop.cells import inert
from workshop.errors import ReportError
from workshop.i18n import Translator
from workshop.views import TABLE_TYPE, sheet_name

if TYPE_CHECKING:
    from nbformat import NotebookNode

Value = bool | int | float | str | None

_PLAIN_NUMBER = re.compile(r"[-+]?[\d.,]*")
_LONGEST_CELL = 32_767
"""Characters; Excel's limit, beyond which its writer drops the cell in silence."""


@dataclass(frozen=True)
class DataColumn:
    """One column of a table: field, header, how the page writes it, what it holds."""

    field: str
    header: str
    kind: str
    type: str


@dataclass(frozen=True)
class DataTable:
    """A table as an output carries it (`TABLE_TYPE`)."""

    name: str
    title: str
    columns: tuple[DataColumn, ...]
    records: tuple[dict[str, Value], ...]


def tables_of(notebook: NotebookNode) -> list[DataTable]:
    """Return the tables behind a notebook's outputs in their order, each once.

    Raises ``ReportError`` ``table_twice`` where one name stands for two different tables.
    """
    found: dict[str, DataTable] = {}
    for carried in _carried(notebook):
        table = DataTable(
            name=carried["name"],
            title=carried["title"],
            columns=tuple(DataColumn(**column) for column in carried["columns"]),
            records=tuple(carried["records"]),
        )
        if found.setdefault(table.name, table) != table:
            raise ReportError("table_twice", name=table.name)
    return list(found.values())


def write_csv_files(folder: Path, tables: Iterable[DataTable], t: Translator) -> None:
    """Write ``<name>.csv`` for each table, as the reader's spreadsheet opens it.

    UTF-8 with a byte order mark; in Dutch semicolons and decimal commas. A text that a spreadsheet
    would run as a formula gets an apostrophe before it; numbers stay numbers.
    """
    folder.mkdir()
    for table in tables:
        (folder / f"{table.name}.csv").write_text(_csv(table, t), "utf-8-sig", newline="")


def write_workbook(path: Path, tables: Sequence[DataTable], t: Translator, as_of: dt.date) -> None:
    """Write one sheet a table behind a list of them: typed cells, the header in view.

    ``as_of`` is its date of creation too, so that the same tables give the same bytes.
    """
    import xlsxwriter

    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
    # In memory to its end: what the disk has against it is then said as of any other file.
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": dt.datetime.combine(as_of, dt.time()), "author": ""})
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        _write_contents(book.add_worksheet(t("report.contents")), tables, t, bold)
        for table in tables:
            _write_sheet(book, book.add_worksheet(sheet_name(table.name)), table, bold)
    path.write_bytes(content.getvalue())


def _carried(notebook: NotebookNode) -> Iterator[Any]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if TABLE_TYPE in output.get("data", {}):
                yield output.data[TABLE_TYPE]


def _csv(table: DataTable, t: Translator) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if t.language == "nl" else ",")
    writer.writerow([_harmless(column.header) for column in table.columns])
    for record in table.records:
        writer.writerow([_csv_cell(record[column.field], t) for column in table.columns])
    return text.getvalue()


def _csv_cell(value: Value, t: Translator) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return t("report.true") if value else t("report.false")
    if isinstance(value, str):
        return _harmless(value)
    return repr(value).replace(".", "," if t.language == "nl" else ".")


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return text if _PLAIN_NUMBER.fullmatch(text) else inert(text)


def _write_contents(sheet: Any, tables: Sequence[DataTable], t: Translator, bold: Any) -> None:
    for position, key in enumerate(("report.sheet", "report.table", "report.rows")):
        sheet.write_string(0, position, t(key), bold)
    for row, table in enumerate(tables, 1):
        name = sheet_name(table.name)
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        sheet.write_string(row, 1, table.title)
        sheet.write_number(row, 2, len(table.records))
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 80)
    sheet.freeze_panes(1, 0)


def _write_sheet(book: Any, sheet: Any, table: DataTable, bold: Any) -> None:
    for position, column in enumerate(table.columns):
        cells = [record[column.field] for record in table.records]
        sheet.set_column(position, position, _width(column, cells), _format(book, column))
        sheet.write_string(0, position, column.header, bold)
        for row, value in enumerate(cells, 1):
            _write_cell(sheet, row, position, value, column.type)
    sheet.freeze_panes(1, 1)
    if table.records:
        sheet.autofilter(0, 0, len(table.records), len(table.columns) - 1)


def _write_cell(sheet: Any, row: int, position: int, value: Value, kind: str) -> None:
    """Write one cell by its type; a text is never read as a number, an address or a formula."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, position, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, position, value)
    elif kind == "date":
        sheet.write_datetime(row, position, dt.date.fromisoformat(value))
    else:
        sheet.write_string(row, position, value[:_LONGEST_CELL])


def _format(book: Any, column: DataColumn) -> Any:
    """Return the number format that goes with how the page writes the column."""
    method, _, argument = column.kind.partition("-")
    decimals = "." + "0" * int(argument) if argument.isdecimal() and argument != "0" else ""
    formats = {
        "count": "#,##0",
        "money": "#,##0",
        "number": f"#,##0{decimals or '.0'}",
        "percent": f"0{decimals}%",
        "points": f"+0{decimals}%;-0{decimals}%;0%",
        "p": "0.000",
    }
    wanted = "dd/mm/yyyy" if column.type == "date" else formats.get(method, "General")
    return book.add_format({"num_format": wanted, "valign": "top"})


def _width(column: DataColumn, cells: Iterable[Value]) -> int:
    """Return a width in characters that shows most cells, and no more than a screen's share."""
    numeric = column.type != "string"
    longest = (
        10 if numeric else max((len(cell) for cell in cells if isinstance(cell, str)), default=0)
    )
    return min(max(longest, min(len(column.header), 20), 8) + 2, 60)
