"""Workbooks: the right sheet, cells that read one way, and files made to do harm."""

from __future__ import annotations

import datetime as dt
import struct
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from workshop.crm import workbook
from workshop.crm.sheet import as_cell
from workshop.i18n import LANGUAGES, Translator

ROWS = [
    ["Deal-ID", "Fase", "Aangemaakt op", "Bedrag", "Regio"],
    ["D1", "Gewonnen", dt.date(2026, 2, 3), 1234.5, "Noord"],
    ["D2", "Verloren", dt.date(2026, 2, 4), 1.234, None],
    ["D3", "Offerte", dt.datetime(2026, 2, 5, 10, 30), 7, "Zuid"],
]
ODS_CELLS = {
    str: 'office:value-type="string"><text:p>{}</text:p>',
    float: 'office:value-type="float" office:value="{}">',
    int: 'office:value-type="float" office:value="{}">',
    dt.date: 'office:value-type="date" office:date-value="{}">',
    dt.datetime: 'office:value-type="date" office:date-value="{:%Y-%m-%dT%H:%M:%S}">',
    type(None): ">",
}


def xlsx(path: Path, sheets: dict[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> Path:
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    if len(sheets) > len(hidden):
        next(s for s in book.worksheets() if s.name not in hidden).activate()
    book.close()
    return path


def ods(path: Path, rows: list[list[object]], after: str = "") -> Path:
    def cell(value: object) -> str:
        return f"<table:table-cell {ODS_CELLS[type(value)].format(value)}</table:table-cell>"

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces}><office:body>'
        f'<office:spreadsheet><table:table table:name="Blad1">{body}{after}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def check(desk, imported) -> None:
    assert (imported.table, imported.rows, imported.kept) == ("deals", 3, 3)
    table = desk.table().set_index("deal_id")
    assert [str(value) for value in table["amount"]] == ["1234.50", "1.23", "7.00"]
    assert table["created_at"].to_list() == [
        pd.Timestamp("2026-02-02 23:00"),
        pd.Timestamp("2026-02-03 23:00"),
        pd.Timestamp("2026-02-05 09:30"),
    ]
    assert table["outcome"].to_list() == ["won", "lost", "open"]


def test_xlsx(desk):
    check(desk, desk.run(xlsx(desk.folder / "deals.xlsx", {"Blad1": ROWS})))


def test_ods(desk):
    check(desk, desk.run(ods(desk.folder / "deals.ods", ROWS)))


def test_ods_with_the_empty_rest_of_the_sheet(desk):
    rest = (
        '<table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    check(desk, desk.run(ods(desk.folder / "deals.ods", ROWS, after=rest)))


def test_an_asked_decimal_mark_does_not_touch_cells_that_are_numbers(desk):
    check(desk, desk.run(xlsx(desk.folder / "deals.xlsx", {"Blad1": ROWS}), decimal="comma"))


def test_the_first_visible_sheet_is_read_and_the_others_are_said(desk):
    sheets = {"hiddenSheet": [["x", "y"], [1, 2]], "Deals": ROWS, "Leeg": [], "Meer": [["a"]]}
    imported = desk.run(xlsx(desk.folder / "deals.xlsx", sheets, hidden=("hiddenSheet",)))
    (others,) = [f for f in imported.findings if f.code == "other_sheets"]
    assert (others.count, others.examples) == (1, ("Meer",))
    check(desk, imported)


def test_titles_blank_rows_and_a_footer(desk):
    rows = [["Verkoopkansen"], [], ROWS[0], ROWS[1], [], *ROWS[2:], [], ["Vertrouwelijk"]]
    imported = desk.run(xlsx(desk.folder / "deals.xlsx", {"Blad1": rows}))
    check(desk, imported)
    assert {f.code: f.count for f in imported.findings}["footer"] == 1


def test_set_aside_rows_are_those_of_the_sheet(desk):
    rows = [["Titel"], [], ROWS[0], ROWS[1], [], ["D\n2", "Nieuw", "31-02-2026", 5]]
    imported = desk.run(xlsx(desk.folder / "deals.xlsx", {"Blad1": rows}))
    assert [(item.line, item.value) for item in imported.set_aside] == [(6, "31-02-2026")]


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), ("", ""), (True, "true"), (12.0, "12"), (1.5, "1.5"), (1.234, "1.2340"),
     (1e-9, "0"), (-0.001, "-0.0010"), (123456789012.0, "123456789012"), (1e20, "1" + "0" * 20),
     (dt.date(2026, 3, 4), "2026-03-04"), (dt.datetime(2026, 3, 4), "2026-03-04"),
     (dt.datetime(2026, 3, 4, 5, 6, 7, 999), "2026-03-04 05:06:07"), (dt.time(5), "05:00:00"),
     (dt.timedelta(hours=30), "1 day, 6:00:00"), ("a\r\nb\x00", "a b")],
)  # fmt: skip
def test_a_cell_reads_one_way(value, text):
    assert as_cell(value) == text


