"""What leads in a round, in a chart's title: for both teams, for each of them, or in the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from workshop.i18n import Translator
from workshop.session.floor import INSIDE
from workshop.views.naming import quoted
from workshop.views.room.groups import group_name

MOST_TIED = 3
"""As many names as a title carries."""

Way = Literal["first", "most"]
"""Whether options were put in an order, or chosen."""


def leading(first: Mapping[str, Sequence[str]], way: Way, t: Translator) -> str:
    """Say what leads in each group drawn: several options where these are equal."""
    teams = [group for group in INSIDE if group in first]
    if len(teams) < len(INSIDE):
        group = next(iter(first))
        return _of(group, first[group], way, t)
    one, other = (first[team] for team in teams)
    if len(one) > 1 or len(other) > 1:
        return "; ".join(_of(team, first[team], way, t) for team in teams)
    if one == other:
        return t(f"said.{way}.both", option=one[0])
    return t(f"said.{way}.differ", sales=one[0], marketing=other[0])


def _of(group: str, names: Sequence[str], way: Way, t: Translator) -> str:
    """Say what leads in one group; of a tie the names, unless they are many."""
    name = group_name(t, group)
    if len(names) == 1:
        return t(f"said.{way}.one", group=name, option=names[0])
    if len(names) > MOST_TIED:
        return t(f"said.{way}.spread", group=name, n=len(names))
    return t(f"said.{way}.tied", group=name, options=quoted(t, names))
