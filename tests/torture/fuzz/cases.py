"""The files to import, each made anew from its kind and its number."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

from tests.torture.fuzz import archives, corpus, mutations

KINDS = ("bytes", "cells", "made", "xlsx", "ods", "pair")
SHARED_KINDS = ("real-bytes", "real-cells")
SHARES = {
    "bytes": 28, "cells": 20, "made": 20, "xlsx": 10, "ods": 6, "pair": 4,
    "real-bytes": 6, "real-cells": 6,
}  # fmt: skip
"""How many of each hundred files are of which kind."""
_TABLES = (*[None] * 12, "deals", "leads", "accounts", "activities", "stage_history")


class Case(NamedTuple):
    """Files with their names, what is said of them, and the workspace they come into.

    ``records`` is how many there are below the ``headers``, where that is plain to see.
    """

    files: tuple[tuple[str, bytes], ...]
    said: dict[str, Any]
    in_use: bool
    records: int | None = None
    headers: tuple[str, ...] = ()


def case(kind: str, number: int) -> Case:
    """Return a case: the same one for the same kind and number."""
    chance = Random(f"{kind}/{number}")
    return case_by(kind, chance)


def case_by(kind: str, chance: Random) -> Case:
    """Return a case of a kind, made with these dice."""
    original = chance.choice(_originals(kind, chance))
    said, in_use = _said(chance), chance.random() < 0.3
    rows = [list(row) for row in original.rows]
    match kind.removeprefix("real-"):
        case "bytes":
            content = mutations.by_bytes(original.content, chance)
            return Case((("deals.csv", content),), said, in_use)
        case "cells":
            written = mutations.spelled(mutations.by_cells(rows, chance), chance)
        case "made":
            written = mutations.spelled(mutations.made(chance), chance)
        case "xlsx" | "ods" as ending:
            table = mutations.by_cells(rows, chance) if chance.random() < 0.5 else rows
            book = archives.xlsx(table, chance) if ending == "xlsx" else archives.ods(table)
            if chance.random() < 0.9:
                book = archives.spoiled(book, chance)
            return Case(((f"deals.{ending}", book),), said, in_use)
        case _:
            parts = [mutations.spelled(mutations.by_cells(rows, chance), chance) for _ in "ab"]
            files = tuple((f"{n}.csv", part.content) for n, part in enumerate(parts))
            return Case(files, said, in_use)
    files = (("deals.csv", written.content),)
    return Case(files, said, in_use, written.records, written.headers)


def _originals(kind: str, chance: Random) -> tuple[corpus.Original, ...]:
    if kind.startswith("real-"):
        return corpus.real()
    return corpus.defects() if chance.random() < 0.15 else corpus.ours()


def _said(chance: Random) -> dict[str, Any]:
    """Return what a caller may say: mostly what lets an import go on."""
    if chance.random() < 0.5:
        return dict.fromkeys(("table", "dates", "decimal")) | {"keep_contacts": False}
    return {
        "table": chance.choice(_TABLES),
        "dates": chance.choice([None, "dmy", "dmy", "mdy", "ymd"]),
        "decimal": chance.choice([None, "comma", "comma", "point"]),
        "keep_contacts": chance.random() < 0.3,
    }
