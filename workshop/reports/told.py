"""What was told of groups of clients, remembered so that no two tellings give one of them away.

The file is the consultant's own. Of the clients it holds signs, by which the same figures are
known again, and neither their names nor their numbers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from filelock import FileLock
from pydantic import ValidationError

from workshop.analysis.disclosure import standing_in
from workshop.analysis.peers import group_of
from workshop.errors import InputError
from workshop.model_kinds import Closed
from workshop.questions.benchmark import COLUMNS, TYPES, YEAR
from workshop.questions.benchmark_file import BenchmarkFile, Told
from workshop.reports.order import Measured
from workshop.workspace import write_atomically


class Telling(Closed):
    """What was told of one figure, and the signs of those it was told of."""

    told: Told
    members: tuple[str, ...]


class Memory(Closed):
    """All tellings so far, in their order, and the key of the signs."""

    key: str
    tellings: tuple[Telling, ...] = ()


def tell(measured: Sequence[Measured], file: Path) -> BenchmarkFile:
    """Return what may be told of these clients, and remember it in a file before anyone reads it.

    Of a group that differs from an earlier one in fewer than five clients, that is told again which
    was told then. Raises ``InputError`` ``bad_peers_file`` for a file that is something else.
    """
    with FileLock(f"{file}.lock"):
        memory = _remembered(file)
        tellings = list(memory.tellings)
        told = []
        for rows in _groups(measured):
            now = _telling(rows, _signs(rows, memory.key), tellings)
            if now is None:
                continue
            if now not in tellings:
                tellings.append(now)
            told.append(now.told)
        whole = memory.model_copy(update={"tellings": tuple(tellings)})
        write_atomically(file, whole.model_dump_json(indent=1).encode())
    return BenchmarkFile(figures=tuple(told))


def _telling(
    rows: pd.DataFrame, members: tuple[str, ...], tellings: Sequence[Telling]
) -> Telling | None:
    """Return what may be told of one figure's clients; nothing where they are too few."""
    figure, name, unit = rows[["figure", "name", "unit"]].iloc[0]
    group = group_of(rows, unit)
    if group is None:
        return None
    asked = (figure, None if pd.isna(name) else name)
    earlier = [one for one in tellings if (one.told.figure, one.told.name) == asked]
    place = standing_in(members, [one.members for one in earlier])
    if place is not None:
        return earlier[place]
    day = dt.date.fromisoformat(rows["as_of"].max())
    told = Told(figure=asked[0], name=asked[1], unit=unit, as_of=day, **group._asdict())
    return Telling(told=told, members=members)


def _groups(measured: Sequence[Measured]) -> list[pd.DataFrame]:
    """Return the clients that have each figure, those of data older than a year left out."""
    frames = [
        pd.DataFrame(one.rows, columns=COLUMNS).astype(TYPES).assign(as_of=one.as_of)
        for one in measured
        if one.as_of and one.rows
    ]
    if not frames:
        return []
    rows = pd.concat(frames, ignore_index=True)
    oldest = dt.date.fromisoformat(rows["as_of"].max()) - dt.timedelta(days=YEAR)
    fresh = rows[rows["as_of"] >= oldest.isoformat()]
    parts = fresh.groupby(["figure", "name", "unit"], dropna=False, sort=False)
    return [part for _, part in parts]


def _signs(rows: pd.DataFrame, key: str) -> tuple[str, ...]:
    """Return a sign for each client's figure, which says nothing of it without the key."""
    texts = [
        json.dumps([None if pd.isna(cell) else round(float(cell), 9) for cell in cells])
        for cells in rows[["part", "whole", "value", "error"]].to_numpy(float)
    ]
    secret = bytes.fromhex(key)
    return tuple(
        sorted(hmac.new(secret, one.encode(), hashlib.sha256).hexdigest() for one in texts)
    )


def _remembered(file: Path) -> Memory:
    if not file.exists():
        return Memory(key=secrets.token_hex(32))
    try:
        return Memory.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise InputError("bad_peers_file", path=str(file)) from error
