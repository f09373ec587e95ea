"""The exports that are mutated: those of the vendors, the defects, the example company, real ones.

A long file is cut to its first records: what makes an import trip is in its shape.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parents[2]
SHARED = TESTS.parents[1] / "shared" / "data"
_MOST_LINES = 40
_MOST_BYTES = 30_000


class Original(NamedTuple):
    """One export: its name, its first records as they are on disk, and these as cells."""

    name: str
    content: bytes
    rows: tuple[tuple[str, ...], ...]


@cache
def ours() -> tuple[Original, ...]:
    """Return the exports that come with the kit: the good ones."""
    return _read([*_csv(TESTS / "crm" / "exports"), *_csv(TESTS.parent / "datasets" / "example")])


@cache
def defects() -> tuple[Original, ...]:
    """Return the files that are named by their defect."""
    return _read(_csv(TESTS / "crm" / "defects"))


@cache
def real() -> tuple[Original, ...]:
    """Return what of the real data is there."""
    return _read(sorted(SHARED.rglob("*.csv"))) if SHARED.is_dir() else ()


def _csv(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.csv"))


def _read(paths: list[Path]) -> tuple[Original, ...]:
    found = []
    for path in paths:
        with path.open("rb") as file:
            content = b"".join(line for line, _ in zip(file, range(_MOST_LINES), strict=False))
        content = content[:_MOST_BYTES]
        found.append(Original(path.name, content, _cells(content)))
    return tuple(found)


def _cells(content: bytes) -> tuple[tuple[str, ...], ...]:
    """Return the records of a text; a defect is taken as it comes."""
    text = content.decode("utf-8-sig", errors="replace").replace("\x00", "")
    first = text.partition("\n")[0]
    mark = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    return tuple(tuple(row)[:60] for row in reader if row) or (("",),)
