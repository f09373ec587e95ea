"""The gap split by Shapley values, against all 24 orders and its axioms."""

from __future__ import annotations

from dataclasses import astuple
from itertools import permutations
from math import nan

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.analysis.gap import FACTORS, Factors, adding_up, split

POSITIVE = st.floats(0, 1e4, allow_nan=False)
SHARE = st.floats(0, 1)
FOUR = st.builds(Factors, POSITIVE, SHARE, POSITIVE, SHARE)


def odd_worth(factors: Factors) -> float:
    """Neither a product nor symmetric."""
    return factors.volume**0.5 * factors.value + 3 * factors.rate - factors.timing * factors.volume


def by_orders(planned: Factors, actual: Factors, worth=lambda f: f.worth) -> list[float]:
    parts = dict.fromkeys(FACTORS, 0.0)
    for order in permutations(range(4)):
        now = list(astuple(planned))
        for place in order:
            before = worth(Factors(*now))
            now[place] = astuple(actual)[place]
            parts[FACTORS[place]] += (worth(Factors(*now)) - before) / 24
    return list(parts.values())


@given(FOUR, FOUR)
def test_parts_are_the_average_over_all_24_orders(planned: Factors, actual: Factors) -> None:
    assert split(planned, actual)["part"].tolist() == pytest.approx(by_orders(planned, actual))
    general = split(planned, actual, odd_worth)["part"].tolist()
    assert general == pytest.approx(by_orders(planned, actual, odd_worth), rel=1e-6, abs=1e-4)


@given(FOUR, FOUR)
def test_parts_add_up_to_the_gap(planned: Factors, actual: Factors) -> None:
    gap = actual.worth - planned.worth
    scale = max(actual.worth, planned.worth, 1e4)
    assert split(planned, actual)["part"].sum() == pytest.approx(gap, rel=1e-9, abs=1e-11 * scale)


@given(FOUR, FOUR, st.sampled_from(range(4)))
def test_a_factor_as_planned_has_no_part(planned: Factors, actual: Factors, place: int) -> None:
    values = list(astuple(actual))
    values[place] = astuple(planned)[place]
    assert split(planned, Factors(*values))["part"].iloc[place] == 0


@given(FOUR, FOUR)
def test_factors_that_trade_places_trade_parts(planned: Factors, actual: Factors) -> None:
    def turned(f: Factors) -> Factors:
        return Factors(f.value, f.rate, f.volume, f.timing)

    parts = split(planned, actual)["part"].tolist()
    traded = split(turned(planned), turned(actual))["part"].tolist()
    assert traded == pytest.approx([parts[2], parts[1], parts[0], parts[3]])


@given(FOUR, FOUR)
def test_the_way_back_is_the_way_there(planned: Factors, actual: Factors) -> None:
    there, back = split(planned, actual)["part"], split(actual, planned)["part"]
    assert (-back).tolist() == pytest.approx(there.tolist())


def test_a_shortfall_by_hand() -> None:
    # 500,000 planned; a fifth less volume and half of it too late leave 200,000.
    # Volume alone costs 100,000, after timing 50,000; timing 250,000 or 200,000.
    table = split(Factors(500, 0.04, 25_000, 1.0), Factors(400, 0.04, 25_000, 0.5))
    assert table["factor"].tolist() == ["volume", "rate", "value", "timing"]
    assert table["part"].tolist() == pytest.approx([-75_000, 0, 0, -225_000])
    assert table["actual"].tolist() == [400, 0.04, 25_000, 0.5]


def test_what_cannot_be_seen_yet_counts_as_planned() -> None:
    table = split(Factors(500, 0.04, 25_000, 1.0), Factors(0, nan, nan, nan))
    assert table["part"].tolist() == pytest.approx([-500_000, 0, 0, 0])
    assert table["actual"].isna().tolist() == [False, True, True, True]


def test_a_plan_has_every_factor() -> None:
    with pytest.raises(ValueError, match="every planned factor"):
        split(Factors(500, nan, 25_000, 1.0), Factors(1, 1, 1, 1))


@given(
    st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=6), st.sampled_from([0, 2])
)
def test_rounded_parts_still_add_up(parts: list[float], decimals: int) -> None:
    rounded = adding_up(pd.Series(parts), sum(parts), decimals)
    scale = 10**decimals
    assert round(rounded.sum() * scale) == round(sum(parts) * scale)
    assert (rounded - parts).abs().max() <= 1 / scale + 1e-9


def test_parts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        adding_up(pd.Series([1.0, 2.0]), 5.0)
