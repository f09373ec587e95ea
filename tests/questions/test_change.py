"""The change since an earlier day: counted apart, against a recomputation with pandas."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from workshop.crm.calendar import WorkingTime
from workshop.crm.tables import open_tables
from workshop.questions.change import FIGURES, Asked, change
from workshop.questions.channels import channels
from workshop.questions.figures import figures, moved
from workshop.questions.funnel import funnel
from workshop.questions.hand_over import hand_over
from workshop.questions.velocity import velocity

DAY, LAST = dt.date(2026, 3, 31), dt.date(2026, 10, 31)


def asked(tables, working):
    return Asked(funnel(tables), channels(tables), velocity(tables), hand_over(tables, working))


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example, LAST)


@pytest.fixture(scope="module")
def working(example):
    return WorkingTime.of(example.settings)


@pytest.fixture(scope="module")
def answers(tables, working):
    return asked(tables, working)


@pytest.fixture(scope="module")
def rows(tables, working, answers):
    return change(tables, working, answers, DAY)


def days_between(later, earlier):
    return (pd.to_datetime(later) - pd.to_datetime(earlier)).dt.days


def test_every_figure_is_compared(rows):
    assert set(rows["figure"]) == set(FIGURES)
    assert len(rows) > len(FIGURES)


def test_a_step_is_counted_on_the_side_of_its_entry(tables, rows):
    leads = tables.leads.execute()
    entered = pd.to_datetime(leads["mql_day"].fillna(leads["sql_day"]))
    row = rows[rows["name"] == "mql>sql"].iloc[0]
    lag = days_between(leads["sql_day"], entered)
    known = entered.notna() & (days_between(pd.Series([LAST] * len(leads)), entered) >= row["days"])
    since = entered > pd.Timestamp(DAY)
    for side, mine in (("before", known & ~since), ("since", known & since)):
        assert row[f"{side}_n"] == mine.sum()
        assert row[f"{side}_part"] == (lag[mine] <= row["days"]).sum()


def test_the_win_rate_is_split_by_the_day_of_closing(tables, rows):
    deals = tables.deals.execute()
    closed = deals[deals["outcome"] != "open"]
    since = pd.to_datetime(closed["closed_day"]) > pd.Timestamp(DAY)
    row = rows[rows["figure"] == "win_rate"].iloc[0]
    assert (row["before_n"], row["since_n"]) == ((~since).sum(), since.sum())
    assert row["since_part"] == (closed["outcome"][since] == "won").sum()


def test_nobody_is_on_both_sides_and_the_young_are_waiting(tables, rows):
    leads = tables.leads.execute()
    row = rows[rows["figure"] == "lead_won"].iloc[0]
    assert row["before_n"] + row["since_n"] + row["waiting"] == leads["created_day"].notna().sum()
    assert row["before_part"] + row["since_part"] <= leads["won"].sum()


def test_nothing_changed_in_the_example(rows):
    assert set(rows["verdict"]) <= {"undecided", "too_early", "too_few"}


def test_right_after_the_previous_audit_it_is_too_early(tables, working, answers):
    rows = change(tables, working, answers, dt.date(2026, 10, 1))
    step = rows[rows["name"] == "lead>mql"].iloc[0]
    assert (step["since_n"] < 10, step["verdict"]) == (True, "too_early")
    assert rows["p_value"].notna().sum() < len(rows)


def test_the_figures_are_those_of_the_answers(tables, working, answers):
    found = figures(tables, working, answers, [answers.funnel.ready], outcomes())
    by = found.set_index("figure")
    assert (by.loc["win_rate", "part"], by.loc["win_rate", "whole"]) == (3, 5)
    rate = found[found["name"] == "LinkedIn"].iloc[0]
    row = answers.channels.rows.set_index("channel").loc["LinkedIn"]
    assert (rate["part"], rate["whole"]) == (row["mature_won"], row["mature_leads"])
    assert rate["said"] == row["verdict"] == "noise"
    assert by.loc["ready", "said"] == answers.funnel.ready.status


def outcomes():
    return pd.DataFrame({"state": ["won", "lost", "open"], "deals": [3, 2, 9]})


def test_only_what_moved_is_named(tables, working, answers):
    found = figures(tables, working, answers, [answers.funnel.ready], outcomes())
    assert moved(found, found).empty
    other = found.copy()
    other.loc[other["figure"] == "win_rate", "value"] += 0.01
    other.loc[other["name"] == "LinkedIn", "said"] = "as_average"
    other = other[other["name"] != "Webinar"]
    rows = moved(found, other)
    assert list(rows["figure"]) == ["win_rate", "channel", "channel"]
    assert list(rows["name"].iloc[1:]) == ["LinkedIn", "Webinar"]
    assert rows["now_value"].isna().tolist() == [False, False, True]
