"""What a period brought: added up another way, from the stored rows with pandas."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from workshop.crm import counts
from workshop.crm.measures import WAIT, counted, measurable, sources
from workshop.crm.period_counts import closed, entries, landed
from workshop.crm.tables import open_tables

START, END = dt.date(2026, 7, 1), dt.date(2026, 9, 30)


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


@pytest.fixture(scope="module")
def leads(tables) -> pd.DataFrame:
    columns = ["lead_id", "source", "created_day", "mql_day", "sql_day", "deal_day", "touch_day"]
    frame = tables.leads.select(*columns).execute()
    for name in columns[2:]:
        frame[name] = pd.to_datetime(frame[name])
    return frame


@pytest.mark.parametrize("kind", ["pipeline", "revenue"])
def test_a_quarter_adds_up_to_what_the_quarters_say(tables, kind):
    whole = counts.quarterly(tables)
    whole = whole[(whole["quarter"] == "2026Q3") & (whole["kind"] == kind)]
    found = landed(tables, kind, "mql", START, END)
    assert found["value"].sum() == pytest.approx(whole["value"].sum())
    assert found["deals"].sum() == whole["deals"].sum()
    unlinked = found[found["source"] == "unlinked"]["deals"].sum()
    if kind == "pipeline":
        assert unlinked == whole.loc[~whole["from_lead"].astype(bool), "deals"].sum()


def test_a_deal_of_the_period_s_leads_is_new_and_one_of_before_is_earlier(tables, leads):
    found = landed(tables, "pipeline", "mql", START, END).groupby("source")["deals"].sum()
    came = leads[leads["deal_day"].between(str(START), str(END))]
    entered = came[["mql_day", "sql_day", "deal_day"]].min(axis=1)
    assert found["new"] == (entered >= str(START)).sum()
    assert found["earlier"] == (entered < str(START)).sum()


def test_what_was_open_at_the_start_comes_first_for_revenue(tables):
    deals = tables.deals.select("outcome", "created_day", "closed_day").execute()
    for name in ("created_day", "closed_day"):
        deals[name] = pd.to_datetime(deals[name])
    won = deals[(deals["outcome"] == "won") & deals["closed_day"].between(str(START), str(END))]
    found = landed(tables, "revenue", "mql", START, END).groupby("source")["deals"].sum()
    assert found["open"] == (won["created_day"] < str(START)).sum()
    everything = deals[deals["outcome"].isin(["won", "lost"])]["closed_day"].between(
        str(START), str(END)
    )
    assert closed(tables, START, END) == (everything.sum(), len(won))


def test_leads_are_counted_by_the_day_they_entered_and_their_lag(tables, leads):
    found = entries(tables, "mql", START, END)
    entered = leads[["mql_day", "sql_day", "deal_day"]].min(axis=1)
    mine = leads[entered.between(str(START), str(END))]
    assert found["leads"].sum() == len(mine)
    assert found["lag_days"].notna().mul(found["leads"]).sum() == mine["deal_day"].notna().sum()
    lag = (mine["deal_day"] - entered[mine.index]).dt.days.dropna()
    assert (found["lag_days"] * found["leads"]).sum() == lag.sum()
    assert entries(tables, "opportunity", START, END).empty


def test_each_measure_is_what_the_rows_say(tables, leads):
    until = pd.Timestamp(tables.as_of) - pd.Timedelta(days=WAIT)
    assert set(measurable(tables)) == {"leads", "to_mql", "to_sql", "to_opportunity", "untouched"}
    entered = leads[["mql_day", "sql_day", "deal_day"]].min(axis=1)
    second = leads[["sql_day", "deal_day"]].min(axis=1)
    mine = entered.between(str(START), str(END))
    in_time = (second - entered).dt.days <= WAIT
    found = counted(tables, "to_sql", None, START, END)
    assert (found.hits, found.of) == ((mine & in_time).sum(), mine.sum())
    of_fairs = counted(tables, "to_sql", "Beurs", START, END)
    fairs = mine & (leads["source"] == "Beurs")
    assert (of_fairs.hits, of_fairs.of) == ((fairs & in_time).sum(), fairs.sum())
    came = leads["created_day"].between(str(START), str(END))
    assert counted(tables, "leads", None, START, END)[:2] == (came.sum(), 92)
    late = counted(tables, "to_mql", None, dt.date(2026, 10, 1), tables.as_of)
    young = leads["created_day"].between("2026-10-01", until)
    assert late.of == young.sum()
    assert pd.Timestamp(late.until) == until


def test_a_lead_without_contact_is_one_that_neither_field_nor_activity_tells_of(tables, leads):
    activities = tables.activities.filter(tables.activities.team == "sales").execute()
    first = activities[activities["record"] == "lead"].groupby("record_id")["day"].min()
    touched = pd.concat(
        [leads["touch_day"], pd.to_datetime(leads["lead_id"].map(first))], axis=1
    ).min(axis=1)
    mine = leads["created_day"].between(str(START), str(END))
    late = ~((touched - leads["created_day"]).dt.days <= WAIT)
    found = counted(tables, "untouched", None, START, END)
    assert (found.hits, found.of) == ((mine & late).sum(), mine.sum())


def test_the_largest_source_is_offered_first(tables, leads):
    assert sources(tables)[0] == leads["source"].value_counts().index[0]
