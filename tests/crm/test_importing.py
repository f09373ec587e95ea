"""The way of a file into the workspace: every row accounted for, every doubt reported."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from workshop.errors import InputError

DEALS = """Deal-ID;Bedrijf;Aangemaakt op;Sluitingsdatum;Fase;Bedrag;Bron;Regio
D1;Acme;28-02-2026;31-03-2026;Gewonnen;1.234,50;Beurs;Noord
D2;Bolt;01-03-2026;02-04-2026;Verloren;99,00;Website;Zuid
D3;Cava;03-03-2026;;Offerte;;Beurs;Noord
"""


def codes(imported):
    return {finding.code: finding.count for finding in imported.findings}


def finding(imported, code):
    (found,) = [finding for finding in imported.findings if finding.code == code]
    return found


def test_an_export_becomes_a_table(desk):
    imported = desk.run(DEALS)
    assert (imported.table, imported.rows, imported.kept) == ("deals", 3, 3)
    assert imported.mapping == {
        "Deal-ID": "deal_id",
        "Bedrijf": "account",
        "Aangemaakt op": "created_at",
        "Sluitingsdatum": "closed_at",
        "Fase": "stage",
        "Bedrag": "amount",
        "Bron": "source",
        "Regio": "Regio",
    }
    assert imported.traits == ("Regio",)
    table = desk.table().set_index("deal_id")
    assert table["outcome"].to_dict() == {"D1": "won", "D2": "lost", "D3": "open"}
    assert table.loc["D1", "created_at"] == dt.date(2026, 2, 28)
    assert table.loc["D1", "closed_at"] == dt.date(2026, 3, 31)
    assert pd.isna(table.loc["D3", "closed_at"])
    assert table.loc["D1", "amount"] == Decimal("1234.50")
    assert pd.isna(table.loc["D3", "amount"])
    assert table["Regio"].to_list() == ["Noord", "Zuid", "Noord"]


def test_a_dry_run_says_the_same_and_leaves_nothing(desk):
    before = desk.tree()
    tried = desk.run(DEALS, dry_run=True)
    assert desk.tree() == before
    real = desk.run(DEALS)
    assert tried == real._replace(changed=False)


def test_columns_in_another_order_make_no_difference(desk, make_desk):
    rows = [line.split(";") for line in DEALS.splitlines()]
    turned = "\n".join(";".join(row[::-1]) for row in rows)
    other = make_desk("other")
    desk.run(DEALS)
    other.run(turned)
    pd.testing.assert_frame_equal(desk.table(), other.table(), check_like=True)


def test_several_files_are_parts_of_one_table(desk):
    head, first, *_ = DEALS.splitlines()
    one = desk.file(f"{head}\n{first}\n", "een.csv")
    fewer = "Fase;Deal-ID;Aangemaakt op\nOfferte;D9;28-02-2026\n"
    imported = desk.run(one, desk.file(fewer, "twee.csv"))
    assert imported.files == ("een.csv", "twee.csv")
    table = desk.table().set_index("deal_id")
    assert table["stage"].to_dict() == {"D1": "Gewonnen", "D9": "Offerte"}
    assert table.loc["D9", "created_at"] == dt.date(2026, 2, 28)


def test_two_files_of_one_name_are_refused(desk):
    one, two = desk.file(DEALS, "a/deals.csv"), desk.file(DEALS, "b/deals.csv")
    error = desk.refuse(one, two)
    assert (error.code, error.fields) == ("file_twice", {"files": ["deals.csv"]})


@pytest.mark.parametrize(
    ("value", "empty"),
    [
        ("Select", True),
        ("-- Kies --", True),
        ("n/a", True),
        ("NVT", True),
        ("-", True),
        ("Selectie", False),
        ("0", False),
    ],
)
def test_placeholders_are_null(desk, value, empty):
    imported = desk.run(f"Deal-ID;Fase;Bron\nD1;Gewonnen;{value}\nD2;Gewonnen;Beurs\n")
    stored = desk.table().set_index("deal_id").loc["D1", "source"]
    assert pd.isna(stored) if empty else stored == value
    assert codes(imported).get("placeholder", 0) == int(empty)


def test_spaces_around_a_value_go_and_digits_stay(desk):
    desk.run("Deal-ID;Fase;Bron\n 100 ;Gewonnen;\u00a0Beurs \nu0a0;Gewonnen;Website\n")
    assert desk.table()["deal_id"].to_list() == ["100", "u0a0"]
    assert desk.table()["source"].to_list() == ["Beurs", "Website"]


def test_what_is_set_aside_lies_in_a_csv_with_its_line(desk):
    text = (
        "Deal-ID;Fase;Aangemaakt op;Bedrag\n"
        'D1;"Ge\nwonnen";28-02-2026;5\n'
        "\n"
        "D2;Gewonnen;30-02-2026;5\n"
        "D3;Gewonnen;28-02-2026;vijf\n"
        "D4;Gewonnen\n"
        "D5;Gewonnen;28-02-2026;5;te veel\n"
        'D6;"Gewonnen;28-02-2026;5\n'
        "D7;Gewonnen;28-02-2026;7\n"
    )
    imported = desk.run(text, stages={"Ge\nwonnen": "won"})
    assert (imported.rows, imported.kept) == (7, 2)
    aside = desk.set_aside(imported)
    assert list(aside.columns) == ["file", "line", "column", "value", "reason"]
    assert aside.values.tolist() == [
        ["deals.csv", "5", "Aangemaakt op", "30-02-2026", "bad_date"],
        ["deals.csv", "6", "Bedrag", "vijf", "bad_number"],
        ["deals.csv", "7", "", "", "too_few_fields"],
        ["deals.csv", "8", "", "", "too_many_fields"],
        ["deals.csv", "9", "", "", "bad_quotes"],
    ]
    assert desk.table()["deal_id"].to_list() == ["D1", "D7"]


@pytest.mark.parametrize("preamble", ["", "sep=;\n", "Rapport van maart\n\n", "Rapport;;\n;;\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_lines_are_those_of_the_file_as_it_came(desk, preamble, encoding):
    text = preamble + 'Deal-ID;Fase;Bedrag\nD1;"Offérte\nfase";1,5\nD2;Gewonnen;twee\n'
    imported = desk.run(desk.file(text, encoding=encoding))
    line = text.split("\n").index("D2;Gewonnen;twee") + 1
    assert [item.line for item in imported.set_aside] == [line]


def test_a_row_is_set_aside_once(desk):
    text = "Deal-ID;Fase;Aangemaakt op;Bedrag\nD1;Gewonnen;x;y\nD2;Gewonnen;28-02-2026;5\n"
    imported = desk.run(text)
    assert [(item.line, item.reason) for item in imported.set_aside] == [(2, "bad_date")]


def test_a_cell_of_the_csv_is_inert_in_a_spreadsheet(desk):
    text = "Deal-ID;Fase;Bedrag\nD1;Gewonnen;5\n" + "".join(
        f"D{n};Gewonnen;{value}\n" for n, value in enumerate(("=1+1", "+x", "-x", "@x"), 2)
    )
    aside = desk.set_aside(desk.run(text))
    assert aside["value"].to_list() == ["'=1+1", "'+x", "'-x", "'@x"]


def test_nothing_kept_is_refused_with_the_reasons(desk):
    error = desk.refuse("Deal-ID;Fase;Bedrag\nD1;Gewonnen;veel\n")
    assert error.code == "nothing_kept"
    assert error.fields == {"files": ["deals.csv"], "reasons": ["bad_number"]}


def test_an_id_with_equal_values_is_one_record(desk):
    imported = desk.run("Deal-ID;Fase;Bedrag\nD1;Gewonnen;5\nD2;Nieuw;6\nD1;Gewonnen;5,00\n")
    assert (imported.rows, imported.kept) == (3, 3)
    assert codes(imported)["repeated_id"] == 1
    assert desk.table()["deal_id"].to_list() == ["D1", "D2"]


def test_an_id_with_different_values_is_set_aside_all_of_it(desk):
    imported = desk.run(
        "Deal-ID;Fase;Bedrag\nD1;Gewonnen;5\nD2;Nieuw;6\nD1;Gewonnen;7\nD1;Gewonnen;5\n"
    )
    assert [(item.line, item.value, item.reason) for item in imported.set_aside] == [
        (2, "D1", "conflicting_id"),
        (4, "D1", "conflicting_id"),
        (5, "D1", "conflicting_id"),
    ]
    assert codes(imported)["conflicting_id"] == 3
    assert desk.table()["deal_id"].to_list() == ["D2"]


def test_rows_without_an_id_are_records_of_their_own(desk):
    imported = desk.run("Dealnaam;Fase;Bedrag\nA;Gewonnen;5\nA;Gewonnen;5\nB;Nieuw;6\n")
    assert (imported.rows, imported.kept, len(desk.table())) == (3, 3, 3)
    assert codes(imported)["identical_rows"] == 1
    assert codes(imported)["rows_without_id"] == 3
    assert desk.table()["deal_id"].to_list() == ["deals.csv:1", "deals.csv:2", "deals.csv:3"]


def test_doubts_are_reported_all_at_once(desk):
    imported = desk.run(
        "Deal-ID;Deal;Fase;Aangemaakt op;Gesloten op;Bedrag;Valuta;Bron\n"
        "D1;Test import;Gewonnen;13-03-2026;12-03-2026;5;EUR;Google\n"
        "D2;Bakkerij;Gewonnen;13-03-2026;13-03-2026;5;USD;google\n"
        "D3;Latest;;;;;;GTX Pro\n"
        "D4;Garage;Verloren;13-03-2026;;0;EUR;GTXPro\n"
        "D5;Protest;Nieuw;13-03-2026;;;EUR;Google\n"
    )
    found = codes(imported)
    assert found["closed_before_created"] == 1
    assert found["missing_outcome"] == 1
    assert found["mixed_currency"] == 2 + 1
    assert found["test_record"] == 1
    assert found["near_duplicate"] == 2
    assert found["closed_without_date"] == 1
    assert finding(imported, "near_duplicate").examples == (
        "Google (2) / google (1)",
        "GTX Pro (1) / GTXPro (1)",
    )
    assert finding(imported, "test_record").examples == ("D1",)


def test_a_deal_closed_on_the_day_it_was_created_is_no_finding(desk):
    imported = desk.run(
        "Deal-ID;Fase;Aangemaakt op;Gesloten op\nD1;Gewonnen;2026-03-13 23:30;2026-03-13\n"
    )
    assert "closed_before_created" not in codes(imported)


def test_a_date_is_in_the_future_of_the_day_that_counts_as_today(desk):
    export = "deal_id;stage;created_at\nA;Won;2990-05-01\nB;Won;2990-05-03\n"
    found = [
        codes(desk.run(export, today=dt.date(2990, 5, day), dry_run=True)).get("future_date")
        for day in (1, 3)
    ]
    assert found == [1, None]
    assert codes(desk.run(export, dry_run=True))["future_date"] == 2


def test_settings_say_how_files_of_a_name_are_read(make_desk):
    desk = make_desk("set")
    settings = desk.workspace.settings.model_copy(
        update={
            "mappings": (
                type(desk.workspace.settings)
                .model_fields["mappings"]
                .annotation.__args__[0](
                    files="crm-*.csv",
                    table="deals",
                    columns={"Zaak": "deal_id", "Stand": "stage"},
                    constants={"currency": "USD"},
                    stages={"Binnen": "won"},
                    traits=("Regio",),
                ),
            )
        }
    )
    desk.workspace.write_settings(settings)
    desk.workspace = type(desk.workspace).open(desk.workspace.path)
    imported = desk.run(desk.file("Zaak;Stand;Regio\n1;Binnen;Noord\n2;Nieuw;Zuid\n", "crm-1.csv"))
    desk.run(desk.file("Zaak;Stand\n1;Binnen\n", "crm-2.csv"))
    assert imported.table == "deals"
    assert desk.table()["outcome"].to_list() == ["won", "open"]
    assert desk.table()["currency"].to_list() == ["USD", "USD"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"table": "klanten"}, "unknown_table"),
        ({"vendor": "acme"}, "unknown_vendor"),
        ({"columns": {"Nergens": "deal_id"}}, "unknown_header"),
        ({"columns": {"Regio": "nergens"}}, "unknown_column"),
        ({"columns": {"Regio": "source", "Bron": "source"}}, "column_mapped_twice"),
        ({"constants": {"nergens": "x"}}, "unknown_column"),
        ({"constants": {"created_at": "gisteren"}}, "bad_constant"),
        ({"constants": {"outcome": "misschien"}}, "bad_constant"),
        ({"stages": {"Offerte": "misschien"}}, "unknown_outcome"),
        ({"traits": ("Nergens",)}, "unknown_header"),
    ],
)
def test_a_wrong_call_is_refused(desk, said, code):
    assert desk.refuse(DEALS, **said).code == code


def test_a_header_that_two_columns_could_take_is_kept_under_no_name_of_ours(desk):
    text = "Deal-ID;Fase;Stage;rowid;_file;won\nD1;Gewonnen;x;y;z;w\n"
    imported = desk.run(text)
    assert finding(imported, "name_taken").columns == ("Stage", "rowid", "_file", "won")
    assert desk.refuse(text, traits=("won",)).code == "trait_name_taken"


def test_numbers_in_a_trait_have_a_point_and_are_said_to_be_numbers(desk):
    from workshop.crm.store import Store

    desk.run("Deal-ID;Fase;Marge;Kostenplaats\nD1;Nieuw;1.234,5;0912\nD2;Nieuw;7;9000\n")
    assert desk.table()["Marge"].to_list() == ["1234.5", "7"]
    assert desk.table()["Kostenplaats"].to_list() == ["0912", "9000"]
    traits = Store(desk.workspace).manifest().tables["deals"].traits
    assert (traits["Marge"].numeric, traits["Kostenplaats"].numeric) == (True, False)


@pytest.mark.parametrize(
    ("column", "code"),
    [("", "empty_column"), ("28-02-2026", "date_not_a_trait"), ("x\ny", "free_text_not_stored")],
)
def test_what_is_no_trait_is_said(desk, column, code):
    imported = desk.run(f'Deal-ID;Fase;Iets\nD1;Nieuw;"{column}"\n')
    assert (finding(imported, code).columns, imported.traits) == (("Iets",), ())


def test_numbers_that_differ_by_their_mark_are_no_near_duplicates(desk):
    imported = desk.run("Deal-ID;Fase;Versie\nD1;Nieuw;1.5\nD2;Nieuw;15\n")
    assert "near_duplicate" not in codes(imported)


def test_no_files_is_a_wrong_call(desk):
    with pytest.raises(InputError, match="no_files"):
        desk.run()


def test_a_table_without_ids_shows_what_stands_in_its_rows(desk):
    text = "Bedrijf;Soort;Datum\nTest BV;renewal;2026-01-20\nAcme;renewal;2026-01-20\n"
    columns = {"Bedrijf": "account", "Soort": "kind", "Datum": "at"}
    imported = desk.run(text, table="account_events", columns=columns)
    assert finding(imported, "test_record").examples == ("Test BV",)