def rewritten(path: Path, source: Path, change) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item.filename, change(item.filename, old.read(item)))
    return path


@pytest.fixture
def good(desk):
    return xlsx(desk.folder / "good.xlsx", {"Blad1": ROWS})


def test_a_cell_in_the_last_corner_of_a_sheet_does_not_end_the_process(desk, good):
    def far(name, content):
        if name == "xl/worksheets/sheet1.xml":
            return content.replace(b'<row r="4"', b'<row r="1048576"').replace(
                b'"D4"', b'"XFD1048576"'
            )
        return content

    started = time.monotonic()
    error = desk.refuse(rewritten(desk.folder / "far.xlsx", good, far))
    assert error.code == "workbook_too_large"
    assert time.monotonic() - started < 20


def test_a_zip_bomb_is_refused_before_it_is_unpacked(desk, good, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_SHEET_BYTES", 20_000_000)
    bomb = desk.folder / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    assert bomb.stat().st_size < 100_000
    error = desk.refuse(bomb)
    assert (error.code, error.fields["limit"]) == ("workbook_too_large", 20_000_000)


def test_a_zip_bomb_that_lies_about_its_size_is_refused(desk, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_SHEET_BYTES", 20_000_000)
    bomb = desk.folder / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    content = bytearray(bomb.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.find(mark) + offset
        content[at : at + 4] = struct.pack("<I", 1000)
    bomb.write_bytes(content)
    assert desk.refuse(bomb).code in ("damaged_workbook", "workbook_too_large")


def test_one_long_text_many_times_over_is_refused(desk, good):
    """Shared strings let a small file stand for a text of any size."""

    def repeat(name, content):
        if name == "xl/sharedStrings.xml":
            return content.replace(b"<t>Noord</t>", b"<t>" + b"x" * 200_000 + b"</t>")
        if name == "xl/worksheets/sheet1.xml":
            row = b'<row r="%d"><c r="A%d" t="s"><v>7</v></c></row>'
            rows = b"".join(row % (n, n) for n in range(5, 60_000))
            return content.replace(b"</sheetData>", rows + b"</sheetData>")
        return content

    assert desk.refuse(rewritten(desk.folder / "long.xlsx", good, repeat)).code in (
        "workbook_too_large",
        "damaged_workbook",
        "line_too_long",
    )


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(desk, good, share):
    content = good.read_bytes()
    cut = desk.file(content[: int(len(content) * share)], "cut.xlsx")
    assert desk.refuse(cut).code == "damaged_workbook"


def test_another_kind_of_archive_is_refused(desk):
    path = desk.folder / "brief.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert desk.refuse(path).code == "damaged_workbook"


def with_a_duration(path: Path, days: list[float]) -> Path:
    """Write a workbook with a column of durations."""
    book = xlsxwriter.Workbook(path)
    sheet, hours = book.add_worksheet("Deals"), book.add_format({"num_format": "[h]:mm"})
    sheet.write_row(0, 0, ["Deal-ID", "Fase", "Duur"])
    for row, value in enumerate(days, start=1):
        sheet.write_row(row, 0, [f"D{row}", "Gewonnen"])
        sheet.write_number(row, 2, value, hours)
    book.close()
    return path


@pytest.mark.parametrize(("days", "rows"), [([1, 1e11], [3]), ([1e300] * 7, [2, 3, 4, 5, 6])])
def test_a_date_beyond_any_calendar_is_named_by_its_row(desk, days, rows):
    error = desk.refuse(with_a_duration(desk.folder / "duur.xlsx", days))
    said = {"path": "duur.xlsx", "sheet": "Deals", "rows": rows, "n": sum(d > 1 for d in days)}
    assert (error.code, error.fields) == ("impossible_dates", said)
    for language in LANGUAGES:
        assert "Deals" in Translator(language)(f"error.{error.code}", **error.fields)


def test_one_row_without_end_is_refused(desk):
    row = '<table:table-row table:number-rows-repeated="{}">' + "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in ("D4", "Nieuw", "2026-02-06", "1", "Noord")
    )
    endless = ods(desk.folder / "a.ods", ROWS, row.format(1_048_000) + "</table:table-row>")
    error = desk.refuse(endless)
    said = {"path": "a.ods", "sheet": "Blad1", "row": 5, "limit": 10_000}
    assert (error.code, error.fields) == ("endless_row", said)
    some = ods(desk.folder / "b.ods", ROWS, row.format(500) + "</table:table-row>")
    assert desk.run(some).rows == 503


def test_an_empty_workbook_is_refused(desk):
    assert desk.refuse(xlsx(desk.folder / "leeg.xlsx", {"Blad1": []})).code == "empty_file"


@pytest.mark.parametrize("name", ["deals.xls", "deals.xlsx"])
def test_an_old_or_locked_workbook_is_refused(desk, name):
    """Both begin as OLE files do: a password wraps an xlsx in one."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500
    assert desk.refuse(desk.file(head, name)).code == "old_or_locked_workbook"
