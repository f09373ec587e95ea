"""One file as read: its headers, its records in DuckDB, and what did not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from workshop.crm.brief import printable
from workshop.errors import InputError

MAX_COLUMNS = 2_000
UNNAMED = "_unnamed_"
"""How the name begins of a column that has no header."""


class Reject(NamedTuple):
    """A record that does not fit the header: its line and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Source:
    """One file as read.

    ``relation`` is a DuckDB table of plain text with the columns ``c0``, ``c1``, … in the order
    of ``headers``; ``line_of`` returns the line (or sheet row) of records given by ``rowid``.
    ``records`` counts the rejects and repeated headers too, but no footer or blank line.
    ``numeric`` are sheet columns whose cells are all numbers; ``unknown_characters`` counts those
    that the encoding does not define.
    """

    path: Path
    relation: str
    headers: tuple[str, ...]
    records: int
    encoding: str
    line_of: Callable[[Collection[int]], dict[int, int]]
    rejects: tuple[Reject, ...] = ()
    footer_lines: int = 0
    repeated_headers: tuple[int, ...] = ()
    numeric: frozenset[str] = frozenset()
    other_sheets: tuple[str, ...] = ()
    unknown_characters: int = 0


def clean_header(name: str) -> str:
    """Return a header without byte order mark, control characters, outer and doubled spaces.

    >>> clean_header("  Deal -  Waarde ")
    'Deal - Waarde'
    """
    return " ".join(printable(name.replace("\ufeff", "").replace("\u00a0", " ")).split())


def header_names(fields: Sequence[str], path: Path) -> tuple[str, ...]:
    """Return clean and different header names; raise ``InputError`` where two are the same."""
    names = [clean_header(name) for name in fields]
    if len(names) > MAX_COLUMNS:
        raise InputError("too_many_columns", path=path.name, given=len(names), allowed=MAX_COLUMNS)
    times = Counter(name.casefold() for name in names if name)
    doubled = dict.fromkeys(name for name in names if times[name.casefold()] > 1)
    if doubled:
        raise InputError("doubled_header", path=path.name, headers=list(doubled))
    return tuple(name or f"{UNNAMED}{number}" for number, name in enumerate(names, start=1))
