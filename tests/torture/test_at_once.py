"""Two at once on one workspace, as processes of their own: right, or refused with a reason.

One of them is held at a write point while the other does all it wants to, and then goes on.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.torture import rooms
from tests.torture.faults import FULL, Mode, Worker
from tests.torture.scenarios import agreed, copy, decided, imported, in_session, tables
from workshop.crm.store import Store
from workshop.crm.tables import open_tables
from workshop.session import rounds
from workshop.session.store import open_store
from workshop.workspace import Workspace


@pytest.fixture(scope="module")
def other(torture_folder) -> Iterator[Worker]:
    """Return a second process, for what is done beside the one that is held."""
    folder = torture_folder / "other"
    folder.mkdir()
    started = Worker(folder, torture_folder / "worker" / "faults.so")
    yield started
    started.close()


@pytest.fixture
def beside(other):
    """Return the function that runs a command while another process is held."""
    return lambda *given: other.run("command", *given, root=other.folder)


def until_held(worker: Worker) -> None:
    end = time.monotonic() + 30
    while not worker.control.struck():
        assert time.monotonic() < end, "it never came to that point"
        time.sleep(0.01)


@pytest.fixture
def laid(torture_folder, request):
    def lay(before) -> Path:
        folder = torture_folder / f"at-once-{before.__name__}"
        if not folder.exists():
            folder.mkdir()
            before(folder / "template")
        return copy(folder / "template", folder / "client")

    return lay


class Held:
    """An act that stands still at a write point while the block runs."""

    def __init__(self, worker: Worker, at: int, act: str, *given: object, root: Path) -> None:
        self.worker = worker
        self.arguments = (act, *given)
        self.options = {"root": root, "mode": Mode.STOP, "at": at}

    def __enter__(self) -> Held:
        self.process = self.worker.start(*self.arguments, **self.options)
        until_held(self.worker)
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self.process, signal.SIGCONT)
        self.done = self.worker.finish()


def import_of(path: Path, name: str = "second") -> tuple[object, ...]:
    return ("command", "import", path, path.parent / f"{name}.csv")


def test_two_imports(worker, beside, laid, tried):
    path = laid(imported)
    points = worker.run(*import_of(path), root=path, mode=Mode.COUNT).points
    whole = tables(path)
    # At the first the lock is not taken yet, after the last two it may be free again.
    for at in range(4, points - 2, 1 if FULL else 9):
        path = laid(imported)
        with Held(worker, at, *import_of(path), root=path) as held:
            second = beside("import", path, path.parent / "first.csv")
        assert second.status == 2, second
        assert "Another command is busy" in second.err
        assert held.done.status == 1, held.done
        assert tables(path) == whole
        tried("two imports at once", "held at a point")


def test_reading_during_an_import(worker, beside, laid, tried):
    path = laid(imported)
    points = worker.run(*import_of(path), root=path, mode=Mode.COUNT).points
    new = beside("analyse", path, "funnel", "--json").out
    path = laid(imported)
    old = beside("analyse", path, "funnel", "--json").out
    for at in range(2, points + 1, 1 if FULL else 12):
        path = laid(imported)
        with Held(worker, at, *import_of(path), root=path):
            read = beside("analyse", path, "funnel", "--json")
        assert read.status == 0, read
        assert read.out in (old, new)
        tried("a question during an import", "held at a point")


def test_what_a_reader_opened_stays_until_it_is_done(worker, laid, tried):
    path = laid(imported)
    before = tables(path)
    opened = open_tables(Workspace.open(path))
    assert worker.run(*import_of(path), root=path).status == 1
    assert tables(path) != before
    # A report that opened the tables before the import still counts what it opened.
    assert opened.deals.count().execute() == 2
    assert opened.deals.amount.sum().execute() == pd.Series([10.5, 20.0]).sum()
    store = Store(Workspace.open(path))
    named = {stored.file for stored in store.manifest().tables.values()}
    assert len(set(store.folder.glob("deals-*.parquet"))) == 2
    del opened
    assert worker.run(*import_of(path, "first"), root=path).status == 0
    named = {stored.file for stored in store.manifest().tables.values()}
    assert {file.name for file in store.folder.glob("deals-*.parquet")} == named
    tried("an import during a report", "tables opened before")


def test_an_export_and_an_import(worker, beside, laid, tried):
    path = laid(imported)
    with Held(worker, 8, *import_of(path), root=path):
        refused = beside("export", path, "--to", path.parent / "out")
    assert refused.status == 2
    assert "Another command is busy" in refused.err
    assert not (path.parent / "out").exists()
    exporting = ("command", "export", path, "--to", path.parent / "out")
    with Held(worker, 12, *exporting, root=path.parent) as held:
        refused = beside("import", path, path.parent / "second.csv")
    assert refused.status == 2
    assert held.done.status == 0
    assert worker.run(*import_of(path), root=path).status == 1
    tried("an export and an import at once", "held at a point", 2)


def test_two_facilitators_decide_at_once(worker, laid, tried):
    """Of two decisions about one matter the later holds, in the ledger and in the file."""
    path = laid(decided)
    points = worker.run("decide", path, root=path, mode=Mode.COUNT).points
    both = []
    for at in range(1, points + 1, 1 if FULL else 9):
        path = laid(decided)
        with Held(worker, at, "decide", path, root=path) as held:
            try:
                rooms.decide(Workspace.open(path), 600_000.0)
                both.append(at)
            except Exception as error:
                # While the other is writing: refused, with nothing in the ledger.
                assert "store_busy" in str(error), error
        assert held.done.status == 0, held.done
        found, file = agreed(path)
        assert [version for version, _ in found] == list(range(1, len(found) + 1))
        assert len(found) == 2 + (at in both)
        assert f"target: {found[-1][1]:.0f}" in "".join(file), (at, found, file)
        tried("two decisions at once", "held at a point")
    assert both


def test_two_facilitators_open_rounds_at_once(worker, laid):
    """One round takes answers at a time, whoever opens it."""
    path = laid(in_session)
    one, other = (open_store(Workspace.open(path)) for _ in range(2))
    asked = rooms.open_one(one)
    with pytest.raises(Exception, match="round_open"):
        rounds.open_round(other, asked.session_id, "another", asked.content)
    one.close()
    other.close()


def test_open_twice(worker, beside, laid):
    path = laid(imported)
    with Workspace.open(path).alone("already_open"):
        second = beside("open", path, "--no-browser")
    assert second.status == 2
    assert "is open already" in second.err
    assert len(second.err.splitlines()) == 1
