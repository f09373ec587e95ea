"""Where one client stands among its peers, figure by figure."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import pandas as pd

from workshop.analysis.peers import band, standing
from workshop.questions.benchmark import YEAR
from workshop.questions.benchmark_file import BenchmarkFile, Told

ROWS = [
    "figure",
    "name",
    "unit",
    "days",
    "whole",
    "value",
    "estimate",
    "ci_low",
    "ci_high",
    "peers_low",
    "peers_middle",
    "peers_high",
    "middle_low",
    "middle_high",
    "clients",
    "verdict",
]


class Among(NamedTuple):
    """A client's figures beside what is told of its peers, and the last day of either.

    ``rows`` has the own figure (value, of whole), what it is in truth (estimate, ci_low, ci_high),
    the middle half of the peers (peers_low, peers_high), their middle with its interval
    (peers_middle, middle_low, middle_high) and at least how many they are (clients). All but the
    first are undefined, and the verdict ``too_few``, where nothing is told of a figure. ``as_of``
    is the last day of the peers, ``own_day`` that of the client.
    """

    rows: pd.DataFrame
    as_of: dt.date | None
    own_day: dt.date | None = None

    @property
    def told(self) -> pd.DataFrame:
        """Return the rows of the figures of which something is told."""
        return self.rows[self.rows["clients"].notna()]

    @property
    def left_out(self) -> bool:
        """Tell whether the client's data are too old to be in the group."""
        if self.as_of is None or self.own_day is None:
            return False
        return self.own_day < self.as_of - dt.timedelta(days=YEAR)


def among(own: pd.DataFrame, told: BenchmarkFile, own_day: dt.date | None = None) -> Among:
    """Place a client's key figures among its peers; see `workshop.questions.benchmark`."""
    known: dict[tuple[str, str | None], Told] = {
        (one.figure, one.name): one for one in told.figures
    }
    rows = [_row(row, known.get(_key(row))) for _, row in own.iterrows()]
    days = [one.as_of for one in told.figures]
    return Among(pd.DataFrame(rows, columns=ROWS), max(days, default=None), own_day)


def _key(row: pd.Series[Any]) -> tuple[str, str | None]:
    return str(row["figure"]), None if pd.isna(row["name"]) else str(row["name"])


def _row(own: pd.Series[Any], told: Told | None) -> dict[str, object]:
    kept: dict[str, object] = {name: own[name] for name in ROWS[:6]}
    if told is None:
        return {**kept, "verdict": "too_few"}
    group = told.group
    found, peers = standing(own, group, told.unit), band(group, told.unit)
    return {
        **kept,
        "estimate": found.estimate,
        "ci_low": found.low,
        "ci_high": found.high,
        "peers_low": peers.low,
        "peers_middle": peers.middle,
        "peers_high": peers.high,
        "middle_low": peers.middle_low,
        "middle_high": peers.middle_high,
        "clients": told.clients,
        "verdict": found.verdict,
    }
