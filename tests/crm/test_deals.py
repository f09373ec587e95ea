"""Won, lost, open: from what an export says outright, its dates, and the words of a stage."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from workshop.crm.outcomes import known_stages, stage_outcomes


def outcomes(desk, text, **said):
    imported = desk.run(text, **said)
    return desk.table().set_index("deal_id")["outcome"].to_dict(), imported


def codes(imported):
    return {finding.code: finding.count for finding in imported.findings}


@pytest.mark.parametrize("stage", ["Gewonnen", "closed won", "GESLOTEN GEWONNEN", "Aanvaard"])
def test_stages_of_both_languages_are_won(desk, stage):
    assert outcomes(desk, f"Deal-ID;Fase\nD1;{stage}\n")[0] == {"D1": "won"}


def test_known_stages_are_written_once_and_in_lower_case():
    stages = known_stages()
    assert all(stage == stage.strip().casefold() for stage in stages)
    assert set(stages.values()) == {"won", "lost", "open"}


def test_what_the_caller_says_of_a_stage_goes_first():
    assert stage_outcomes(["Offerte", " In de wacht"], {"offerte": "won"}) == {"Offerte": "won"}


def test_unknown_stages_are_listed_and_never_guessed(desk):
    text = (
        "Deal-ID;Fase;Gesloten op\nD1;Sudderend;\nD2;Sudderend;\nD3;Ingeblikt;28-02-2026\n"
        "D4;Gewonnen;28-02-2026\n" + "".join(f"E{n};Fase {n:02};\n" for n in range(12))
    )
    found, imported = outcomes(desk, text)
    assert found["D1"] == found["D2"] == "open"
    assert "D3" not in found
    assert [(i.line, i.column, i.value, i.reason) for i in imported.set_aside] == [
        (4, "Fase", "Ingeblikt", "unknown_stage")
    ]
    (still_open,) = [f for f in imported.findings if f.code == "unknown_stage_open"]
    assert still_open.count == 14
    assert still_open.examples[0] == "Sudderend (2)"
    assert len(still_open.examples) == 13
    found, imported = outcomes(desk, text, stages={"Ingeblikt": "lost", "Sudderend": "open"})
    assert (found["D3"], len(imported.set_aside)) == ("lost", 0)


def test_an_unknown_word_in_a_status_is_listed_too(desk):
    text = "deal_id;outcome;created_at\nD1;won;2026-02-28\nD2;Binnengehaald;2026-02-28\n"
    found, imported = outcomes(desk, text)
    assert found == {"D1": "won", "D2": "open"}
    assert codes(imported)["unknown_stage_open"] == 1
    found, imported = outcomes(desk, text, stages={"Binnengehaald": "won"})
    assert found == {"D1": "won", "D2": "won"}


@pytest.mark.parametrize(
    ("header", "row", "outcome"),
    [
        ("Deal - Status;Deal - Stage", "won;Offerte", "won"),
        ("Deal - Status;Deal - Stage", "lost;Onderhandeling", "lost"),
        ("Deal - Status;Deal - Stage", "open;Offerte", "open"),
        ("IsClosed;IsWon;StageName", "true;true;Iets", "won"),
        ("IsClosed;IsWon;StageName", "true;false;Iets", "lost"),
        ("IsClosed;IsWon;StageName", "false;false;Iets", "open"),
        ("Actief;Fase", "False;Offerte", "lost"),
        ("Actief;Fase", "True;Offerte", "open"),
        ("Actief;Fase", "False;Gewonnen", "won"),
    ],
)
def test_what_says_so_outright_goes_before_the_stage(desk, header, row, outcome):
    text = f"Deal-ID;{header}\nD1;{row}\n"
    assert outcomes(desk, text, table="deals")[0] == {"D1": outcome}


def test_the_dates_of_winning_and_losing_tell_the_outcome(desk):
    text = (
        "Deal-ID;Deal - Stage;Deal - Won time;Deal - Lost time\n"
        "D1;Iets;2026-02-28 10:00:00;\nD2;Iets;;2026-07-15 10:00:00\nD3;Offerte;;\n"
    )
    found, _ = outcomes(desk, text, table="deals", vendor="pipedrive")
    assert found == {"D1": "won", "D2": "lost", "D3": "open"}
    closed = desk.table().set_index("deal_id")["closed_at"]
    assert closed["D1"] == pd.Timestamp("2026-02-28 09:00")
    assert closed["D2"] == pd.Timestamp("2026-07-15 08:00")
    assert pd.isna(closed["D3"])


def test_an_open_deals_close_date_is_the_expected_one(desk):
    text = (
        "Deal-ID;Deal Stage;Close Date\nD1;Closed Won;2026-02-28\nD2;Proposal;2026-12-31\n"
        "D3;Closed Lost;2026-02-27\n"
    )
    imported = desk.run(text, columns={"Close Date": "close_date"})
    table = desk.table().set_index("deal_id")
    assert table["closed_at"].dropna().to_dict() == {
        "D1": dt.date(2026, 2, 28),
        "D3": dt.date(2026, 2, 27),
    }
    assert table["expected_close_at"].dropna().to_dict() == {"D2": dt.date(2026, 12, 31)}
    assert "open_with_close_date" not in codes(imported)
    imported = desk.run(text, columns={"Close Date": "closed_at"})
    assert codes(imported)["open_with_close_date"] == 1
    assert pd.isna(desk.table().set_index("deal_id")["closed_at"]["D2"])


def test_a_day_beside_times_is_that_day_in_the_clients_zone(make_desk):
    desk = make_desk("ny", country="US", time_zone="America/New_York")
    desk.run(
        "Deal-ID;Status;won_at;close_date\nD1;won;2026-02-28 20:00;\nD2;won;;2026-02-28\n",
        columns={"Status": "outcome", "won_at": "won_at", "close_date": "close_date"},
    )
    closed = desk.table().set_index("deal_id")["closed_at"]
    assert closed["D1"] == pd.Timestamp("2026-03-01 01:00")
    assert closed["D2"] == pd.Timestamp("2026-02-28 05:00")


def test_an_expected_amount_stands_in_for_an_amount(desk):
    desk.run(
        "Deal-ID;Fase;A;B\nD1;Gewonnen;5;7\nD2;Offerte;;9\n",
        columns={"A": "amount", "B": "amount_expected"},
    )
    assert [str(value) for value in desk.table()["amount"]] == ["5.00", "9.00"]


def test_constants_hold_for_every_row(desk):
    desk.run(
        "Deal-ID;Bron\nD1;Beurs\nD2;Web\n",
        table="deals",
        constants={
            "stage": "Gewonnen",
            "created_at": "2026-02-28",
            "closed_at": "2026-07-15 10:00",
            "currency": "euro",
            "employees": "12",
            "amount": "12.5",
            "owner": "Jan Peeters",
        },
    )
    row = desk.table().iloc[0]
    assert (row["outcome"], row["currency"], row["employees"]) == ("won", "EUR", "10–49")
    assert row["created_at"] == dt.date(2026, 2, 28)
    assert row["closed_at"] == pd.Timestamp("2026-07-15 08:00")
    assert str(row["amount"]) == "12.50"
    assert row["owner"].startswith("p-")
