"""Tables that are held: what comes back, where it lies, and that nothing is left."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path

import ibis
import pandas as pd
import pytest

from workshop.crm.hold import MOST_IN_MEMORY, held, lend_scratch, let_go

ROWS = pd.DataFrame(
    {
        "id": ["a", "b", None],
        "day": pd.to_datetime(["2026-01-01", None, "2026-03-01"]).date,
        "at": pd.to_datetime(["2026-01-01 10:00", None, "2026-03-01 11:30"]),
        "ratio": [0.5, None, 2.0],
        "known": pd.array([True, None, False], dtype="boolean"),
    }
)


@pytest.fixture(params=["klant", "klant 'O[1]*"])
def folder(request, tmp_path) -> Path:
    path = tmp_path / request.param
    path.mkdir()
    return path


def connect(folder: Path):
    connection = ibis.duckdb.connect()
    lend_scratch(connection, folder)
    return connection


def given(connection):
    connection.con.register("_given", ROWS)
    connection.con.execute("CREATE TABLE given AS FROM _given")
    connection.con.unregister("_given")
    return connection.table("given")


def relations(connection) -> set[str]:
    found = connection.con.execute("SELECT table_name FROM information_schema.tables").fetchall()
    return {name for (name,) in found}


@pytest.mark.parametrize("rows", [3, MOST_IN_MEMORY + 1])
def test_a_held_table_is_the_table(folder, rows):
    connection = connect(folder)
    table = given(connection).mutate(twice=ibis._.ratio * 2)
    before = relations(connection)
    kept = held(table, rows)
    assert kept.schema() == table.schema()
    pd.testing.assert_frame_equal(
        kept.order_by("day").execute(), table.order_by("day").execute(), check_exact=True
    )
    on_disk = [path.name for path in folder.rglob("*.parquet")]
    assert len(on_disk) == (rows > MOST_IN_MEMORY)
    let_go(kept)
    assert relations(connection) == before
    assert not list(folder.rglob("*.parquet"))


def test_a_table_can_be_held_from_a_held_one_which_is_then_let_go(folder):
    connection = connect(folder)
    first = held(given(connection), MOST_IN_MEMORY + 1)
    second = held(first.mutate(more=ibis._.ratio + 1), MOST_IN_MEMORY + 1)
    let_go(first)
    assert second.more.max().execute() == 3.0


def test_the_scratch_folder_goes_away_with_the_connection(folder):
    connection = connect(folder)
    kept = held(given(connection), MOST_IN_MEMORY + 1)
    assert [path.name[:6] for path in folder.iterdir()] == [".held-"]
    del connection, kept
    gc.collect()
    assert not list(folder.iterdir())


def test_nothing_is_made_before_it_is_needed(folder):
    held(given(connect(folder)), 3)
    assert not list(folder.iterdir())


def test_what_a_crash_left_is_swept_up_after_a_week_and_no_sooner(folder):
    old, recent = folder / ".held-old", folder / ".held-recent"
    for path in (old, recent):
        path.mkdir()
        (path / "x.parquet").write_bytes(b"x")
    eight_days_ago = time.time() - 8 * 86_400
    os.utime(old, (eight_days_ago, eight_days_ago))
    connect(folder)
    assert not old.exists()
    assert recent.exists()
