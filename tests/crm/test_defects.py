"""Files named by their defect: each gets its message, and leaves the workspace untouched."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

FOLDER = Path(__file__).with_name("defects")
REFUSED = {
    "not_a_csv.csv": ("not_a_table", {"path": "not_a_csv.csv", "starts": "<!DOCTYPE html>"}),
    "json.csv": ("not_a_table", {"path": "json.csv", "starts": '{"deals": [{"id": 1,'}),
    "pdf.csv": ("not_a_table", {"path": "pdf.csv", "starts": "%PDF-1.7"}),
    "empty.csv": ("empty_file", {"path": "empty.csv"}),
    "blank.csv": ("empty_file", {"path": "blank.csv"}),
    "only_a_header.csv": ("no_records", {"path": "only_a_header.csv"}),
    "two_headers.csv": ("two_headers", {"path": "two_headers.csv", "line": 2}),
    "two_headers_in_two_languages.csv": (
        "two_headers",
        {"path": "two_headers_in_two_languages.csv", "line": 2},
    ),
    "doubled_header.csv": (
        "doubled_header",
        {"path": "doubled_header.csv", "headers": ["Bron", "bron"]},
    ),
    "one_column.csv": (
        "no_separator",
        {"path": "one_column.csv", "allowed": [",", ";", "tab", "|"]},
    ),
    "no_separator.csv": (
        "no_separator",
        {"path": "no_separator.csv", "allowed": [",", ";", "tab", "|"]},
    ),
    "letter.csv": ("nothing_recognised", None),
    "nothing_recognised.csv": ("nothing_recognised", None),
    "ambiguous_dates.csv": (
        "ambiguous_dates",
        {
            "column": "Aangemaakt op",
            "example": "03-04-2026",
            "readings": ["2026-04-03", "2026-03-04"],
            "option": "--dates",
        },
    ),
    "mixed_dates.csv": (
        "mixed_dates",
        {
            "column": "Aangemaakt op",
            "example": "28-04-2026",
            "examples": ["28-04-2026", "05-16-2026"],
        },
    ),
    "ambiguous_numbers.csv": (
        "ambiguous_numbers",
        {
            "column": "Bedrag",
            "example": "1.234",
            "readings": ["1234", "1.234"],
            "option": "--decimal",
        },
    ),
    "mixed_decimals.csv": (
        "mixed_decimals",
        {"column": "Bedrag", "example": "1.234,50", "examples": ["1.234,50", "1,234.50"]},
    ),
    "mixed_currency.csv": (
        "mixed_currency_symbols",
        {"column": "Bedrag", "currencies": ["EUR", "USD"], "option": "--map"},
    ),
    "no_row_reads.csv": (
        "nothing_kept",
        {"files": ["no_row_reads.csv"], "reasons": ["bad_number"]},
    ),
    "nul_bytes.csv": ("not_text", {"path": "nul_bytes.csv"}),
    "picture.csv": ("not_text", {"path": "picture.csv"}),
    "too_many_columns.csv": (
        "too_many_columns",
        {"path": "too_many_columns.csv", "given": 2001, "allowed": 2000},
    ),
}


@pytest.fixture(params=[False, True], ids=["new", "in use"])
def in_use(request, desk):
    """Return a workspace that is new, and one that holds something already."""
    if request.param:
        desk.run(desk.file("Deal-ID;Fase\nD9;Gewonnen\n", "eerder.csv"))
    return desk


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_each_defect_has_its_message(in_use, name):
    code, fields = REFUSED[name]
    error = in_use.refuse(Path(shutil.copy(FOLDER / name, in_use.folder)))
    assert error.code == code
    if fields is not None:
        assert error.fields == fields


def test_every_defect_is_tried():
    assert {path.name for path in FOLDER.iterdir()} == set(REFUSED)


def test_a_mixed_currency_with_a_column_that_names_it_is_a_finding(desk):
    lines = (FOLDER / "mixed_currency.csv").read_text("utf-8").splitlines()
    names = ["Valuta", "EUR", "USD", "EUR"]
    text = "\n".join(f"{line};{name}" for line, name in zip(lines, names, strict=True))
    found = {f.code: f for f in desk.run(text).findings}
    assert (found["mixed_currency"].count, found["mixed_currency"].examples) == (
        3,
        ("EUR (2)", "USD (1)"),
    )


@pytest.mark.parametrize("given", ["nergens.csv", "een map"])
def test_a_missing_file_and_a_folder(desk, given):
    (desk.folder / "een map").mkdir()
    error = desk.refuse(desk.folder / given)
    assert (error.code, error.fields) == ("no_file", {"path": str(desk.folder / given)})


@pytest.mark.parametrize(
    ("head", "code"),
    [(b"Deal-ID;Fase\n" + b"x" * 5_000_000, "line_too_long"), (b"Deal-ID;Fase\n", "not_text"),
     (b"\xff\xfe" + ("Deal-ID;Fase\n" + "x" * 5_000_000).encode("utf-16-le"), "line_too_long")],
    ids=["letters", "zeros", "utf-16"],
)  # fmt: skip
def test_a_line_of_two_gigabytes_is_refused_at_once(desk, head, code):
    path = desk.file(head, "lange_regel.csv")
    with path.open("r+b") as file:
        file.truncate(2 << 30)
    started = time.monotonic()
    assert desk.refuse(path).code == code
    assert time.monotonic() - started < 5
