"""Imports over time: the same file, a newer one, parts, and who is who."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workshop.crm.store import Store
from workshop.crm.tables import open_tables

FIRST = (
    "Deal-ID;Bedrijf;Fase;Gesloten op;Bedrag;Regio;Eigenaar\n"
    "D1;Acme;Offerte;;10,50;Noord;An\nD2;Bolt;Gewonnen;28-02-2026;20,00;Zuid;Bo\n"
)
SECOND = "Deal-ID;Fase;Gesloten op;Bedrag\nD1;Verloren;13-03-2026;\nD3;Offerte;;7,25\n"


@pytest.mark.parametrize("text", [FIRST, "Dealnaam;Fase\nA;Nieuw\nA;Nieuw\n"])
def test_the_same_file_twice_changes_nothing(desk, text):
    assert desk.run(text).changed
    before = desk.tree()
    again = desk.run(text)
    assert not again.changed
    assert desk.tree() == before


def test_the_same_file_with_rows_set_aside_changes_nothing_either(desk):
    text = FIRST + "D4;Cava;Nieuw;31-02-2026;1;Oost;An\n"
    first = desk.run(text)
    before = desk.tree()
    again = desk.run(text)
    assert again == first._replace(changed=False)
    assert desk.tree() == before


def test_a_newer_export_updates_by_id_and_keeps_the_columns_it_lacks(desk):
    desk.run(FIRST)
    desk.run(desk.file(SECOND, "later.csv"))
    table = desk.table().set_index("deal_id")
    assert table["outcome"].to_dict() == {"D1": "lost", "D2": "won", "D3": "open"}
    assert table.loc["D1", "closed_at"] == dt.date(2026, 3, 13)
    assert pd.isna(table.loc["D1", "amount"])
    assert table.loc["D1", ["account", "Regio"]].to_list() == ["Acme", "Noord"]
    assert table.loc["D1", "owner"].startswith("p-")
    assert pd.isna(table.loc["D3", "Regio"])


def test_a_corrected_mapping_leaves_no_trait_of_the_old_one(desk):
    text = "Deal-ID;Fase;Waarde X;Wie\nD1;Offerte;10;An Peeters\nD2;Offerte;20;Bo Maes\n"
    assert set(desk.run(text).traits) == {"Waarde X", "Wie"}
    again = desk.run(text, columns={"Waarde X": "amount", "Wie": "owner"})
    assert {f.code: f.columns for f in again.findings}["no_longer_a_trait"] == ("Waarde X", "Wie")
    table = desk.table()
    assert not {"Waarde X", "Wie"} & set(table.columns)
    assert table["owner"].str.startswith("p-").all()
    assert not Store(desk.workspace).manifest().tables["deals"].traits
    assert b"Peeters" not in b"".join(
        p.read_bytes() for p in desk.workspace.data.rglob("*.parquet")
    )


def test_an_export_that_says_nothing_of_the_outcome_leaves_it(desk):
    desk.run(FIRST)
    desk.run("Deal-ID;Regio\nD2;West\nD9;Oost\n", table="deals")
    table = desk.table().set_index("deal_id")
    assert table["outcome"].to_dict() == {"D1": "open", "D2": "won", "D9": "open"}
    assert table.loc["D2", "Regio"] == "West"
    assert str(table.loc["D2", "amount"]) == "20.00"


def test_what_changed_is_kept_as_history(desk):
    desk.run(FIRST)
    desk.run(desk.file(SECOND, "later.csv"))
    changes = desk.changes().fillna("–")
    found = set(changes[["id", "column", "old", "new"]].itertuples(index=False, name=None))
    assert found == {
        ("D1", "stage", "Offerte", "Verloren"),
        ("D1", "outcome", "open", "lost"),
        ("D1", "closed_at", "–", "2026-03-13"),
        ("D1", "amount", "10.50", "–"),
    }
    desk.run(desk.file(SECOND.replace("Verloren", "Gewonnen"), "later.csv"))
    assert len(desk.changes()) == len(changes) + 2


def test_a_file_of_rows_without_ids_replaces_its_earlier_self(desk):
    desk.run(desk.file("Dealnaam;Fase\nA;Nieuw\nB;Nieuw\nC;Nieuw\n", "een.csv"))
    desk.run(desk.file("Dealnaam;Fase\nX;Nieuw\n", "twee.csv"))
    desk.run(desk.file("Dealnaam;Fase\nA;Gewonnen\nB;Nieuw\n", "een.csv"))
    table = desk.table()
    assert sorted(table["name"]) == ["A", "B", "X"]
    assert table.set_index("name")["outcome"].to_dict() == {"A": "won", "B": "open", "X": "open"}
    assert Store(desk.workspace).manifest().changes == ()


def test_what_was_vouched_for_stays_so(desk):
    text = "Deal-ID;Fase;Regio\nD1;Gewonnen;Noord\n"
    desk.run(text, traits=("regio",))
    desk.run(text.replace("Noord", "Zuid"))
    assert Store(desk.workspace).manifest().tables["deals"].traits["Regio"].vouched


def test_days_meet_times_at_local_midnight(desk):
    desk.run(FIRST)
    desk.run("Deal-ID;Fase;Gesloten op\nD3;Gewonnen;2026-07-15 10:00\n")
    closed = desk.table().set_index("deal_id")["closed_at"]
    assert closed["D2"] == pd.Timestamp("2026-02-27 23:00")
    assert closed["D3"] == pd.Timestamp("2026-07-15 08:00")


HISTORY = (
    "Type;Record-ID;Fase;Datum\ndeal;D1;Nieuw;2026-02-13\ndeal;D1;Offerte;2026-02-14\n"
    "lead;D1;Nieuw;2026-02-13\n"
)
HISTORY_COLUMNS = {
    "Type": "record",
    "Record-ID": "record_id",
    "Fase": "stage",
    "Datum": "entered_at",
}


def test_rows_of_a_table_without_ids_meet_by_what_they_say(desk):
    said = {"table": "stage_history", "columns": HISTORY_COLUMNS}
    desk.run(desk.file(HISTORY, "een.csv"), **said)
    more = HISTORY + "deal;D1;Gewonnen;2026-02-15\n"
    desk.run(desk.file(more, "twee.csv"), **said)
    assert len(desk.table("stage_history")) == 4
    before = desk.tree()
    assert not desk.run(desk.file(more, "twee.csv"), **said).changed
    assert desk.tree() == before


def test_equal_rows_of_a_table_without_ids_are_kept_and_said(desk):
    text = (
        "Maand;Bron;Campagne;Bezoekers;Betrokken\n"
        "2026-01-01;Web;;10;1\n2026-01-01;Web;;20;2\n2026-01-01;Web;;20;2\n"
    )
    columns = {"Maand": "period", "Bron": "source", "Campagne": "campaign",
               "Bezoekers": "visitors", "Betrokken": "engaged_visitors"}  # fmt: skip
    imported = desk.run(text, table="traffic", columns=columns)
    assert {f.code: f.count for f in imported.findings}["identical_rows"] == 1
    assert desk.table("traffic")["visitors"].to_list() == [10, 20, 20]


@pytest.mark.parametrize("turned", [False, True])
def test_deals_and_accounts_join_by_name_in_either_order(desk, turned):
    accounts = desk.file("Bedrijfs-ID;Bedrijfsnaam;Sector\n7;ACME ;Zorg\n8;Bolt;Bouw\n", "a.csv")
    deals = desk.file("Deal-ID;Bedrijf;Fase\nD1;Acme;Nieuw\nD2;Bolt;Nieuw\nD3;Cava;Nieuw\n")
    steps = [lambda: desk.run(accounts, table="accounts"), lambda: desk.run(deals)]
    imported = [step() for step in (steps[::-1] if turned else steps)]
    joined = open_tables(desk.workspace).deals.execute().set_index("deal_id")
    assert joined["account_id"].fillna("").to_dict() == {"D1": "7", "D2": "8", "D3": ""}
    assert joined["sector"].fillna("").to_dict() == {"D1": "Zorg", "D2": "Bouw", "D3": ""}
    found = {f.code: (f.count, f.examples) for f in imported[1].findings}
    assert found["unmatched_account"] == (1, ("Cava (1)",))
    assert found["joined_by_name"] == (2, ("Acme (1)", "Bolt (1)"))
    assert "unmatched_account" not in {f.code for f in imported[0].findings}


def test_a_name_that_two_accounts_bear_is_said_whichever_comes_last(desk):
    desk.run(desk.file("Bedrijfs-ID;Bedrijfsnaam\n7;Acme\n", "a.csv"), table="accounts")
    desk.run(desk.file("Deal-ID;Bedrijf;Fase\nD1;ACME;Nieuw\nD2;Acme;Nieuw\n"))
    again = desk.run(desk.file("Bedrijfs-ID;Bedrijfsnaam\n8;acme\n", "b.csv"), table="accounts")
    found = {f.code: (f.count, f.examples) for f in again.findings}
    assert found["ambiguous_account"] == (2, ("ACME (1)", "Acme (1)"))
    assert "joined_by_name" not in found


def test_a_name_that_an_account_no_longer_has_fits_none(desk):
    desk.run(desk.file("Bedrijfs-ID;Bedrijfsnaam\n7;Acme\n", "a.csv"), table="accounts")
    desk.run(desk.file("Deal-ID;Bedrijf;Fase\nD1;Acme;Nieuw\n"))
    again = desk.run(desk.file("Bedrijfs-ID;Bedrijfsnaam\n7;Bolt\n", "b.csv"), table="accounts")
    found = {f.code: f.examples for f in again.findings}
    assert found["unmatched_account"] == ("Acme (1)",)
    assert "joined_by_name" not in found


_CELL = st.sampled_from(["Nieuw", "Gewonnen", "Verloren"])
_EXPORT = st.dictionaries(st.sampled_from(["D1", "D2", "D3", "D4"]), _CELL, min_size=1)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(exports=st.lists(_EXPORT, min_size=1, max_size=3))
def test_the_last_export_wins_and_nothing_is_lost(make_desk, exports):
    desk = make_desk()
    expected: dict[str, str] = {}
    for export in exports:
        rows = [f"{deal};{stage}" for deal, stage in export.items()]
        desk.run("\n".join(["Deal-ID;Fase", *rows]))
        expected |= export
    assert desk.table().set_index("deal_id")["stage"].to_dict() == expected
