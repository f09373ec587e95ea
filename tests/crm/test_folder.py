"""A folder given to `import`: a table from each export in it, and the others by name."""

from __future__ import annotations

import json

import pytest

from tests.command import call
from workshop.workspace import Workspace

LEADS = "Lead-ID,Aangemaakt op,Bron,Sector\nL1,2026-01-05,Site,Bouw\nL2,2026-02-06,Site,Bouw\n"
DEALS = (
    "Deal ID,Create Date,Close Date,Deal Stage,Amount\n"
    "D1,2026-01-05,2026-02-05,Won,100\nD2,2026-01-06,,Open,200\nD3,soon,,Open,200\n"
)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.create(tmp_path / "acme", "Acme", language="en", currency="EUR")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "leads.csv").write_text(LEADS)
    return folder


def imported(workspace: Workspace, *arguments: object):
    return call("import", workspace.path, *arguments)


def test_each_file_is_a_table_and_what_is_none_is_named(workspace, folder):
    (folder / "deals.csv").write_text(DEALS)
    (folder / "read me.txt").write_text("Dear all,\nhere are the exports.\n")
    (folder / ".DS_Store").write_bytes(b"\0\0\0\1")
    (folder / "~$leads.xlsx").write_bytes(b"lock")
    (folder / "older").mkdir()
    done = imported(workspace, folder)
    assert done.returncode == 1
    lines = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert lines == [
        "Leads: 2 of 2 rows of leads.csv can be used.",
        "Deals: 2 of 3 rows of deals.csv can be used.",
    ]
    assert "1 row was set aside." in done.stdout
    assert done.stderr.startswith("Not imported: read me.txt.")
    assert done.stderr.count("\n") == 1
    kept = {path.name.partition("-")[0] for path in (workspace.path / "data").glob("*.parquet")}
    assert kept == {"leads", "deals"}


def test_it_is_done_where_all_fits_and_nothing_changes_the_second_time(workspace, folder):
    assert imported(workspace, folder, "--dates", "ymd").returncode == 0
    again = imported(workspace, folder, "--json")
    assert again.returncode == 0
    found = json.loads(again.stdout)
    assert [one["table"] for one in found["imported"]] == ["leads"]
    assert found["not_imported"] == []


def test_json_names_what_was_left_with_its_code(workspace, folder):
    (folder / "read me.txt").write_text("Dear all,\nhere are the exports.\n")
    done = imported(workspace, folder, "--json", "--dry-run")
    (left,) = json.loads(done.stdout)["not_imported"]
    assert left["file"] == "read me.txt"
    assert left["code"] and left["problem"] in done.stderr


@pytest.mark.parametrize("name", ["rules.yaml", "samenspel.TOML", "goal.yml"])
def test_settings_are_no_export_and_what_stands_in_them_is_not_told(workspace, folder, name):
    (folder / name).write_text("# the rules of one client, and why\nrules: [a, b]\n")
    done = imported(workspace, folder)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Not imported: {name}.")
    assert "settings" in done.stderr and "client" not in done.stderr


def test_two_exports_of_one_table_are_left_to_whoever_knows_them(workspace, folder):
    (folder / "leads (1).csv").write_text(LEADS.replace("L1", "L3"))
    (folder / "deals.csv").write_text(DEALS)
    done = imported(workspace, folder)
    assert done.returncode == 1
    assert done.stderr.count("fill the same table: Leads") == 2
    assert "Deals:" in done.stdout and "Leads:" not in done.stdout


def test_a_folder_of_which_nothing_is_imported_changes_nothing(workspace, folder, tmp_path):
    (folder / "leads.csv").write_text("Dear all,\nhere are the exports.\n")
    done = imported(workspace, folder)
    assert done.returncode == 2
    assert done.stdout == "" and done.stderr.count("\n") == 1
    assert "leads.csv" in done.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "There is no file in the folder" in imported(workspace, empty).stderr
    assert not list((workspace.path / "data").glob("*.parquet"))


@pytest.mark.parametrize(
    "more", [["--table", "leads"], ["--map", "Sector=role"], ["--trait", "Sector"], ["leads.csv"]]
)
def test_what_is_said_of_one_table_does_not_go_with_a_folder(workspace, folder, more):
    done = imported(workspace, folder, *more)
    assert done.returncode == 2
    assert more[0] in done.stderr and "is a folder" in done.stderr
