"""Which notebooks run on which workspaces, in which languages: all of it, or enough of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

Row = tuple[str, ...]


def everything(factors: Sequence[Sequence[str]]) -> list[Row]:
    """Return every combination of a value of each factor."""
    return list(product(*factors))


def covering(factors: Sequence[Sequence[str]]) -> list[Row]:
    """Return combinations in which every two values of different factors meet.

    Greedy: each next one is the combination that has the most pairs that did not meet yet, the
    first of those that have as many. At least as many are needed as the two longest factors have
    pairs; `tests` show that this finds as few for the factors that it is used for.
    """
    candidates = everything(factors)
    left = {pair for row in candidates for pair in pairs(row)}
    chosen: list[Row] = []
    while left:
        best = max(candidates, key=lambda row: len(left & pairs(row)))
        left -= pairs(best)
        chosen.append(best)
    return sorted(chosen)


def pairs(row: Row) -> set[tuple[int, str, int, str]]:
    """Return the pairs of values that meet in a combination, each with its factor's place."""
    return {(i, row[i], j, row[j]) for i, j in combinations(range(len(row)), 2)}
