"""What an anonymous round will and will not show of who has joined."""

from __future__ import annotations

from collections.abc import Mapping

from workshop.i18n import Translator
from workshop.session.floor import APART, TOTAL, foreseen
from workshop.views.look import in_sentence
from workshop.views.room.groups import group_name


def floor_warning(joined: Mapping[str, int], floor: int, named: bool, t: Translator) -> str:
    """Say which team is under the floor and what follows; empty where everything will show."""
    present = {team: people for team, people in joined.items() if people}
    if named or not present:
        return ""
    shown = foreseen(present, floor)
    small = [in_sentence(group_name(t, team)) for team in present if present[team] < floor]
    inside = [team for team in present if team != APART]
    if inside and not shown[TOTAL]:
        return t("panel.floor.nothing", n=floor)
    if any(not shown[team] for team in inside):
        return t("panel.floor.together", n=floor, teams=t.join(small))
    if APART in present and not shown[APART]:
        return t("panel.floor.others", n=floor)
    return ""
