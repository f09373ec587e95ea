"""Write a workbook's first filled sheet as comma-separated text, run by ``workbook.py``.

Its arguments are the workbook, the text file, and the exit status for a sheet that does not fit
in memory or grows without end. Each row is one line. On stdout comes a JSON object: ``rows``,
``last_text_rows`` (per column the last row whose cell is text and not a number) and ``others``
(visible sheets that were not read); or ``refused``, a code, with what its message needs.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook, SheetVisibleEnum

_MEMORY = 2 << 30
_MOST_BYTES = 1 << 30
_EXACT = 1e15
_MOST_ALIKE = 10_000
"""Rows in succession that say the same: more of them are a formula drawn to the last row."""
_NAMED = 5


class Refused(Exception):
    """A sheet that can be read and not used: a code, and what its message needs."""


def main(path: str, target: str) -> None:
    """Write the sheet to ``target``; an exception, on stderr, is a damaged workbook.

    One shared text can stand in a million cells: what comes out is bounded too.
    """
    _bound_memory()
    book = CalamineWorkbook.from_path(path)
    shown = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
    sheets = [book.get_sheet_by_name(name) for name in shown or book.sheet_names]
    filled = [sheet for sheet in sheets if sheet.height]
    try:
        rows, last_text_rows = _write(filled[0], Path(target)) if filled else (0, [])
    except Refused as refused:
        code, fields = refused.args
        print(json.dumps({"refused": code, "fields": {"sheet": filled[0].name, **fields}}))
        return
    others = [sheet.name for sheet in filled[1:]]
    print(json.dumps({"rows": rows, "last_text_rows": last_text_rows, "others": others}))


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such bound
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _write(sheet: CalamineSheet, target: Path) -> tuple[int, list[int]]:
    left = [None] * (sheet.start[1] if sheet.start else 0)
    last_text_rows = [0] * (len(left) + sheet.width)
    number = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for number, row in enumerate(_usable(sheet), start=1):
            cells = [*left, *row]
            for place, value in enumerate(cells):
                if isinstance(value, str) and value:
                    last_text_rows[place] = number
            if number % 1000 == 0 and file.tell() > _MOST_BYTES:
                raise MemoryError
            texts = [as_cell(value) for value in cells]
            writer.writerow(texts if any(texts) else [])
    return number, last_text_rows


def _usable(sheet: CalamineSheet) -> Iterator[list[object]]:
    """Yield the rows; raise ``Refused`` where there is no end to one, or a date is no date."""
    impossible = []
    before: list[object] = []
    alike = 0
    for number, row in enumerate(_rows(sheet), start=1):
        if row is None:
            impossible.append(number)
            continue
        alike = alike + 1 if row == before and any(row) else 0
        if alike == _MOST_ALIKE:
            raise Refused("endless_row", {"row": number - alike, "limit": _MOST_ALIKE})
        before = row
        yield row
    if impossible:
        raise Refused("impossible_dates", {"rows": impossible[:_NAMED], "n": len(impossible)})


def _rows(sheet: CalamineSheet) -> Iterator[list[object] | None]:
    """Yield the rows, or nothing for one with a date or duration beyond any calendar."""
    rows = iter(sheet.iter_rows())
    while True:
        try:
            yield list(next(rows))
        except StopIteration:
            return
        except OverflowError:
            yield None


def as_cell(value: object) -> str:
    """Return a cell as text that reads one way only: ISO dates, a decimal point, one line.

    A number with three decimals gets a fourth, so that 1.234 cannot be taken for 1234.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(_lines(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, float):
        return _number(value)
    return str(value)


def _lines(text: str) -> Iterable[str]:
    return text.replace("\x00", "").splitlines()


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    text = f"{value:.6f}".rstrip("0").rstrip(".") if abs(value) < _EXACT else f"{value:.0f}"
    return text + "0" if len(text.partition(".")[2]) == 3 else text


if __name__ == "__main__":
    try:
        main(*sys.argv[1:3])
    except MemoryError:
        sys.exit(int(sys.argv[3]))
