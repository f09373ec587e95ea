"""Ten deals against ten on the wall, for a screen and a report: the CRM's words and the room's."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workshop.analysis.picking import SIDES
from workshop.i18n import NOTHING, Translator
from workshop.questions.wall import TRAITS, WallOfDeals
from workshop.session.wall_drafts import Taken, Wall
from workshop.views.display import Column, Note, Prose, Shown, Table
from workshop.views.naming import column_name


def wall(found: WallOfDeals, kept: Wall, t: Translator) -> tuple[Shown, ...]:
    """Show both sides, which words are the room's, the swaps with their bias, what goes along."""
    tables = tuple(_table(found, side, t) for side in SIDES)
    remembered = bool(found.remembered.to_numpy().any())
    said = [t("wall.remembered")] if remembered else []
    said += [swaps(found, t)] if found.swaps else []
    notes = (Note("limits", " ".join(said), t),) if said else ()
    return (*tables, *notes, *taken_along(kept.taken, t))


def swaps(found: WallOfDeals, t: Translator) -> str:
    """Say how many deals were swapped, and what that does to what the wall shows."""
    return t("wall.swaps", n=found.swaps, of=len(found.deals))


def taken_along(taken: tuple[Taken, ...], t: Translator) -> tuple[Shown, ...]:
    """Say which traits go on to a definition; nothing where none does."""
    if not taken:
        return ()
    return (Prose(t("wall.taken"), tuple(trait_text(one, t) for one in taken)),)


def trait_text(taken: Taken, t: Translator) -> str:
    """Return a trait and its level as a line."""
    return t("wall.trait", trait=column_name(t, taken.trait), level=taken.level)


def deal_name(name: str | float | None, deal_id: str) -> str:
    """Return what a room knows a deal by: its name, or its number where it has none."""
    return deal_id if pd.isna(name) else str(name)


def _table(found: WallOfDeals, side: str, t: Translator) -> Table:
    rows = found.deals[found.deals["side"] == side]
    marked = found.remembered.loc[rows.index]
    told = {
        name: [_text(text, own, t) for text, own in zip(rows[name], marked[name], strict=True)]
        for name in TRAITS
    }
    named = [deal_name(*pair) for pair in zip(rows["name"], rows["deal_id"], strict=True)]
    ended = [NOTHING if pd.isna(state) else t(f"outcome.{state}") for state in rows["state"]]
    frame = pd.DataFrame({"deal": named, "ended": ended, **told})
    columns = (
        Column("deal", t("wall.header.deal")),
        Column("ended", t("wall.header.ended")),
        *(Column(name, column_name(t, name)) for name in TRAITS),
    )
    return Table(frame, f"wall-{side}", t(f"wall.title.{side}", n=len(rows)), columns, t)


def _text(value: Any, by_room: bool, t: Translator) -> str:
    """Return a trait as it stands on the wall, the room's own words marked as such."""
    if by_room:
        return t("wall.by_room", text=value)
    return NOTHING if pd.isna(value) else str(value)
