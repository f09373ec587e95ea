"""How fast are deals won, group by group."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workshop.analysis import velocity as estimators
from workshop.crm import counts
from workshop.crm.readiness import Ready, readiness_of
from workshop.crm.tables import Tables
from workshop.errors import InputError

QUESTION = "velocity"
MISSING_GAP = 0.05
"""A difference in the share of unknown groups, open against closed, that is worth a warning."""


class Velocity(NamedTuple):
    """Share won and lost by 30, 60, 90 and 180 days, per group of ``by``."""

    ready: Ready
    rows: pd.DataFrame
    by: str
    caveats: tuple[str, ...]


def velocity(tables: Tables, by: str = "sector", seed: int = 0) -> Velocity:
    """Answer the question; ``by`` is a trait of the deals."""
    ready = readiness_of(tables, QUESTION)
    if ready.missing:
        return Velocity(ready, pd.DataFrame(), by, ready.caveats)
    allowed = sorted(tables.traits("deals"))
    if by not in allowed:
        raise InputError("unknown_group", given=by, allowed=allowed)
    counted = counts.durations(tables, by)
    rows = estimators.by_group(counted, seed)
    caveats = (*ready.caveats, *(["group_missing"] if _missing_matters(counted) else []))
    return Velocity(ready, rows, by, caveats)


def _missing_matters(counted: pd.DataFrame) -> bool:
    """Tell whether the group is unknown more often among open deals, or the reverse.

    The named groups then look faster, or slower, than they are.
    """
    opened = counted["outcome"] == "open"
    shares = []
    for rows in (counted[opened], counted[~opened]):
        unknown = rows.loc[rows["group"].isna(), "deals"].sum()
        shares.append(unknown / max(rows["deals"].sum(), 1))
    return bool(abs(shares[0] - shares[1]) > MISSING_GAP)
