"""Joins, days and states, against a recount with pandas of the same export."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from workshop.crm import counts
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.crm.tables import latest_day, open_tables
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
