"""How fast are deals won, group by group."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workshop.analysis import pace
from workshop.analysis import velocity as estimators
from workshop.crm import counts
from workshop.crm.once import once
from workshop.crm.readiness import Ready, readiness_of
from workshop.crm.tables import Tables
from workshop.errors import InputError

QUESTION = "velocity"
MISSING_GAP = 0.05
"""A difference in the share of unknown groups, open against closed, that is worth a warning."""


class Velocity(NamedTuple):
    """Share won and lost by 30, 60, 90 and 180 days, per group of ``by``.

    ``whole`` is that of all deals together. At ``compared_at``, the day by which half of the wins
    have come (``None`` without one), ``pace`` tests each known group against the other known
    ones; it also has the day by which half of a group was decided.
    """

    ready: Ready
    rows: pd.DataFrame
    by: str
    caveats: tuple[str, ...]
    whole: pd.DataFrame
    compared_at: int | None
    pace: pd.DataFrame


@once
def velocity(tables: Tables, by: str = "sector", seed: int = 0) -> Velocity:
    """Answer the question; ``by`` is a trait of the deals."""
    ready = readiness_of(tables, QUESTION)
    if ready.missing:
        empty = pd.DataFrame()
        return Velocity(ready, empty, by, ready.caveats, empty, None, empty)
    allowed = sorted(tables.traits("deals"))
    if by not in allowed:
        raise InputError("unknown_group", given=by, allowed=allowed)
    counted = counts.durations(tables, by)
    rows = estimators.by_group(counted, seed)
    caveats = (*ready.caveats, *(["group_missing"] if _missing_matters(counted) else []))
    whole = pace.of_all(counted, seed)
    day = pace.half_way(whole)
    known = counted.dropna(subset="group")
    tested = pd.DataFrame() if day is None else pace.against_rest(known, day, seed)
    if len(tested):
        tested = tested.merge(pace.half_decided(known), on="group")
    return Velocity(ready, rows, by, caveats, whole, day, tested)


class Curves(NamedTuple):
    """Shares won and lost day by day (``day``, ``won``, ``lost``).

    ``groups`` has a ``group`` beside them, ``together`` is all known groups; where no deal has a
    group, both are of all deals.
    """

    groups: pd.DataFrame
    together: pd.DataFrame


def curves(tables: Tables, answer: Velocity, groups: int) -> Curves:
    """Follow the largest groups of an answer day by day, up to its last horizon."""
    if answer.rows.empty:
        empty = pd.DataFrame(columns=["group", "day", "won", "lost"])
        return Curves(empty, empty)
    counted = counts.durations(tables, answer.by)
    known = counted.dropna(subset="group")
    seen = counted if known.empty else known
    sizes = seen.groupby("group", dropna=False)["deals"].sum()
    largest = sizes.sort_values(ascending=False, kind="stable").index[:groups]
    until = max(estimators.HORIZONS)
    return Curves(
        pace.curves(seen[seen["group"].isin(largest)], until),
        pace.curves(seen.assign(group="all"), until),
    )


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
