"""The floor, attacked by every subtraction there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop.session.floor import TOTAL, verdicts


def room(people: dict[str, int], value: int = 1) -> pd.DataFrame:
    rows = [(f"{team} {n}", team, value) for team, count in people.items() for n in range(count)]
    return pd.DataFrame(rows, columns=["participant_id", "team", "value"])


def shown(frames: list[pd.DataFrame], floor: int = 4) -> set[str]:
    table = verdicts(frames, floor)
    return set(table.loc[table["shown"], "group"])


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
        ({"other": 7}, {"other"}),
        ({}, set()),
    ],
)
def test_what_may_be_shown(people: dict[str, int], expected: set[str]) -> None:
    assert shown([room(people)]) == expected


def test_the_floor_can_be_three_and_no_less() -> None:
    assert shown([room({"sales": 3, "marketing": 3})], 3) == {"sales", "marketing", "total"}
    with pytest.raises(ValueError, match="at least 3, not 2"):
        verdicts([room({"sales": 9})], 2)


def test_one_late_answer_is_not_told_by_the_next_reveal() -> None:
    frames = [room({"sales": 6, "marketing": 5}), room({"sales": 7, "marketing": 5})]
    assert shown(frames) == {"marketing"}


def test_a_team_hidden_in_a_total_is_not_told_by_the_other_one_later() -> None:
    # Total 8 was shown; sales alone would now tell the two of marketing then.
    frames = [room({"sales": 6, "marketing": 2}), room({"sales": 6, "marketing": 7})]
    assert shown(frames) == {"total"}


def test_the_rest_of_a_team_that_left_is_not_told_by_a_total() -> None:
    # Marketing was shown and did not change: the total less its figure is one of sales.
    assert shown([room({"sales": 4, "marketing": 3}), room({"sales": 1, "marketing": 3})], 3) == {
        "marketing"
    }


def test_a_change_that_is_undone_is_not_told_by_the_first_figure() -> None:
    """Four change; then three of them go back and another changes: two apart from the first."""
    first = room({"sales": 8})
    second = first.assign(value=[2, 2, 2, 2, 1, 1, 1, 1])
    third = first.assign(value=[1, 1, 1, 2, 2, 1, 1, 1])
    assert shown([first, second]) == {"sales", "total"}
    assert shown([first, second, third]) == set()


PATTERNS = {
    "stays": (1, 1, 1),
    "changes then": (1, 2, 2),
    "changes later": (1, 1, 2),
    "changes twice": (1, 2, 3),
    "comes then": (None, 1, 1),
    "comes later": (None, None, 1),
    "goes": (1, None, None),
    "goes and comes back": (1, None, 1),
    "changes and goes back": (1, 2, 1),
}
"""What someone does over three rounds: the version of their answer in each."""

CROWDS = st.dictionaries(
    st.tuples(st.sampled_from(["sales", "marketing"]), st.sampled_from(sorted(PATTERNS))),
    st.integers(1, 5),
    min_size=1,
    max_size=6,
)


@settings(max_examples=300, deadline=None)
@given(CROWDS, st.integers(3, 5))
def test_no_subtraction_over_three_rounds_either(
    crowd: dict[tuple[str, str], int], floor: int
) -> None:
    """Take every sum and difference of all figures shown, an answer and its next one apart."""
    cells = [(kind, v) for kind in crowd for v in set(PATTERNS[kind[1]]) - {None}]
    frames = [answered(crowd, n) for n in range(3)]
    vectors = []
    for n in range(3):
        for group in shown(frames[: n + 1], floor):
            teams = {"sales", "marketing"} if group == TOTAL else {group}
            vectors.append([t in teams and PATTERNS[how][n] == v for (t, how), v in cells])
    if not vectors:
        return
    figures = np.unique(np.array(vectors, dtype=int), axis=0)
    signs = np.array(list(product([-1, 0, 1], repeat=len(figures))))
    derived = signs @ figures != 0
    kinds = list(crowd)
    belongs = np.array([[kind == one for one in kinds] for kind, _ in cells])
    told_of = (derived.astype(int) @ belongs.astype(int)) > 0
    people = told_of @ np.array(list(crowd.values()))
    assert min(people[people > 0], default=floor) >= floor


def answered(crowd: dict[tuple[str, str], int], n: int) -> pd.DataFrame:
    rows = [
        (f"{team} {how} {number}", team, PATTERNS[how][n])
        for (team, how), count in crowd.items()
        for number in range(count)
        if PATTERNS[how][n] is not None
    ]
    return pd.DataFrame(rows, columns=["participant_id", "team", "value"])


def test_changes_that_were_not_shown_add_up() -> None:
    """Two people change and nothing new is shown; with two more the next round shows all four."""
    crowd = {("sales", "changes then"): 2, ("sales", "changes later"): 2, ("sales", "stays"): 3}
    frames = [answered(crowd, n) for n in range(3)]
    said = ["sales" in shown(frames[: n + 1]) for n in range(3)]
    assert said == [True, False, True]
