"""How a text file is laid out: its separator, where its header is, where each record begins."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple, TextIO

from workshop.crm.encoding import MAX_LINE_BYTES
from workshop.errors import InputError

DELIMITERS = {",": ",", ";": ";", "\t": "tab", "|": "|"}

_HEAD = 262_144
_RECORDS = 200
_TAIL = 65_536
_OTHER_FORMATS = ("<", "{", "[", "%pdf", "%!ps")
csv.field_size_limit(MAX_LINE_BYTES)


@dataclass(frozen=True)
class Layout:
    """A UTF-8 text file's separator, and the lines up to and including its header.

    ``header`` and ``below`` are the fields of the header and of the record after it;
    ``one_line_each`` tells whether every record up to the header is one line.
    """

    path: Path
    encoding: str
    delimiter: str
    newline: str
    skip: int
    header: tuple[str, ...]
    below: tuple[str, ...]
    one_line_each: bool

    def records(self) -> Iterator[tuple[int, list[str] | None]]:
        """Yield the line and the fields of each record; ``None`` where quotes do not close.

        Such a record is taken to end with its line, so that a stray quote costs one line only.
        """
        with self.path.open(encoding=self.encoding, newline="") as file:
            lines = _Lines(file, self.skip)
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True, skipinitialspace=True)
            while True:
                start = lines.begin_record()
                try:
                    fields = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    yield start, self._one_line(lines.give_back_all_but_one())
                else:
                    yield start, fields

    def _one_line(self, line: str) -> list[str] | None:
        """Read a record of one line whose only fault may be spaces after a closing quote."""
        mark = re.escape(self.delimiter)
        tidy = re.sub(rf'" +(?={mark}|[\r\n]*$)', '"', line)
        reader = csv.reader([tidy], delimiter=self.delimiter, strict=True, skipinitialspace=True)
        try:
            return next(reader)
        except csv.Error:
            return None

    def lines_of(self, places: Collection[int]) -> dict[int, int]:
        """Return the line of each record, by its place among those that are not blank lines."""
        wanted = set(places)
        if not wanted:
            return {}
        lines = (line for line, fields in self.records() if fields)
        return {
            place: line
            for place, line in zip(range(max(wanted) + 1), lines, strict=False)
            if place in wanted
        }


class _Lines:
    """The lines of a file after the first few; those of a bad record can be given back."""

    def __init__(self, file: TextIO, skip: int) -> None:
        for _ in range(skip):
            file.readline()
        self._file = file
        self._taken: list[str] = []
        self._again: list[str] = []
        self._number = skip

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._file)
        self._taken.append(line)
        self._number += 1
        return line

    def begin_record(self) -> int:
        """Return the number of the line that comes next."""
        self._taken.clear()
        return self._number + 1

    def give_back_all_but_one(self) -> str:
        """Take back the lines of this record after its first, which is returned."""
        self._again += reversed(self._taken[1:])
        self._number -= len(self._taken) - 1
        return self._taken[0]


def find_layout(path: Path, encoding: str, name: str, delimiter: str | None = None) -> Layout:
    """Find the separator and the header of a UTF-8 text; ``name`` is the file's in messages.

    The header is the first record with the usual number of fields that fills at least half as
    many of them as the fullest one: titles above it are left out. Raises ``InputError`` where
    there is no separator, or where the text is some other format.
    """
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(_HEAD)
    start = head.lstrip().partition("\n")[0][:20].strip()
    if start.lower().startswith(_OTHER_FORMATS):
        raise InputError("not_a_table", path=name, starts=start)
    declared, offset = _declared_separator(head)
    if declared:
        head = head.partition("\n")[2]
    delimiter = delimiter or declared or _guess_separator(head, name)
    records = _first_records(head, delimiter)
    place = _header_place([record.fields for record in records])
    if place is None:
        raise InputError("no_separator", path=name, allowed=list(DELIMITERS.values()))
    below = records[place + 1].fields if place + 1 < len(records) else []
    return Layout(
        path=path,
        encoding=encoding,
        delimiter=delimiter,
        newline=_newline(head),
        skip=records[place].last_line + offset,
        header=tuple(records[place].fields),
        below=tuple(below),
        one_line_each=records[place].last_line == records[place].number,
    )


def cut_footer(layout: Layout, copy: Path) -> tuple[Layout, int]:
    """Leave out the lines of one value that stand below the records; tell how many there are.

    They are a footer after a blank line or where one of them has a space in it: a last record
    that was cut off has neither. What is left is written to ``copy``.
    """
    with layout.path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(size - _TAIL, 0))
        lines = file.read().splitlines(keepends=True)
    separator = layout.delimiter.encode()
    below = list(
        takewhile(lambda line: separator not in line and not line.count(b'"') % 2, reversed(lines))
    )
    # A blank line may be written with its quotes.
    values = [line.strip().strip(b'"').strip() for line in below]
    filled = [value for value in values if value]
    if not filled or not (any(b" " in value for value in filled) or not values[-1]):
        return layout, 0
    if layout.path != copy:
        shutil.copyfile(layout.path, copy)
    os.truncate(copy, size - sum(map(len, below)))
    return replace(layout, path=copy), len(filled)


def _newline(head: str) -> str:
    """Return what ends the first line."""
    found = re.search(r"\r\n|\n|\r", head)
    return found[0] if found else "\n"


class _Record(NamedTuple):
    """One of the first records: its number and last line (from 1), blank lines counted."""

    number: int
    last_line: int
    fields: list[str]


def _declared_separator(head: str) -> tuple[str | None, int]:
    """Return the separator that Excel's ``sep=;`` line names, and how many lines that takes."""
    line = head.partition("\n")[0].strip().strip('"')
    if line[:4].lower() == "sep=" and line[4:] in DELIMITERS:
        return line[4:], 1
    if line.lower() == "sep=":
        return "\t", 1
    return None, 0


def _guess_separator(head: str, name: str) -> str:
    best: tuple[float, str] | None = None
    for delimiter in DELIMITERS:
        records = _first_records(head, delimiter)
        widths = Counter(len(record.fields) for record in records if len(record.fields) > 1)
        for width, times in widths.most_common(1):
            score = times / len(records) * min(width, 20) ** 0.5
            best = max(best or (0.0, ""), (score, delimiter))
    if best is None:
        raise InputError("no_separator", path=name, allowed=list(DELIMITERS.values()))
    return best[1]


def _first_records(head: str, delimiter: str) -> list[_Record]:
    """Return the first records that are not blank; the last one may be cut off, so it goes."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, skipinitialspace=True)
    records: list[_Record] = []
    try:
        for number, fields in enumerate(reader, start=1):
            if any(fields):
                records.append(_Record(number, reader.line_num, fields))
            if len(records) > _RECORDS:
                break
    except csv.Error:
        return records
    return records[:-1] if len(head) == _HEAD and len(records) > 1 else records


def _header_place(records: Sequence[Sequence[str]]) -> int | None:
    widths = Counter(len(fields) for fields in records if len(fields) > 1)
    if not widths:
        return None
    width = widths.most_common(1)[0][0]
    filled = [sum(map(bool, fields)) if len(fields) == width else 0 for fields in records]
    return next(place for place, count in enumerate(filled) if 2 * count >= max(filled))
