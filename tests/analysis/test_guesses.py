"""Guesses beside the data."""

from __future__ import annotations

from math import isnan, nan

import pytest

from workshop.analysis.guesses import compare_guesses


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
