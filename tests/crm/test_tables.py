"""Joins, days and states, against a recount with pandas of the same export."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from tests.crm.replay_cases import make_tables
from workshop.crm import counts, hold
from workshop.crm.calendar import WorkingTime
from workshop.crm.importing import import_files
from workshop.crm.quick_clock import quick_day
from workshop.crm.staging import Request
from workshop.crm.tables import latest_day, open_tables
from workshop.crm.waiting_counts import Case, touch_effect, waits
from workshop.crm.watch import watch_leads
from workshop.resources import kit
from workshop.workspace import Rates, Workspace


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(kit("datasets", "example", name), sep=";", encoding="cp1252", dtype=str)


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


def test_the_as_of_date_is_the_last_thing_that_happened(tables):
    assert tables.as_of == dt.date(2026, 10, 31)


def test_no_workspace_without_dates_has_an_as_of_date(tmp_path):
    assert latest_day({}, "Europe/Brussels") is None


def test_states_add_up_to_the_deals_kept(tables):
    totals = counts.outcomes(tables).groupby("state")["deals"].sum()
    assert totals.sum() == 515
    raw = read("verkoopkansen.csv")
    ids = raw.drop_duplicates().groupby("Verkoopkans-ID")["Fase"].agg(["size", "first"])
    kept = ids[ids["size"] == 1]["first"]
    assert totals["won"] == (kept == "Gewonnen").sum()
    assert totals["lost"] == (kept == "Verloren").sum()


def test_stalled_follows_the_longest_gap_of_won_deals(tables):
    activities = read("activiteiten.csv")
    activities = activities[activities["Type record"] == "Verkoopkans"].assign(
        day=lambda f: pd.to_datetime(f["Datum"], format="%d-%m-%Y %H:%M").dt.normalize()
    )
    raw = read("verkoopkansen.csv").drop_duplicates("Verkoopkans-ID", keep=False)
    repeated = read("verkoopkansen.csv").drop_duplicates()
    raw = repeated[~repeated["Verkoopkans-ID"].duplicated(keep=False)].set_index("Verkoopkans-ID")
    created = pd.to_datetime(raw["Aangemaakt op"].str[:10], format="%d-%m-%Y")
    closed = pd.to_datetime(raw["Sluitingsdatum"].str[:10], format="%d-%m-%Y")
    longest = []
    for deal in raw.index[raw["Fase"] == "Gewonnen"]:
        days = activities.loc[activities["Record-ID"] == deal, "day"]
        days = days[(days >= created[deal]) & (days <= closed[deal])]
        if len(days):
            moments = pd.Series([created[deal], *days, closed[deal]]).sort_values()
            longest.append(moments.diff().dt.days.max())
    ordered = sorted(longest)
    by_hand = next(d for i, d in enumerate(ordered, 1) if i >= 0.9 * len(ordered))
    assert counts.stalled_after(tables) == by_hand


def test_a_lead_takes_its_profile_from_its_account_only_where_its_own_is_empty(tables):
    leads = tables.leads
    named = leads.filter(leads.account_id.notnull())
    frame = named.select("lead_id", "country", "sector").execute().set_index("lead_id")
    raw = read("leads.csv").set_index("Lead-ID")
    own = raw["Land"].dropna()
    both = frame.index.intersection(own.index)
    assert (frame.loc[both, "country"] == own[both]).all()


def test_a_time_s_day_is_the_local_one(tmp_path):
    workspace = Workspace.create(tmp_path / "w", "Laat")
    file = tmp_path / "deals.csv"
    file.write_text(
        "deal_id,stage,created_at\n1,New,2026-07-14 23:30:00\n2,New,2026-01-20T23:30:00Z\n", "utf-8"
    )
    import_files(workspace, Request((file,)))
    days = open_tables(workspace).deals.execute().set_index("deal_id")["created_day"]
    assert pd.Timestamp(days["1"]).date() == dt.date(2026, 7, 14)
    assert pd.Timestamp(days["2"]).date() == dt.date(2026, 1, 21)


def test_amounts_are_converted_at_the_stated_rate_or_not_added_at_all(tmp_path):
    workspace = Workspace.create(tmp_path / "w", "Munten")
    file = tmp_path / "deals.csv"
    rows = "deal_id,stage,created_at,amount,currency\n"
    file.write_text(rows + "1,New,2026-01-20,100,EUR\n2,New,2026-01-21,200,GBP\n", "utf-8")
    import_files(workspace, Request((file,)))
    assert counts.quarterly(open_tables(workspace))["value"].sum() == 100
    assert counts.quarterly(open_tables(workspace))["unvalued"].sum() == 1
    rates = Rates(date=dt.date(2026, 1, 2), to_currency={"GBP": 1.15})
    workspace.write_settings(workspace.settings.model_copy(update={"rates": rates}))
    again = open_tables(Workspace.open(workspace.path))
    assert counts.quarterly(again)["value"].sum() == pytest.approx(330)


def test_channel_counts_agree_with_a_count_by_hand(tables):
    raw = read("leads.csv")
    by_hand = raw["Bron"].str.strip().value_counts()
    found = counts.channel_leads(tables, "source", 180).set_index("channel")["leads"]
    assert found["Webinar"] == by_hand["Webinar"]
    assert found.sum() == len(raw)


@pytest.mark.parametrize(
    ("zone", "kept"),
    [
        # Midnight of 29 March is 23:00 UTC the day before in Brussels, of the 30th 22:00 UTC.
        ("Europe/Brussels", ["a", "b", "c"]),
        ("UTC", ["a", "b", "c", "d"]),
        ("America/New_York", ["a", "b", "c", "d", "e"]),
    ],
)
def test_activities_end_with_the_local_day(zone, kept):
    moments = {
        "a": "2026-03-28 22:59:59",
        "b": "2026-03-28 23:00:00",
        "c": "2026-03-29 21:59:59",
        "d": "2026-03-29 22:00:00",
        "e": "2026-03-30 03:59:59",
        "f": "2026-03-30 04:00:00",
        "g": None,
    }
    rows = [{"activity_id": name, "record": "lead", "at": at} for name, at in moments.items()]
    day = dt.date(2026, 3, 29)
    cut = replace(make_tables({"activities": rows}, as_of=day), zone=zone).activities
    found = cut.order_by("activity_id").execute()
    assert found["activity_id"].tolist() == kept
    assert found["day"].max().date() == day


@pytest.mark.parametrize("as_of", [dt.date(9999, 12, 30), dt.date.max])
def test_the_last_of_all_days_leaves_nothing_out_that_has_a_date(as_of):
    rows = [
        {"activity_id": "a", "record": "lead", "at": "2026-03-29 22:00:00"},
        {"activity_id": "b", "record": "lead", "at": "9999-12-31 23:59:59"},
        {"activity_id": "c", "record": "lead", "at": None},
    ]
    tables = make_tables({"activities": rows}, as_of=as_of)
    found = replace(tables, zone="UTC").activities.select("activity_id").execute()
    assert sorted(found["activity_id"]) == ["a", "b"]


def test_the_latest_day_is_the_local_one_of_the_latest_moment():
    rows = [{"activity_id": str(i), "at": f"2026-03-{28 + i} 22:30:00"} for i in range(2)]
    raw = make_tables({"activities": rows}).raw
    assert latest_day(raw, "Europe/Brussels") == dt.date(2026, 3, 30)
    assert latest_day(raw, "UTC") == dt.date(2026, 3, 29)


def test_large_tables_say_what_small_ones_say(example, monkeypatch):
    def said(tables):
        watch = watch_leads(tables, WorkingTime.of(example.settings))
        case = Case("mql", until=("sql", "rejected"), limit_hours=8.0)
        waited = waits(watch, case), touch_effect(watch, case, "sql", 8.0, 90)
        return counts.cohorts(tables), counts.outcomes(tables), *waited

    small = said(open_tables(example))
    monkeypatch.setattr(hold, "MOST_IN_MEMORY", 10)
    tables = open_tables(example)
    assert quick_day(tables.leads.created_at, tables.zone) is not None
    large = said(tables)
    for before, after in zip(small, large, strict=True):
        pd.testing.assert_frame_equal(before, after)
    assert list(example.path.glob(".held-*/*.parquet"))


@pytest.fixture
def valued(monkeypatch):
    amounts = ["1234567.00", "123456.00", "123499.00", "99.99", "0.05", "0.00", None]
    rows = [
        {"deal_id": f"D{i}", "created_at": "2026-01-05", "outcome": outcome, "amount": amount}
        for i, (amount, outcome) in enumerate((a, o) for a in amounts for o in ("won", "open"))
    ]
    monkeypatch.setattr(counts, "MANY_DEALS", len(rows) - 1)
    return make_tables({"deals": rows})


def test_values_of_many_deals_are_counted_to_three_digits(valued):
    won = counts.deal_values(valued, "won").round(9)
    assert won.values.tolist() == [
        [0.0, 2],
        [0.05, 1],
        [100.0, 1],
        [123_000.0, 2],
        [1_230_000.0, 1],
    ]
    assert counts.open_deals(valued)["amount"].round(9).tolist() == won["amount"].tolist()[1:]


def test_values_of_few_deals_are_counted_as_they_are(valued, monkeypatch):
    monkeypatch.setattr(counts, "MANY_DEALS", 14)
    assert 123_499.0 in counts.deal_values(valued, "won")["amount"].tolist()
