"""Ten deals against ten on the wall: what the CRM knows of them, and what the room adds."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from workshop.analysis import picking
from workshop.crm import counts
from workshop.crm.readiness import readiness_of
from workshop.crm.tables import Tables
from workshop.questions.won_lost import DEALS_A_SIDE, QUESTION
from workshop.session.wall_drafts import Standing, Wall

TRAITS = ("sector", "employees", "role", "trigger", "problem")
"""What the room looks at, in the order of the wall."""


class WallOfDeals(NamedTuple):
    """The deals on the wall, as they stand after the room's swaps.

    ``deals``: ``deal_id``, ``name`` (null where the CRM has none), ``side``, ``state``,
    ``quarter``, ``swapped_for`` (the deal that was picked there, or null) and `TRAITS`: the CRM's,
    or where it has none what the room remembers. ``remembered`` is which of them are the latter.
    ``swaps`` counts the places where another deal stands than the one that was picked.
    """

    deals: pd.DataFrame
    remembered: pd.DataFrame
    swaps: int


class Shared(NamedTuple):
    """A level of a trait, and on how many deals of each side it stands on the wall."""

    trait: str
    level: str
    won: int
    lost: int
    remembered: bool


def is_answerable(tables: Tables) -> bool:
    """Tell whether there are won and lost deals to pick from."""
    return not readiness_of(tables, QUESTION).missing


def begun(tables: Tables, wall: Wall, seed: int) -> Wall:
    """Return the wall with its deals: those that stand there, or those that the rule picks.

    The rule and the seed are those of the ten against ten in the report, and so are the deals.
    """
    if wall.deals:
        return wall
    pool = counts.strata(tables, stalled_as_lost=True)
    picks = picking.pick(pool, DEALS_A_SIDE, seed=seed)
    deals = counts.picked(tables, picks.deals, stalled_as_lost=True)
    ids, sides, strata = (list(deals[name]) for name in ("deal_id", "side", "stratum"))
    standing = tuple(Standing(*one, None) for one in zip(ids, sides, strata, strict=True))
    return replace(wall, deals=standing)


def wall_of(tables: Tables, wall: Wall) -> WallOfDeals:
    """Add what the CRM knows of the deals on the wall, and else what the room remembers."""
    sample = pd.DataFrame(wall.deals, columns=list(Standing._fields)).astype(object)
    known = _described(tables, list(sample["deal_id"])).drop(columns="side")
    deals = sample.merge(known, on="deal_id", how="left")
    added = pd.DataFrame(
        [
            [wall.filled.get(str(deal), {}).get(name) for name in TRAITS]
            for deal in deals["deal_id"]
        ],
        index=deals.index,
        columns=list(TRAITS),
        dtype=object,
    )
    traits = deals[list(TRAITS)].astype(object)
    remembered = traits.isna() & added.notna()
    filled = traits.where(~remembered, added)
    return WallOfDeals(
        deals.assign(**{name: filled[name] for name in TRAITS}),
        remembered,
        int(sample["swapped_for"].notna().sum()),
    )


def swapped(tables: Tables, wall: Wall, out_id: str, seed: int) -> Wall | None:
    """Put the deal that comes next by the rule in another's place; ``None`` where none is left."""
    pool = counts.strata(tables, stalled_as_lost=True)
    seen = _described(tables, [*(one.deal_id for one in wall.deals), *wall.gone])
    leaving = seen[seen["deal_id"] == out_id]
    if leaving.empty:
        return None
    found = picking.stand_in(pool, seen, leaving, seed=seed + len(wall.gone))
    if found.empty:
        return None
    in_id = str(counts.picked(tables, found, stalled_as_lost=True)["deal_id"].iloc[0])
    sample = pd.DataFrame(wall.deals, columns=list(Standing._fields)).astype(object)
    after = picking.swap(sample, out_id, in_id).astype(object)
    rows = after.where(after.notna(), None).itertuples(index=False, name=None)
    deals = tuple(Standing(*row) for row in rows)
    return replace(wall, deals=deals, gone=(*wall.gone, out_id))


def shared(wall: WallOfDeals) -> tuple[Shared, ...]:
    """Count the levels on the wall, those that set the sides most apart first."""
    rows = []
    for trait in TRAITS:
        levels = wall.deals[trait].astype("str").str.strip()
        names = levels.str.casefold()
        for name, deals in wall.deals.groupby(names):
            sides = deals["side"].value_counts()
            own = wall.remembered.loc[deals.index, trait]
            won, lost = (int(sides.get(side, 0)) for side in picking.SIDES)
            level = str(levels[deals.index[0]])
            rows.append((Shared(trait, level, won, lost, bool(own.any())), str(name)))
    order = sorted(rows, key=lambda row: (-abs(row[0].won - row[0].lost), row[0].trait, row[1]))
    return tuple(row for row, _ in order if row.won + row.lost > 1)


def _described(tables: Tables, deal_ids: list[str]) -> pd.DataFrame:
    return counts.described(tables, deal_ids, TRAITS, stalled_as_lost=True)
