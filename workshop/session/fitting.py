"""How counts fit together: whether they leave someone but one answer to have given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Figure = dict[str, str]
"""Whose answers a figure adds up: each one's answer, by person."""

_MOST_VALUES = 7
"""Of more different answers, as with texts, each is looked at against all others together."""


class _Cell(NamedTuple):
    """People of whom the same is known: in which figures they are, and where they changed.

    ``answers`` are those that each gave, version by version.
    """

    versions: tuple[int | None, ...]
    answers: tuple[tuple[str, ...], ...]


def gives_away(figures: Sequence[Figure], floor: int) -> bool:
    """Tell whether the counts fit in one way only for fewer people than the floor.

    Of eight who were there twice and one who came, the two counts may differ by exactly what the
    one said; of one who left and three who came, by what all four did, if they did the opposite.
    Whoever knows who was there, and who changed an answer, can then say what each of them
    answered. Where everyone in a figure answers the same, that needs no fitting: it is shown.
    """
    cells = _cells(figures)
    named = [
        (cell, version)
        for cell, one in enumerate(cells)
        if len(one.answers) < floor
        for version in range(len(one.answers[0]))
        if len({answers[version] for answers in one.answers}) == 1
        and not any(
            len(set(figure.values())) == 1
            for figure, held in zip(figures, one.versions, strict=True)
            if held == version
        )
    ]
    values = {answer for figure in figures for answer in figure.values()}
    if len(values) <= _MOST_VALUES:
        return bool(named) and _any_fixed(figures, cells, named)
    return any(
        _any_fixed(_against(figures, value), [_set_against(one, value) for one in cells], slots)
        for value, slots in _by_value(cells, named).items()
    )


def _by_value(
    cells: Sequence[_Cell], named: list[tuple[int, int]]
) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for cell, version in named:
        found.setdefault(cells[cell].answers[0][version], []).append((cell, version))
    return found


def _against(figures: Sequence[Figure], value: str) -> list[Figure]:
    """Return the figures with one answer set against all others."""
    return [{who: str(answer == value) for who, answer in one.items()} for one in figures]


def _set_against(cell: _Cell, value: str) -> _Cell:
    answers = tuple(tuple(str(answer == value) for answer in one) for one in cell.answers)
    return cell._replace(answers=answers)


def _any_fixed(
    figures: Sequence[Figure], cells: Sequence[_Cell], named: list[tuple[int, int]]
) -> bool:
    """Look for other answers that give the same counts, until all of ``named`` have had one."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    values = sorted({answer for figure in figures for answer in figure.values()})
    slots = [(n, v) for n, cell in enumerate(cells) for v in range(len(cell.answers[0]))]
    place = {slot: n * len(values) for n, slot in enumerate(slots)}
    matrix, totals = _counts(figures, cells, values, place)
    upper = np.repeat([len(cells[n].answers) for n, _ in slots], len(values))
    left = {
        (slot, place[slot] + values.index(cells[slot[0]].answers[0][slot[1]])) for slot in named
    }
    while left:
        cost = np.zeros(len(upper))
        cost[[at for _, at in left]] = 1
        found = milp(
            cost,
            integrality=np.ones(len(upper)),
            bounds=Bounds(0, upper),
            constraints=LinearConstraint(matrix, totals, totals),
        )
        other = {(slot, at) for slot, at in left if round(found.x[at]) < upper[at]}
        if not other:
            return True
        left -= other
    return False


def _counts(
    figures: Sequence[Figure],
    cells: Sequence[_Cell],
    values: list[str],
    place: dict[tuple[int, int], int],
) -> tuple[np.ndarray, np.ndarray]:
    """Return what is known as equations: how many are in each cell, and each count shown."""
    width = len(place) * len(values)
    rows, totals = [], []
    for (cell, _), start in place.items():
        row = np.zeros(width)
        row[start : start + len(values)] = 1
        rows.append(row)
        totals.append(len(cells[cell].answers))
    for n, figure in enumerate(figures):
        counted = Counter(figure.values())
        for at, value in enumerate(values):
            row = np.zeros(width)
            for cell, one in enumerate(cells):
                version = one.versions[n]
                if version is not None:
                    row[place[cell, version] + at] = 1
            rows.append(row)
            totals.append(counted[value])
    return np.array(rows), np.array(totals, dtype=float)


def _cells(figures: Sequence[Figure]) -> list[_Cell]:
    held: dict[tuple[int | None, ...], list[tuple[str, ...]]] = {}
    for who in sorted({who for figure in figures for who in figure}):
        story = [figure.get(who) for figure in figures]
        answers = tuple(dict.fromkeys(answer for answer in story if answer is not None))
        held.setdefault(versions_of(story), []).append(answers)
    return [_Cell(versions, tuple(answers)) for versions, answers in held.items()]


def versions_of(story: Sequence[str | None]) -> tuple[int | None, ...]:
    """Return which version of an answer stands in each figure; ``None`` where there is none.

    >>> versions_of(["a", None, "b", "a"])
    (0, None, 1, 0)
    """
    answers = list(dict.fromkeys(answer for answer in story if answer is not None))
    return tuple(None if answer is None else answers.index(answer) for answer in story)
