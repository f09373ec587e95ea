"""Whatever bytes come in: an error with the workspace unchanged, or an import that adds up.

A short form runs always; ``SAMENSPEL_TORTURE=full`` turns on the full size.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.torture.fuzz.mutations import by_bytes
from workshop.errors import InputError

FULL = os.environ.get("SAMENSPEL_TORTURE") == "full"
EXPORTS = sorted(Path(__file__).with_name("exports").glob("*.csv"))
DEFECTS = sorted(Path(__file__).with_name("defects").glob("*.csv"))
SETTINGS = settings(
    max_examples=600 if FULL else 30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def survives(desk, path: Path, **said) -> bool:
    """Import a file: it adds up, or it is refused and nothing has changed."""
    before = desk.tree()
    try:
        desk.run(path, **said)
    except InputError as error:
        assert error.code
        assert desk.tree() == before
        return False
    return True


@pytest.mark.parametrize("seed", range(400 if FULL else 6))
@pytest.mark.parametrize("export", EXPORTS, ids=[path.stem for path in EXPORTS])
def test_a_mutated_export(desk, export, seed):
    chance = random.Random(f"{export.stem}{seed}")
    survives(desk, desk.file(by_bytes(export.read_bytes(), chance)))


@pytest.mark.parametrize("seed", range(60 if FULL else 1))
@pytest.mark.parametrize("defect", DEFECTS, ids=[path.stem for path in DEFECTS])
def test_a_mutated_defect(desk, defect, seed):
    chance = random.Random(f"{defect.stem}{seed}")
    survives(desk, desk.file(by_bytes(defect.read_bytes() + b"\n", chance)))


@pytest.mark.parametrize("seed", range(300 if FULL else 8))
def test_a_mutated_workbook(desk, seed):
    path = desk.folder / "deals.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for row in range(30):
        sheet.write_row(row, 0, ["Deal-ID", "Fase", "Bedrag"] if not row else [row, "Nieuw", 1.5])
    book.close()
    path.write_bytes(by_bytes(path.read_bytes(), random.Random(seed)))
    survives(desk, path)


HEADERS = [
    *("Deal-ID", "Fase", "Bedrag", "Aangemaakt op", "Gesloten op", "Bron", "E-mail", "Eigenaar"),
    *("Regio", "Valuta", "rowid", "_file", "old", "new", "v", "n", "Stage", "won", "h0", "c0"),
    *("Sélect", "a;b", 'zei "x"', "'; DROP TABLE x; --", "amount", "select", "Aantal"),
]
CELLS = st.one_of(
    st.sampled_from(
        ["", "Gewonnen", "Nieuw", "1,5", "1.234", "12", "-", "28-02-2026", "2026-02-28",
         "03-04-2026", "2026-02-28T10:00:00Z", "x@y.be", "0475 12 34 56", "€ 5", "$ 5", "NULL",
         " ", "'", '"', "\\", "%", "=1+1", "true", "n/a", "💥", "\u00a0", "1e5", "(5)", "∞",
         "99999999999999999999999", "0001-01-01", "9999-12-31", "31-02-2026"]
    ),
    st.text(max_size=12),
)  # fmt: skip


@SETTINGS
@given(
    headers=st.lists(st.sampled_from(HEADERS), min_size=2, max_size=9, unique=True),
    rows=st.lists(st.lists(CELLS, min_size=9, max_size=9), max_size=6),
    delimiter=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    keep=st.booleans(),
    table=st.sampled_from([None, "deals", "leads", "accounts", "activities", "stage_history"]),
)
def test_any_table_of_odd_values(make_desk, headers, rows, delimiter, encoding, keep, table):
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(headers)
    writer.writerows(row[: len(headers)] for row in rows)
    content = text.getvalue().encode(encoding, errors="replace")
    desk = make_desk()
    path = desk.file(content)
    if survives(desk, path, table=table, keep_contacts=keep):
        before = desk.tree()
        assert not desk.run(path, table=table, keep_contacts=keep).changed
        assert desk.tree() == before


@SETTINGS
@given(content=st.binary(max_size=300))
def test_any_bytes(make_desk, content):
    desk = make_desk()
    survives(desk, desk.file(content))
