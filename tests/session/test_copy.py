"""The copy on another disk: what it holds, whose it is, and what a failing disk does to it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.session.conftest import exercise
from workshop.errors import InputError, WorkspaceError
from workshop.session import people, rounds, sessions
from workshop.session.answers import Given, mine, save
from workshop.session.copy import MARK, Copied, Copy, same_disk, take_over
from workshop.session.store import Store, open_store
from workshop.workspace import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    made = Workspace.create(tmp_path / "client", "Rekvast", language="nl")
    (made.path / "definitions").mkdir()
    (made.path / "definitions" / "mql.yaml").write_text("term: mql\n")
    (made.path / "data").mkdir()
    (made.path / "data" / "leads.parquet").write_bytes(b"leads")
    (made.path / "goal.yaml").write_text("kind: pipeline\n")
    (made.path / "reports").mkdir()
    (made.path / "reports" / "report.html").write_text("large")
    (made.path / ".room.json").write_text("{}")
    return made


@pytest.fixture
def store(workspace) -> Iterator[Store]:
    opened = open_store(workspace)
    yield opened
    opened.close()


@pytest.fixture
def copy(workspace, store, tmp_path) -> Iterator[Copy]:
    made = Copy(workspace, store, tmp_path / "copy")
    made.prepare()
    yield made
    made.close()


def names(folder: Path) -> set[str]:
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return set(found)


def said(path: Path) -> int:
    with sqlite3.connect(path / "session.db") as connection:
        (n,) = connection.execute("SELECT count(*) FROM sessions").fetchone()
    connection.close()
    return int(n)


class TestWhatGoesAlong:
    def test_all_that_another_laptop_needs_and_nothing_else(self, copy):
        copy.step()
        assert names(copy.folder) == {
            "samenspel.toml",
            "definitions/mql.yaml",
            "data/leads.parquet",
            "goal.yaml",
            "session.db",
            MARK,
        }

    def test_a_quiet_session_is_not_copied_again(self, copy, store):
        assert copy.step() == Copied(True, 4)
        assert copy.step() == Copied(False, 0)
        before = (copy.folder / "session.db").stat().st_mtime_ns
        assert copy.step() == Copied(False, 0)
        assert (copy.folder / "session.db").stat().st_mtime_ns == before
        sessions.start(store)
        assert copy.step() == Copied(True, 0)
        assert said(copy.folder) == 1

    def test_what_changed_is_brought_over_and_what_is_gone_goes(self, copy, workspace):
        copy.step()
        (workspace.path / "goal.yaml").unlink()
        (workspace.path / "data" / "leads.parquet").write_bytes(b"more leads")
        (workspace.path / "rules.yaml").write_text("rules: []\n")
        assert copy.step().files == 2
        assert not (copy.folder / "goal.yaml").exists()
        assert (copy.folder / "data" / "leads.parquet").read_bytes() == b"more leads"
        assert (copy.folder / "rules.yaml").exists()

    def test_what_is_gone_since_an_earlier_sitting_goes_too(self, copy, workspace, store):
        copy.step()
        copy.close()
        (workspace.path / "goal.yaml").unlink()
        (copy.folder / "a note of one's own.txt").write_text("stays")
        again = Copy(workspace, store, copy.folder)
        again.prepare()
        again.step()
        again.close()
        assert not (copy.folder / "goal.yaml").exists()
        assert (copy.folder / "a note of one's own.txt").exists()

    def test_a_name_that_leads_out_of_the_copy_is_not_followed(self, copy, workspace, store):
        victim = copy.folder.parent / "victim.txt"
        victim.write_text("here")
        origin = workspace.path.resolve()
        (copy.folder / MARK).write_text(f'{{"of": "{origin}", "files": ["../victim.txt"]}}')
        again = Copy(workspace, store, copy.folder)
        again.prepare()
        again.step()
        again.close()
        assert victim.read_text() == "here"

    def test_a_link_in_the_copy_is_not_followed_out_of_it(self, copy, workspace, store, tmp_path):
        """Whoever lent the disk may have put it there, with a note of files behind it."""
        copy.step()
        outside = tmp_path / "home"
        outside.mkdir()
        (outside / "mql.yaml").write_text("van iemand anders")
        (outside / "letter.txt").write_text("van iemand anders")
        shutil.rmtree(copy.folder / "definitions")
        (copy.folder / "definitions").symlink_to(outside, target_is_directory=True)
        mark = json.loads((copy.folder / MARK).read_text())
        mark["files"].append("definitions/letter.txt")
        (copy.folder / MARK).write_text(json.dumps(mark))
        again = Copy(workspace, store, copy.folder)
        with pytest.raises(OSError, match="symbolic links"):
            again.step()
        again.close()
        assert {path.read_text() for path in outside.iterdir()} == {"van iemand anders"}
        assert len(list(outside.iterdir())) == 2

    def test_what_a_link_brings_in_from_outside_does_not_go_along(self, copy, workspace, tmp_path):
        (tmp_path / "outside.txt").write_text("van iemand anders")
        (workspace.path / "agreed.txt").symlink_to(tmp_path / "outside.txt")
        (workspace.path / "others").symlink_to(tmp_path, target_is_directory=True)
        (workspace.path / "same.yaml").symlink_to("goal.yaml")
        copy.step()
        assert {"goal.yaml", "same.yaml"} <= names(copy.folder)
        assert not {name for name in names(copy.folder) if name.startswith(("agreed", "others"))}

    def test_the_copy_is_whole_while_the_room_writes(self, copy, store):
        """Each copy taken in between holds all that was said before it, and is sound."""
        for n in range(1, 8):
            sessions.start(store)
            copy.step()
            assert said(copy.folder) == n
            with sqlite3.connect(copy.folder / "session.db") as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            connection.close()

    def test_a_copy_does_not_hold_up_the_room(self, copy, store):
        copy.step()
        with store.write() as connection:
            connection.exec_driver_sql("UPDATE sessions SET floor = 4")
            copy.step()


class TestWhoseFolderItIs:
    def test_another_s_folder_is_left_alone(self, workspace, store, tmp_path):
        other = Workspace.create(tmp_path / "other", "Another")
        before = names(other.path)
        with pytest.raises(InputError) as caught:
            Copy(workspace, store, other.path).prepare()
        assert caught.value.code == "copy_in_use"
        assert names(other.path) == before

    def test_the_copy_of_another_workspace_is_left_alone(self, copy, tmp_path):
        copy.step()
        other = Workspace.create(tmp_path / "other", "Another")
        opened = open_store(other)
        with pytest.raises(InputError) as caught:
            Copy(other, opened, copy.folder).prepare()
        opened.close()
        assert caught.value.code == "copy_in_use"

    @pytest.mark.parametrize("place", [".", "copies", ".."])
    def test_a_copy_lies_outside_its_original(self, workspace, store, place):
        with pytest.raises(InputError) as caught:
            Copy(workspace, store, workspace.path / place).prepare()
        assert caught.value.code == "copy_inside"

    def test_a_copy_in_which_the_session_went_on_is_never_written_over(self, copy, store):
        sessions.start(store)
        copy.step()
        gone_on = Workspace.open(copy.folder)
        assert take_over(gone_on)
        assert not take_over(gone_on)
        there = open_store(gone_on)
        sessions.start(there)
        there.close()
        sessions.start(store)
        with pytest.raises(WorkspaceError) as caught:
            copy.step()
        assert caught.value.code == "copy_goes_on"
        with pytest.raises(InputError):
            Copy(copy.workspace, store, copy.folder).prepare()
        assert said(copy.folder) == 2

    def test_a_disk_that_is_not_in_is_not_made_up(self, workspace, store, tmp_path):
        copy = Copy(workspace, store, tmp_path / "no disk" / "copy")
        for _ in range(2):
            with pytest.raises(FileNotFoundError):
                copy.step()
        assert not (tmp_path / "no disk").exists()
        (tmp_path / "no disk").mkdir()
        copy.step()
        copy.close()
        assert (tmp_path / "no disk" / "copy" / "session.db").exists()

    def test_a_disk_that_is_taken_out_is_said_and_taken_up_again(self, copy, tmp_path):
        copy.step()
        copy.folder.rename(tmp_path / "taken out")
        copy.folder.mkdir()
        with pytest.raises(OSError, match="copy"):
            copy.step()
        assert names(copy.folder) == set()
        copy.folder.rmdir()
        (tmp_path / "taken out").rename(copy.folder)
        copy.step()

    def test_what_a_killed_copier_left_behind_is_cleared(self, copy, workspace, store):
        copy.step()
        (copy.folder / ".session.db.x1y2z3").write_bytes(b"half")
        (copy.folder / "data" / ".copying-leads.parquet").write_bytes(b"half")
        again = Copy(workspace, store, copy.folder)
        again.prepare()
        assert not {name for name in names(copy.folder) if "x1y2z3" in name or "copying" in name}


def test_folders_on_one_disk_are_told(tmp_path):
    assert same_disk(tmp_path, tmp_path / "not" / "there" / "yet")
    assert same_disk(tmp_path, Path("/proc/self")) is False


SITTING = """
import sys, time
from pathlib import Path
from tests.session.test_copy import sit
sit(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def sit(path: Path, folder: Path) -> None:
    """Answer without end, copied as `open --copy-to` copies, and say each answer."""
    from workshop.opening.copying import Copying

    workspace = Workspace.open(path)
    store = open_store(workspace)
    session = sessions.start(store)
    who = people.join(store, session.session_id, "token", "sales", "nl")
    asked = exercise(*({"id": f"q{n}", "kind": "text"} for n in range(40)))
    found = rounds.open_round(store, session.session_id, "x", asked)
    copying = Copying(Copy(workspace, store, folder), print, print, print)
    copying.start()
    for n in range(100_000):
        given = Given(found.round_id, who.participant_id, f"q{n % 40}", f"said {n}", f"key {n}")
        assert save(store, [given]) == ["saved"]
        print(f"{n} {time.time()}", flush=True)
        time.sleep(0.02)


def test_the_original_is_killed_and_another_laptop_goes_on(workspace, tmp_path):
    folder = tmp_path / "other disk"
    sitting = subprocess.Popen(
        [sys.executable, "-c", SITTING, str(workspace.path), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert sitting.stdout is not None
    acknowledged: list[tuple[int, float]] = []
    # So long that the first answers are older than a copy may be, however slow the start.
    while not acknowledged or acknowledged[-1][1] - acknowledged[0][1] < 7:
        number, moment = sitting.stdout.readline().split()
        acknowledged.append((int(number), float(moment)))
    sitting.send_signal(signal.SIGKILL)
    killed = time.time()
    sitting.wait()
    sitting.stdout.close()

    other = Workspace.open(folder)
    assert take_over(other)
    store = open_store(other)
    session = sessions.resume_or_start(store)
    who = people.participant(store, "token")
    assert who is not None
    assert who.session_id == session.session_id
    shown = rounds.shown_now(store, session.session_id)
    assert shown is not None
    assert shown.state == "open"
    latest = {
        int(value.removeprefix("said "))
        for value in mine(store, shown.round_id, who.participant_id).values()
    }
    old = [number for number, moment in acknowledged if killed - moment > 5]
    assert old, "too short a sitting to tell"
    assert max(latest) >= max(old)
    assert latest == set(range(max(latest) - len(latest) + 1, max(latest) + 1))
    again = Given(shown.round_id, who.participant_id, "q0", "from the other laptop", "new key")
    assert save(store, [again]) == ["saved"]
    store.close()
