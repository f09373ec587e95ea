"""An import that is killed, doubled or has no room leaves the workspace as before or as after."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from workshop.crm import commit, importing, merge
from workshop.crm.store import Store
from workshop.crm.tables import open_tables
from workshop.errors import WorkspaceError

ROOT = Path(__file__).parents[2]
FIRST = "Deal-ID;Fase;Bedrag;Eigenaar\nD1;Offerte;10,50;An\nD2;Gewonnen;20,00;Bo\n"
SECOND = "Deal-ID;Fase;Bedrag;Eigenaar\nD1;Verloren;11,50;An\nD3;Offerte;x;Bo\nD4;Nieuw;7,00;Bo\n"
PLACES = {
    "before anything is typed": ("workshop.crm.importing", "build_rows", "before"),
    "before the tables": ("workshop.crm.merge", "_write", "before"),
    "after the tables": ("workshop.crm.commit", "_write_tables", "after"),
    "after what was set aside": ("workshop.crm.commit", "_write_set_aside", "after"),
    "before the key": ("workshop.crm.contacts", "write_key", "before"),
    "after the key": ("workshop.crm.contacts", "write_key", "after"),
    "before the manifest": ("workshop.crm.store", "write_atomically", "before"),
    "in the manifest": ("os", "fsync", "manifest"),
    "after the manifest": ("workshop.crm.store", "write_atomically", "in force"),
    "after all": ("workshop.crm.store", "Store.commit", "after"),
}
CHILD = """
    import importlib, os, signal, sys
    from pathlib import Path
    from workshop.crm.importing import import_files
    from workshop.crm.staging import Request
    from workshop.workspace import Workspace

    module, name, when, workspace, file = sys.argv[1:]
    owner = importlib.import_module(module)
    *path, name = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    true = getattr(owner, name)

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    def dying(*given, **named):
        if when == "manifest":
            die() if ".manifest" in os.readlink(f"/proc/self/fd/{given[0]}") else None
        if when == "before":
            die()
        found = true(*given, **named)
        # A first import writes a manifest without anything in it before its tables.
        if when == "after" or (when == "in force" and b'"kept"' in given[1]):
            die()
        return found

    setattr(owner, name, dying)
    import_files(Workspace.open(Path(workspace)), Request((Path(file),)))
"""


def tables(desk):
    """Return what is in force: each table's rows, and what was set aside."""
    manifest = Store(desk.workspace).manifest()
    rows = {name: desk.table(name).to_csv() for name in manifest.tables}
    asides = [record.set_aside for record in manifest.imports.values()]
    return rows, asides


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs SIGKILL and /proc")
@pytest.mark.parametrize(
    ("place", "new"),
    [(place, True) for place in PLACES] + [(p, False) for p in PLACES if "key" not in p],
)
def test_killed_at_any_moment(desk, place, new):
    first, second = desk.file(FIRST, "een.csv"), desk.file(SECOND, "twee.csv")
    if not new:
        desk.run(first)
    before = tables(desk)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), *PLACES[place],
         str(desk.workspace.path), str(second)],
        cwd=ROOT, check=False, capture_output=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    killed = tables(desk)
    desk.run(second)
    after = tables(desk)
    late = place in ("after the manifest", "after all")
    assert killed == (after if late else before)
    assert not list(desk.workspace.path.glob(".import-*"))
    assert open_tables(desk.workspace).deals.count().execute() == (2 if new else 3)
    manifest = Store(desk.workspace).manifest()
    named = {table.file for table in manifest.tables.values()} | {*manifest.changes}
    named |= {r.set_aside_file for r in manifest.imports.values() if r.set_aside_file}
    assert {path.name for path in desk.workspace.data.iterdir()} == {*named, "manifest.json"}


def test_of_two_imports_at_once_one_is_refused(desk):
    file = desk.file(FIRST)
    with desk.workspace.writing(), pytest.raises(WorkspaceError, match="workspace_busy"):
        desk.run(file)
    assert desk.run(file).kept == 2


@pytest.mark.parametrize(
    ("module", "name"),
    [(merge, "_write"), (commit, "_write_set_aside"), (importing.tempfile, "mkdtemp")],
)
def test_a_full_disk_is_said_and_changes_nothing(desk, monkeypatch, module, name):
    desk.run(desk.file(FIRST, "een.csv"))
    before = tables(desk)

    def full(*_given, **_named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module, name, full)
    with pytest.raises(WorkspaceError) as raised:
        desk.run(desk.file(SECOND, "twee.csv"))
    assert raised.value.code == "cannot_write"
    assert raised.value.fields["problem"].key == "problem.disk_full"
    monkeypatch.undo()
    assert tables(desk) == before
    desk.run(desk.file(SECOND, "twee.csv"))


def test_a_damaged_manifest_is_said(desk):
    desk.run(FIRST)
    (desk.workspace.data / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(WorkspaceError, match="damaged_data"):
        desk.run(FIRST)
