import csv
import datetime as dt

import nbformat.v4 as v4
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from workshop.errors import ReportError
from workshop.i18n import Translator
from workshop.reports.tables import tables_of, write_csv_files, write_workbook
from workshop.views import TABLE_TYPE
from workshop.views.display import Column, Table

NL, EN = Translator("nl"), Translator("en")
DAY = dt.date(2026, 1, 31)


def frame():
    return pd.DataFrame(
        {
            "name": ["=cmd|' /C calc'!A0", "-5", "+32 475", "@SUM(A1)", "Zonen; bv", None],
            "amount": [-1234.5, 0.0, 1e-5, None, 2.0, 3.0],
            "count": [1, 2, 3, 4, 5, 6],
            "share": [0.5, 0.25, None, 1.0, 0.0, 0.1],
            "day": pd.to_datetime(["2026-03-01"] * 5 + [None]),
            "won": [True, False] * 3,
        }
    )


def carried(data, name="won-lost"):
    columns = (
        Column("name", "=Naam"),
        Column("amount", "Bedrag", "number-2"),
        Column("count", "Aantal", "count"),
        Column("share", "Aandeel", "percent-1"),
        Column("day", "Dag", "date"),
        Column("won", "Gewonnen"),
    )
    return Table(data, name, "Een titel", columns, NL).behind()


def notebook(*tables):
    outputs = [v4.new_output("display_data", {TABLE_TYPE: table}) for table in tables]
    return v4.new_notebook(cells=[v4.new_markdown_cell("x"), v4.new_code_cell(outputs=outputs)])


@pytest.fixture
def tables():
    return tables_of(notebook(carried(frame())))


def rows(path, delimiter):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(text.splitlines(), delimiter=delimiter))


def test_tables_come_in_their_order_and_once():
    small = carried(frame().head(1), "other")
    found = tables_of(notebook(carried(frame()), small, carried(frame())))
    assert [(table.name, len(table.records)) for table in found] == [("won-lost", 6), ("other", 1)]


def test_one_name_is_one_table():
    with pytest.raises(ReportError) as caught:
        tables_of(notebook(carried(frame()), carried(frame().head(1))))
    assert (caught.value.code, caught.value.fields) == ("table_twice", {"name": "won-lost"})


def test_dutch_csv_opens_in_dutch_excel(tables, tmp_path):
    write_csv_files(tmp_path / "tables", tables, NL)
    path = tmp_path / "tables" / "won-lost.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert rows(path, ";") == [
        ["'=Naam", "Bedrag", "Aantal", "Aandeel", "Dag", "Gewonnen"],
        ["'=cmd|' /C calc'!A0", "-1234,5", "1", "0,5", "2026-03-01", "waar"],
        ["-5", "0,0", "2", "0,25", "2026-03-01", "onwaar"],
        ["'+32 475", "1e-05", "3", "", "2026-03-01", "waar"],
        ["'@SUM(A1)", "", "4", "1,0", "2026-03-01", "onwaar"],
        ["Zonen; bv", "2,0", "5", "0,0", "2026-03-01", "waar"],
        ["", "3,0", "6", "0,1", "", "onwaar"],
    ]


def test_english_csv_has_commas_and_points(tables, tmp_path):
    write_csv_files(tmp_path / "tables", tables, EN)
    found = pd.read_csv(tmp_path / "tables" / "won-lost.csv")
    assert found["Bedrag"].iloc[:3].tolist() == [-1234.5, 0.0, 1e-5]
    assert found["Gewonnen"].tolist() == [True, False] * 3


@pytest.mark.parametrize(
    ("text", "written"),
    [
        *((one, f"'{one}") for one in ("=1", "+1+1", "-1+1", "@x", "-x", "＝1")),
        ("\t=1+1", "'\t'=1+1"),
        ("\r=1+1", "'\r'=1+1"),
        ("a;=1", "a;'=1"),
        ("a,-1+1", "a,'-1+1"),
        ("a\n@x", "a\n'@x"),
    ],
)
def test_what_a_spreadsheet_would_run_is_neutralised(text, written, tmp_path):
    data = frame().head(1).assign(name=text)
    write_csv_files(tmp_path / "tables", tables_of(notebook(carried(data))), NL)
    content = (tmp_path / "tables" / "won-lost.csv").read_bytes().decode("utf-8-sig")
    assert written in content


@pytest.mark.parametrize("text", ["-", "-5", "+3,2", "-1.234,50", "a=b", " =1", "'=1"])
def test_what_no_spreadsheet_would_run_is_left_alone(text, tmp_path):
    data = frame().head(1).assign(name=text)
    write_csv_files(tmp_path / "tables", tables_of(notebook(carried(data))), EN)
    assert rows(tmp_path / "tables" / "won-lost.csv", ",")[1][0] == text


def test_the_workbook_has_typed_cells(tables, tmp_path):
    path = tmp_path / "tables.xlsx"
    write_workbook(path, tables, NL, DAY)
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["Inhoud", "won-lost"]
    assert book.get_sheet_by_name("Inhoud").to_python() == [
        ["Blad", "Tabel", "Rijen"],
        ["won-lost", "Een titel", 6.0],
    ]
    found = book.get_sheet_by_name("won-lost").to_python()
    assert found[0] == ["=Naam", "Bedrag", "Aantal", "Aandeel", "Dag", "Gewonnen"]
    assert found[1] == ["=cmd|' /C calc'!A0", -1234.5, 1.0, 0.5, dt.date(2026, 3, 1), True]
    assert found[2][0] == "-5"
    assert found[6] == ["", 3.0, 6.0, 0.1, "", False]


def test_the_workbook_holds_no_formula_and_no_address(tables, tmp_path):
    import zipfile

    data = frame().assign(name="https://a.be")
    path = tmp_path / "tables.xlsx"
    write_workbook(path, [*tables, *tables_of(notebook(carried(data, "other")))], NL, DAY)
    with zipfile.ZipFile(path) as book:
        sheets = [book.read(name) for name in book.namelist() if "worksheets" in name]
    assert not any(b"<f>" in sheet or b"a.be" in sheet for sheet in sheets)


def test_the_same_tables_are_the_same_workbook(tables, tmp_path):
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(tmp_path / name, tables, NL, DAY)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_a_text_too_long_for_a_cell_is_cut(tmp_path):
    data = frame().head(1).assign(name="a" * 40_000)
    write_workbook(tmp_path / "a.xlsx", tables_of(notebook(carried(data))), NL, DAY)
    sheet = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("won-lost")
    assert sheet.to_python()[1][0] == "a" * 32_767


def test_a_report_without_tables_has_an_empty_list(tmp_path):
    write_workbook(tmp_path / "a.xlsx", [], EN, DAY)
    assert CalamineWorkbook.from_path(tmp_path / "a.xlsx").sheet_names == ["Contents"]


@pytest.mark.parametrize("name", ["history", "contents", "inhoud"])
@pytest.mark.parametrize("t", [NL, EN])
def test_a_sheet_has_no_name_that_is_taken(tmp_path, name, t):
    """Excel keeps ``History`` for itself, and repairs a file that has one."""
    write_workbook(tmp_path / "a.xlsx", tables_of(notebook(carried(frame(), name))), t, DAY)
    names = CalamineWorkbook.from_path(tmp_path / "a.xlsx").sheet_names
    assert names == [t("report.contents"), f"{name}-table"]
    shown = Table(frame(), name, "x", (Column("name", "Name"),), t, shown=1)
    assert f"{name}-table" in shown.html()
    assert shown.source.endswith(f"{name}-table")
