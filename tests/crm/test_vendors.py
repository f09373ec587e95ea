"""A small export of each vendor, as its files look, imported without a word about its columns."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

EXPORTS = Path(__file__).with_name("exports")
TEAMLEADER = [
    ["Deal number", "Title", "Customer", "Linked contacts", "Phase", "Amount excl. VAT",
     "Date added", "Date accepted", "Date refused", "Responsibility", "Source"],
    [1, "Dak", "Acme", "Jo", "Accepted", 1000.0, dt.date(2026, 2, 13), dt.date(2026, 2, 28), None,
     "An", "Beurs"],
    [1, "Dak", "Acme", "Jo", "Accepted", 1234.5, dt.date(2026, 2, 13), dt.date(2026, 2, 28), None,
     "An", "Beurs"],
    [2, "Goot", "Bolt", "Jo", "Refused", 99.0, dt.date(2026, 2, 14), None, dt.date(2026, 3, 13),
     "Bo", "Web"],
    [3, "Muur", None, None, "Quotation", None, dt.date(2026, 2, 15), None, None, "Bo", "Web"],
]  # fmt: skip
DYNAMICS = [
    ["(Do Not Modify) Opportunity", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On",
     "Topic", "Status", "Est. revenue", "Actual Revenue", "Est. close date", "Actual Close Date",
     "Created On", "Owner", "Lead Source", "Currency"],
    ["a1b2", "x=", dt.datetime(2026, 3, 1, 9), "Dak", "Won", 1500.0, 1234.5, dt.date(2026, 2, 1),
     dt.date(2026, 2, 28), dt.datetime(2026, 2, 13, 9, 15), "An", "Beurs", "Euro"],
    ["a1b3", "y=", dt.datetime(2026, 3, 14, 9), "Goot", "Lost", 99.0, None, dt.date(2026, 2, 1),
     dt.date(2026, 3, 13), dt.datetime(2026, 2, 14, 9, 15), "Bo", "Web", "Euro"],
    ["a1b4", "z=", dt.datetime(2026, 3, 14, 9), "Muur", "Open", None, None,
     dt.date(2026, 12, 31), None, dt.datetime(2026, 2, 15, 9, 15), "Bo", "Web", "Euro"],
]  # fmt: skip


def workbook(path, rows, hide=0):
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy hh:mm"})
    sheet = book.add_worksheet("Deals")
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    if hide:
        sheet.set_column(0, hide - 1, None, None, {"hidden": True})
        book.add_worksheet("hiddenSheet").hide()
    book.close()
    return path


def content(desk, vendor):
    if vendor == "teamleader":
        return workbook(desk.folder / "deals.xlsx", TEAMLEADER)
    if vendor == "dynamics":
        return workbook(desk.folder / "deals.xlsx", DYNAMICS, hide=3)
    return Path(shutil.copy(EXPORTS / f"{vendor}.csv", desk.folder))


VENDORS = ("hubspot", "salesforce", "pipedrive", "odoo", "espocrm", "suitecrm", "vtiger", "zoho",
           "teamleader", "dynamics")  # fmt: skip
NO_CLOSING_DATE = ("suitecrm", "vtiger")
NO_SOURCE = ("salesforce", "pipedrive")
NO_CREATION_DATE = ("espocrm", "suitecrm", "zoho")


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_export_needs_no_word(desk, vendor):
    imported = desk.run(content(desk, vendor))
    assert (imported.table, len(imported.set_aside)) == ("deals", 0)
    table = desk.table().set_index("name")
    assert table["outcome"].to_dict() == {"Dak": "won", "Goot": "lost", "Muur": "open"}
    amounts = {name: str(amount) for name, amount in table["amount"].dropna().items()}
    assert amounts == {"Dak": "1234.50", "Goot": "99.00"}
    assert table["source"].notna().all() == (vendor not in NO_SOURCE)
    text = table.to_csv() + str(imported.findings)
    assert "Jo," not in text
    assert set(table["owner"].dropna().str[:2]) <= {"p-"}
    closed = pd.to_datetime(table["closed_at"]).dt.strftime("%Y-%m-%d").dropna().to_dict()
    expected = {} if vendor in NO_CLOSING_DATE else {"Dak": "2026-02-28", "Goot": "2026-03-13"}
    assert closed == expected
    created = pd.to_datetime(table["created_at"]).dt.strftime("%Y-%m-%d").dropna()
    assert len(created) == (0 if vendor in NO_CREATION_DATE else 3)


def test_a_quotation_a_row_is_one_deal_and_said(desk):
    imported = desk.run(content(desk, "teamleader"))
    found = {f.code: f.count for f in imported.findings}
    assert (imported.rows, imported.kept, found["merged_quotations"]) == (4, 4, 1)
    assert "conflicting_id" not in found


def test_quotations_that_differ_in_more_than_their_amount_are_set_aside(desk):
    rows = [list(row) for row in TEAMLEADER]
    rows[2][10] = "Web"
    imported = desk.run(workbook(desk.folder / "deals.xlsx", rows))
    assert [item.reason for item in imported.set_aside] == ["conflicting_id"] * 2


def test_other_exports_do_not_repeat_a_deal_per_quotation(desk):
    imported = desk.run("Deal-ID;Fase;Bedrag\nD1;Nieuw;5\nD1;Nieuw;6\nD2;Nieuw;7\n")
    assert len(imported.set_aside) == 2


def test_a_footer_is_said(desk):
    imported = desk.run(content(desk, "salesforce"))
    assert {f.code: f.count for f in imported.findings}["footer"] == 4
    assert "Copyright" not in desk.table().to_csv()


def test_what_odoo_knows_of_a_lead_is_kept(desk):
    desk.run(content(desk, "odoo"))
    table = desk.table().set_index("name")
    assert table.loc["Dak", ["medium", "country", "campaign"]].to_list() == [
        "Stand", "België", "Lente",
    ]  # fmt: skip
    assert table.loc["Goot", "lost_reason"] == "Te duur"


def test_the_wide_history_of_hubspot(desk):
    desk.run(content(desk, "hubspot"))
    history = desk.table("stage_history")
    assert history["record_id"].to_list() == ["101", "102"]
    assert set(history["stage"]) == {"Appointment Scheduled"}


def test_unverified_dutch_headers_are_recognised_and_said(desk):
    text = (
        "Deal - ID,Deal - Titel,Deal - Waarde,Deal - Fase,Deal - Status,Deal - Eigenaar\n"
        "1,Dak,1234.50,Offerte,won,An\n"
    )
    imported = desk.run(text)
    assert imported.mapping["Deal - Waarde"] == "amount"
    (doubtful,) = [f for f in imported.findings if f.code == "unverified_header"]
    assert set(doubtful.columns) == {
        "Deal - Titel", "Deal - Waarde", "Deal - Fase", "Deal - Eigenaar",
    }  # fmt: skip


@pytest.mark.parametrize("vendor", VENDORS)
def test_columns_in_another_order_make_no_difference(desk, make_desk, vendor):
    if vendor in ("teamleader", "dynamics"):
        rows = TEAMLEADER if vendor == "teamleader" else DYNAMICS
        turned = workbook(desk.folder / "turned.xlsx", [row[::-1] for row in rows])
    else:
        text = content(desk, vendor).read_text("utf-8")
        delimiter = ";" if ";" in text.partition("\n")[0] else ","
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter).writerows(row[::-1] for row in rows)
        turned = desk.file(out.getvalue(), "turned.csv")
    other = make_desk()
    key = bytes(32)
    for each in (desk, other):
        (each.workspace.path / ".key").write_bytes(key)
    desk.run(content(desk, vendor))
    other.run(turned)
    columns = [c for c in desk.table() if c not in ("_source", "deal_id")]
    pd.testing.assert_frame_equal(
        desk.table()[columns].sort_values("name", ignore_index=True),
        other.table()[columns].sort_values("name", ignore_index=True),
    )
