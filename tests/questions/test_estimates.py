"""What the CRM says of a guess, counted again from its rows."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from workshop.crm.calendar import WorkingTime
from workshop.crm.tables import open_tables
from workshop.questions.estimates import estimate
from workshop.session.exercise import About


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


@pytest.fixture(scope="module")
def working(example):
    return WorkingTime.of(example.settings)


def test_the_win_rate_is_of_closed_deals(tables, working):
    found = estimate(tables, "win_rate", working)
    outcomes = tables.deals.execute()["outcome"].value_counts()
    assert found.records == outcomes["won"] + outcomes["lost"]
    assert found.value == pytest.approx(100 * outcomes["won"] / found.records)
    assert found.ci_low < found.value < found.ci_high


def test_days_to_won_is_the_median_of_won_deals(tables, working):
    deals = tables.deals.execute()
    won = deals[deals["outcome"] == "won"]
    days = (won["closed_day"] - won["created_day"]).dt.days
    found = estimate(tables, "days_to_won", working)
    assert found.value == np.median(days[days >= 0].dropna())
    assert found.ci_low <= found.value <= found.ci_high


@pytest.mark.parametrize("about", get_args(About))
def test_each_has_a_figure_with_its_interval(tables, working, about):
    found = estimate(tables, about, working)
    assert 0 < found.ci_low <= found.value <= found.ci_high
    assert found.records > 100


@pytest.mark.parametrize("about", get_args(About))
def test_without_the_data_there_is_none(maven, working, about):
    assert estimate(None, about, working) is None
    found = estimate(open_tables(maven), about, working)
    assert (found is not None) == (about in ("win_rate", "days_to_won"))
