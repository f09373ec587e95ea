"""The floor, attacked by every subtraction there is, and guesses beside data."""

from __future__ import annotations

from itertools import product
from math import isnan, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop.analysis.reveal import compare_guesses, showable

NAMES = ["marketing", "other", "sales", "support"]


def shown(people: dict[str, int], floor: int = 4, **columns: list[object]) -> set[str]:
    table = pd.DataFrame({"group": list(people), "people": list(people.values()), **columns})
    result = showable(table, floor)
    return set(result.loc[result["shown"], "group"])


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ({"sales": 6, "marketing": 5}, {"sales", "marketing", "total"}),
        # Sales beside the total would give marketing's two away.
        ({"sales": 6, "marketing": 2}, {"total"}),
        ({"sales": 2, "marketing": 2}, {"total"}),
        ({"sales": 2, "marketing": 1}, set()),
        ({"sales": 6, "marketing": 0}, {"sales", "total"}),
        ({"sales": 6, "marketing": 2, "other": 5}, {"total", "other"}),
        ({"sales": 6, "marketing": 5, "other": 1}, {"sales", "marketing", "total"}),
        # Two small groups hide each other.
        ({"sales": 9, "marketing": 2, "support": 3}, {"sales", "total"}),
        ({"sales": 9, "marketing": 5, "support": 3}, {"sales", "total"}),
        ({"other": 7}, {"other"}),
        ({}, set()),
    ],
)
def test_what_may_be_shown(people: dict[str, int], expected: set[str]) -> None:
    assert shown(people) == expected


def test_the_floor_can_be_three_and_no_less() -> None:
    assert shown({"sales": 3, "marketing": 3}, 3) == {"sales", "marketing", "total"}
    with pytest.raises(ValueError, match="at least 3, not 2"):
        shown({"sales": 9}, 2)
    with pytest.raises(ValueError, match="at least 0"):
        shown({"sales": -1})


def test_one_late_answer_is_not_told_by_the_next_reveal() -> None:
    again = shown({"sales": 7, "marketing": 5}, changed=[1, 0], shown_before=[True, True])
    assert again == {"marketing"}


def test_a_group_hidden_at_first_stays_hidden() -> None:
    # Total 8 was shown; sales alone would now tell the two of marketing then.
    assert shown({"sales": 6, "marketing": 7}, changed=[0, 5], shown_before=[False, False]) == {
        "total"
    }


def figures(names: list[str], chosen: set[str], atoms: np.ndarray) -> list[np.ndarray]:
    """Return each shown figure as the people in it."""
    rows = [atoms[names.index(name)] for name in chosen if name != "total"]
    inside = [place for place, name in enumerate(names) if name != "other"]
    return [*rows, atoms[inside].sum(axis=0)] if "total" in chosen else rows


def least_derived(vectors: list[np.ndarray], sizes: np.ndarray) -> float:
    """Return the fewest people that any sum and difference of the figures tells of."""
    if not vectors:
        return np.inf
    signs = np.array(list(product([-1, 0, 1], repeat=len(vectors))))
    derived = signs @ np.array(vectors)
    people = (derived @ sizes)[((derived == 0) | (derived == 1)).all(axis=1)]
    return float(min(people[people > 0], default=np.inf))


GROUPS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 6)), min_size=1, max_size=4).map(
    np.array
)


@settings(max_examples=150, deadline=None)
@given(GROUPS, st.integers(3, 5))
def test_no_subtraction_tells_of_fewer_than_the_floor(counts: np.ndarray, floor: int) -> None:
    """Two reveals, between which people joined; each group's early and late people are an atom."""
    size = len(counts)
    names, (early, late) = NAMES[:size], counts.T
    sizes = np.concatenate([early, late])
    early_atoms = np.hstack([np.eye(size, dtype=int), np.zeros((size, size), int)])
    first = shown(dict(zip(names, early.tolist(), strict=True)), floor)
    told = figures(names, first, early_atoms)
    assert least_derived(told, sizes) >= floor
    in_total = [name != "other" for name in names]
    seen = [
        name in first or ("total" in first and inside)
        for name, inside in zip(names, in_total, strict=True)
    ]
    now = (early + late).tolist()
    columns = {
        "changed": np.where(seen, late, 0).tolist(),
        "shown_before": [name in first for name in names],
    }
    second = shown(dict(zip(names, now, strict=True)), floor, **(columns if first else {}))
    told += figures(names, second, np.hstack([np.eye(size, dtype=int)] * 2))
    assert least_derived(told, sizes) >= floor


@pytest.mark.parametrize(
    ("guesses", "verdict"),
    [
        ([0.1, 0.25, 0.4], "inside"),
        ([0.12, 0.5, 0.6], "overlapping"),
        ([0.05, 0.06, 0.9], "overlapping"),
        ([0.5, 0.6], "apart"),
        ([0.01, 0.02], "apart"),
        ([], "undecided"),
        ([nan], "undecided"),
    ],
)
def test_guesses_beside_an_interval(guesses: list[float], verdict: str) -> None:
    assert compare_guesses(guesses, 0.2, 0.12, 0.31).verdict == verdict


def test_the_room_is_its_median_and_range() -> None:
    found = compare_guesses([0.4, nan, 0.1, 0.2, 0.3], 0.2, 0.12, 0.31)
    assert found[:4] == (4, 0.25, 0.1, 0.4)
    assert found[4:7] == (0.2, 0.12, 0.31)
    nobody = compare_guesses([], 0.2, 0.12, 0.31)
    assert nobody.people == 0
    assert isnan(nobody.median)


def test_data_without_an_interval_cannot_decide() -> None:
    assert compare_guesses([0.2], nan, nan, nan).verdict == "undecided"
