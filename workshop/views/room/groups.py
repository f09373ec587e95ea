"""Whose answers are drawn, what they are called, and what may not be shown."""

from __future__ import annotations

import pandas as pd

from workshop.i18n import Translator
from workshop.session.floor import APART, TOTAL
from workshop.session.results import Results
from workshop.views.style import SIGNS, UNDECIDED, Sign

GROUP_SIGNS: dict[str, Sign] = {
    "sales": SIGNS[0],
    "marketing": SIGNS[1],
    APART: SIGNS[2],
    TOTAL: UNDECIDED,
}


PARTS = ("room.part.0", "room.part.1", "room.part.2", "room.part.3", "room.part.4")
"""How much a team does, in the same words as on the phones."""


def part_name(t: Translator, value: float) -> str:
    """Return how much a team does at a stage, from 0 (nothing) to 4 (leads)."""
    return t(PARTS[min(len(PARTS) - 1, int(value + 0.5))])


def group_name(t: Translator, group: str) -> str:
    """Return what a group is called beside a bar."""
    return t(f"said.group.{group}")


def people_of(found: Results, item: str) -> dict[str, int]:
    """Return how many people of each group that may be shown answered an item."""
    rows = found.groups[(found.groups["item"] == item) & found.groups["shown"]]
    counted = dict(zip(rows["team"], rows["people"].astype(int), strict=True))
    return {team: people for team, people in counted.items() if people}


def hidden_sentence(found: Results, floor: int, t: Translator, *, others: bool) -> str:
    """Say in one sentence what is not shown, and why; empty where everything is.

    Of a team that did not answer this cannot tell, nor may it. ``others`` is whether anyone of
    neither team joined.
    """
    if found.round.named:
        return ""
    if found.rows.empty:
        return t("said.hidden.all", n=floor)
    groups = found.groups if others else found.groups[found.groups["team"] != APART]
    seen = groups.groupby("item")["shown"].agg(["any", "all"])
    if seen["all"].all():
        return ""
    which = "teams" if seen["any"].all() else "questions"
    text = t(f"said.hidden.{which}", n=floor)
    return f"{text} {t('said.hidden.again', n=floor)}" if found.round.repeats else text


def of_item(tallied: pd.DataFrame, item: str, group: str) -> pd.DataFrame:
    """Return the lines of one group on one item."""
    return tallied[(tallied["item"] == item) & (tallied["team"] == group)]
