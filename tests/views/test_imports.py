"""What was read, kept, set aside, and noticed."""

from __future__ import annotations

import pandas as pd
import pytest

from workshop.crm.findings import Finding
from workshop.crm.schema import TABLES
from workshop.crm.store import ImportRecord
from workshop.views.display import Prose, Table
from workshop.views.finding_words import finding_text
from workshop.views.imports import for_the_reader, reading

NOTHING_ASIDE = pd.DataFrame(columns=["file", "line", "column", "value", "reason"])
ASIDE = pd.DataFrame(
    [
        ("d.csv", "10", "ID", "7", "conflicting_id"),
        ("d.csv", "11", "ID", "7", "conflicting_id"),
        ("d.csv", "30", "Close", "31-2-2026", "bad_date"),
    ],
    columns=["file", "line", "column", "value", "reason"],
)


def record(table, file, rows, aside=0, findings=()) -> ImportRecord:
    return ImportRecord(
        table=table,
        files=(file,),
        rows=rows,
        kept=rows - aside,
        set_aside=aside,
        mapping={},
        findings=tuple(findings),
    )


@pytest.fixture
def records() -> list[ImportRecord]:
    return [
        record(
            "deals",
            "d.csv",
            100,
            3,
            [
                Finding("contact_not_stored", 2, ("E-mail", "Telefoon")),
                Finding("placeholder", 9, ("sector",), ("Select",)),
                Finding("mixed_currency", 50, ("currency",), ("EUR (49)", "GBP (1)")),
                Finding("conflicting_id", 2, ("deal_id",), ("7",)),
                Finding("future_date", 1, ("created_at",)),
            ],
        ),
        record("accounts", "a.csv", 20),
    ]


def tables(parts) -> dict[str, Table]:
    return {part.name: part for part in parts if isinstance(part, Table)}


def test_every_row_is_accounted_for(records, english):
    found = tables(reading(records, ASIDE, english))
    assert found["imports"].title == "3 of 120 rows read were set aside"
    frame = found["imports"].frame
    assert (frame["rows"] == frame["kept"] + frame["set_aside"]).all()
    assert frame["files"].tolist() == ["a.csv", "d.csv"]


def test_what_was_set_aside_says_why_and_where(records, english):
    table = tables(reading(records, ASIDE, english))["set-aside"]
    assert table.title == (
        "Set aside: 2 rows with an ID that comes back with other values and 1 row with a date that "
        "cannot be read"
    )
    assert table.frame["line"].tolist() == [10, 11, 30]


def test_without_rows_set_aside_there_is_no_column_for_them(english):
    parts = tables(reading([record("deals", "d.csv", 1)], NOTHING_ASIDE, english))
    assert list(parts) == ["imports"]
    assert parts["imports"].title == "The 1 row read was kept"
    assert "set_aside" not in [column.field for column in parts["imports"].columns]


def test_a_warehouse_is_named_and_what_it_did_not_have(records, english):
    where, table, *_ = reading(records, NOTHING_ASIDE, english, "crm/samenspel")
    assert isinstance(where, Prose)
    assert "the client's own warehouse (crm/samenspel)" in where.plain()
    read = {one.table for one in records}
    left = [english.t(f"table.{name}") for name in TABLES if name not in read]
    assert all(name in where.plain() for name in left)
    assert table.columns[0].header == "View"


def test_what_changes_most_comes_first_and_what_is_told_elsewhere_not_at_all(records, look):
    table = tables(reading(records, ASIDE, look))["findings"]
    assert table.frame["code"].tolist() == ["conflicting_id", "placeholder", "future_date"]


def test_no_option_of_the_command_line_stands_on_the_page(records, look):
    table = tables(reading(records, ASIDE, look))["findings"]
    assert "--" not in table.html()
    assert any("--" in text for text in table.frame["in_full"])


def test_what_was_not_stored_is_said_in_a_sentence(records, english):
    prose = [part for part in reading(records, ASIDE, english) if isinstance(part, Prose)]
    assert [part.text for part in prose] == [
        "Not stored, to keep people’s details out of it: E-mail and Telefoon."
    ]


def test_a_sentence_with_nothing_but_an_option_stays():
    assert for_the_reader("Use --dates.") == "Use --dates."


def test_a_finding_names_columns_as_the_reader_does(english):
    text = finding_text(Finding("placeholder", 9, ("sector",), ("Select",)), english.t)
    assert text.startswith("9 cells under “Sector” hold a placeholder (Select)")


def test_each_column_of_a_finding_has_its_own_quotation_marks(english, dutch):
    found = Finding("placeholder", 22, ("role", "trigger"), ("Select",))
    assert "under “Role” and “Trigger” hold a placeholder" in finding_text(found, english.t)
    assert "bij “Functie” en “Aanleiding” bevatten" in finding_text(found, dutch.t)


def test_where_no_file_was_read_there_is_no_table_of_none(look):
    (prose,) = reading([], NOTHING_ASIDE, look)
    assert prose.text == look.t("imports.none")
