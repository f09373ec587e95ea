"""The fewest people that an anonymous reveal shows, complement and difference included."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from workshop.session.fitting import Figure, gives_away, versions_of
from workshop.session.schema import TEAMS

FLOOR = 4
LEAST_FLOOR = 3
APART = "other"
"""Shown on its own if at all: never in the total, from which it would follow."""
TOTAL = "total"
INSIDE = tuple(team for team in TEAMS if team != APART)
"""The teams of which the total is made: those that hand over to each other, and vote."""


def verdicts(rounds: Sequence[pd.DataFrame], floor: int = FLOOR) -> pd.DataFrame:
    """Decide which groups the last of several rounds of one question may show, after the others.

    Nothing that follows from all figures shown, by whatever sum or difference of them, tells of
    fewer people than the floor. The teams and their total go first; where that tells too much,
    the total alone; else a team alone; else nothing new.

    Parameters
    ----------
    rounds : columns `participant_id`, `team`, `value`, one row an answer; the first round first.
    floor : the fewest people that are shown, at least 3.

    Returns
    -------
    DataFrame
        `group` and `shown`: the teams, and last the `total`.

    Raises
    ------
    ValueError
        If the floor is below 3.

    Examples
    --------
    >>> people = [("a", "sales", 1), ("b", "sales", 2), ("c", "sales", 2), ("d", "sales", 5)]
    >>> room = pd.DataFrame(people, columns=["participant_id", "team", "value"])
    >>> verdicts([room]).values.tolist()
    [['sales', True], ['marketing', False], ['other', False], ['total', True]]
    """
    if floor < LEAST_FLOOR:
        raise ValueError(f"a floor is at least {LEAST_FLOOR}, not {floor}")
    told: list[Figure] = []
    told_apart: list[Figure] = []
    shown: tuple[str, ...] = ()
    for frame in rounds:
        figures = _figures(frame)
        shown, told = _most(figures, told, floor)
        if figures[APART] and is_safe([*told_apart, figures[APART]], floor):
            shown, told_apart = (*shown, APART), [*told_apart, figures[APART]]
    groups = [*TEAMS, TOTAL]
    return pd.DataFrame({"group": groups, "shown": [group in shown for group in groups]})


def foreseen(joined: Mapping[str, int], floor: int) -> dict[str, bool]:
    """Tell which groups would be shown if everyone who joined, by team, were to answer.

    >>> foreseen({"sales": 6, "marketing": 2, "other": 0}, 4)
    {'sales': False, 'marketing': False, 'other': False, 'total': True}
    """
    teams = [team for team, people in joined.items() for _ in range(people)]
    room = pd.DataFrame({"participant_id": range(len(teams)), "team": teams, "value": 0})
    found = verdicts([room], floor)
    return dict(zip(found["group"], found["shown"].tolist(), strict=True))


def is_safe(figures: Sequence[Figure], floor: int) -> bool:
    """Tell whether no combination of figures tells of someone, but of fewer than the floor.

    A figure is a sum over the people in it; who changed an answer between two figures is told of
    by their difference. With people who did the same throughout taken together, some combination
    tells of a few of them alone exactly where leaving out their columns lowers the rank. Nor may
    the counts fit together in one way only for someone (`gives_away`).
    """
    people = {who for figure in figures for who in figure}
    sizes = Counter(versions_of([figure.get(who) for figure in figures]) for who in people)
    cells = [
        (n, [answer == mine for answer in story])
        for n, story in enumerate(sizes)
        for mine in set(story) - {None}
    ]
    if not cells:
        return True
    return _is_far_from_few(cells, sizes, floor) and not gives_away(figures, floor)


def _is_far_from_few(
    cells: list[tuple[int, list[bool]]], sizes: Counter[tuple[int | None, ...]], floor: int
) -> bool:
    """Tell whether no sum or difference of figures is about a few people alone."""
    owners = np.array([n for n, _ in cells])
    matrix = np.array([present for _, present in cells], dtype=float).T
    rank = np.linalg.matrix_rank(matrix)
    return all(
        np.linalg.matrix_rank(matrix[:, ~np.isin(owners, few)]) == rank
        for few in _fewer(list(sizes.values()), floor)
    )


class _Offer(NamedTuple):
    """What might be shown: the groups, and the figures that say it all."""

    groups: tuple[str, ...]
    figures: tuple[Figure, ...]


def _most(
    figures: dict[str, Figure], told: list[Figure], floor: int
) -> tuple[tuple[str, ...], list[Figure]]:
    """Return the groups inside the total that may be shown, and all that is told then."""
    for offer in _offers(figures):
        after = [*told, *offer.figures]
        if is_safe(after, floor):
            return offer.groups, after
    return (), told


def _offers(figures: dict[str, Figure]) -> Iterator[_Offer]:
    present = [team for team in INSIDE if figures[team]]
    if not present:
        return
    yield _Offer((*present, TOTAL), tuple(figures[team] for team in present))
    yield _Offer((TOTAL,), ({who: a for team in present for who, a in figures[team].items()},))
    for team in sorted(present, key=lambda team: -len(figures[team])):
        yield _Offer((team,), (figures[team],))


def _figures(frame: pd.DataFrame) -> dict[str, Figure]:
    figures: dict[str, Figure] = {team: {} for team in TEAMS}
    for who, team, value in zip(
        frame["participant_id"], frame["team"], frame["value"], strict=True
    ):
        figures[team][who] = json.dumps(value, sort_keys=True)
    return figures


def _fewer(sizes: Sequence[int], floor: int) -> Iterator[list[int]]:
    """Yield the sets of groups that are together fewer people than the floor, none in another."""
    small = [n for n, size in enumerate(sizes) if size < floor]
    sets = [
        set(chosen)
        for count in range(1, floor)
        for chosen in combinations(small, count)
        if sum(sizes[n] for n in chosen) < floor
    ]
    yield from (list(one) for one in sets if not any(one < other for other in sets))
