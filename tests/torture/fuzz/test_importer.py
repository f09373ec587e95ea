"""What watches over the files notices what it is there for."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.torture.fuzz import importer
from tests.torture.fuzz.cases import Case
from workshop.errors import InputError, WorkspaceError

GOOD = Case((("deals.csv", b"Deal-ID;Fase\nD7;Nieuw\n"),), {
    "table": None, "dates": None, "decimal": None, "keep_contacts": False}, False)  # fmt: skip


def tried(monkeypatch, tmp_path: Path, instead=None, one: Case = GOOD) -> importer.Tried:
    """Try a case, importing by another function once the workspaces are there."""
    place = tmp_path / str(len(list(tmp_path.iterdir())))
    place.mkdir()
    templates = importer.lay_down(place)
    with monkeypatch.context() as patch:
        if instead is not None:
            patch.setattr(importer, "import_files", instead)
        return importer.tried_here(one, place, templates)


def test_a_good_file(monkeypatch, tmp_path):
    found = tried(monkeypatch, tmp_path)
    assert (found.came, found.problem) == ("imported", "")


def test_a_record_that_nobody_speaks_of(monkeypatch, tmp_path):
    lost = GOOD._replace(records=2, headers=("Deal-ID", "Fase"))
    assert "2 records" in tried(monkeypatch, tmp_path, one=lost).problem


@pytest.mark.parametrize("error", [ValueError("x"), WorkspaceError("rows_unaccounted")])
def test_an_error_that_is_not_about_the_file(monkeypatch, tmp_path, error):
    def fail(workspace, request):
        raise error

    found = tried(monkeypatch, tmp_path, fail)
    assert found.came == "traceback"
    assert type(error).__name__ in found.problem


def test_a_refusal_that_leaves_something_behind(monkeypatch, tmp_path):
    def fail(workspace, request):
        (workspace.path / "half.parquet").touch()
        raise InputError("no_records", path="deals.csv")

    assert tried(monkeypatch, tmp_path, fail).problem == "refused, and something changed"


@pytest.mark.parametrize("fields", [{"headers": ["x" * 5000]}, {"headers": ["\x1b[2J"]}])
def test_a_message_that_cannot_be_shown(monkeypatch, tmp_path, fields):
    def fail(workspace, request):
        raise InputError("nothing_recognised", tables=["deals"], **fields)

    assert "a message" in tried(monkeypatch, tmp_path, fail).problem


def test_memory_that_is_used_for_a_moment(monkeypatch, tmp_path):
    def fail(workspace, request):
        bytearray(os.urandom(1) * (96 << 20))
        raise InputError("no_records", path="deals.csv")

    found = tried(monkeypatch, tmp_path, fail)
    monkeypatch.setattr(importer, "MEMORY", found.peak - (64 << 20))
    assert "MiB" in tried(monkeypatch, tmp_path, fail).problem


def test_a_process_that_hangs_or_dies_is_replaced(monkeypatch):
    started = importer.Importer()
    try:
        monkeypatch.setattr(importer, "SECONDS", 0.2)
        for number in (signal.SIGSTOP, signal.SIGKILL):
            process = started._process
            os.kill(process.pid, number)
            time.sleep(0.05)
            found = started("bytes", 1)
            assert found.came == ("hang" if number == signal.SIGSTOP else "died")
            assert not process.is_alive()
        monkeypatch.setattr(importer, "SECONDS", 10)
        assert not started("bytes", 1).problem
    finally:
        started.close()
