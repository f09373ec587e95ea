"""A damaged workspace: `check` says what is lost, whole, and to be done; nothing else breaks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.torture import rooms
from tests.torture.faults import FULL, Worker
from tests.torture.scenarios import copy, first_version, imported
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.i18n import Translator
from workshop.questions.health import diagnose
from workshop.session.store import FILE
from workshop.views.health import in_words
from workshop.workspace import Workspace


def the_table(path: Path) -> Path:
    return next((path / "data").glob("deals-*.parquet"))


def cut(path: Path, share: float = 0.5) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def flip(path: Path) -> None:
    """Change a byte in the middle, which may well read as another value."""
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(bytes(content))


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def forget_digest(path: Path, rows: int) -> None:
    """Let the manifest lie about the rows of a table that has no digest."""
    file = path / "data" / "manifest.json"
    said = json.loads(file.read_text("utf-8"))
    for stored in said["tables"].values():
        stored["digest"], stored["rows"] = None, rows
    file.write_text(json.dumps(said), "utf-8")


def overwrite_pages(path: Path) -> None:
    """Write over the second half of a database, its first page whole."""
    for ending in ("-wal", "-shm"):
        (path / f"{FILE}{ending}").unlink(missing_ok=True)
    file = path / FILE
    content = file.read_bytes()
    half = len(content) // 2
    file.write_bytes(content[:half] + b"\xa5" * (len(content) - half))


def of_version(path: Path, version: str) -> None:
    with closing(sqlite3.connect(path / FILE)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.commit()


def earlier(path: Path) -> None:
    for file in path.glob(f"{FILE}*"):
        file.unlink()
    first_version(path / FILE)


def without_session(path: Path) -> None:
    for file in path.glob(f"{FILE}*"):
        file.unlink()


class Case(NamedTuple):
    """A way to damage a workspace: the codes that `check` gives, its status, what else fails."""

    damage: Callable[[Path], object]
    codes: tuple[str, ...]
    status: int
    fails: tuple[str, ...] = ()


ALL = ("analyse", "report", "import", "export", "definition")
READS = ("analyse", "report", "import", "export")
SESSION = ("report", "export", "open")
CASES = {
    "nothing": Case(lambda path: None, (), 0),
    "a truncated table": Case(
        lambda p: cut(the_table(p)), ("table_unreadable",), 2, READS
    ),
    "an empty table": Case(lambda p: cut(the_table(p), 0), ("table_unreadable",), 2, READS),
    "a changed byte": Case(lambda p: flip(the_table(p)), ("table_altered",), 2, READS),
    "a missing table": Case(lambda p: the_table(p).unlink(), ("table_missing",), 2, READS),
    "a manifest that lies": Case(lambda p: forget_digest(p, 7), ("table_rows",), 2),
    "a missing manifest": Case(
        lambda p: (p / "data" / "manifest.json").unlink(), ("manifest_missing",), 2, READS
    ),
    "half a manifest": Case(
        lambda p: cut(p / "data" / "manifest.json"), ("manifest_unreadable",), 2, READS
    ),
    "a manifest of a newer kit": Case(
        lambda p: rewrite(p / "data" / "manifest.json", '"version": 1', '"version": 2'),
        ("manifest_unreadable",), 2, READS,
    ),
    "a manifest that is no text": Case(
        lambda p: (p / "data" / "manifest.json").write_bytes(b"\xff\xfe\x00"),
        ("manifest_unreadable",), 2, READS,
    ),
    "no list of rows set aside": Case(
        lambda p: next((p / "data").glob("set-aside*")).unlink(), ("set_aside_missing",), 1,
        ("export",),
    ),
    "an unreadable history": Case(
        lambda p: cut(next((p / "data").glob("changes*"))), ("changes_unreadable",), 1, ("export",)
    ),
    "a missing key": Case(lambda p: (p / ".key").unlink(), ("key_missing",), 1),
    "half a key": Case(lambda p: cut(p / ".key"), ("key_unusable",), 1, ("import", "export")),
    "missing settings": Case(
        lambda p: (p / "samenspel.toml").unlink(), ("settings_missing",), 2, (*ALL, "open")
    ),
    "broken settings": Case(
        lambda p: (p / "samenspel.toml").write_text("client = \n", "utf-8"), ("unusable",), 2,
        (*ALL, "open"),
    ),
    "settings that are no text": Case(
        lambda p: (p / "samenspel.toml").write_bytes(b"\xff\x00\x80"), ("unusable",), 2,
        (*ALL, "open"),
    ),
    "half a database": Case(lambda p: overwrite_pages(p), ("session_damaged",), 1, SESSION),
    "a truncated database": Case(lambda p: cut(p / FILE), ("session_damaged",), 1, SESSION),
    "no database at all": Case(
        lambda p: (p / FILE).write_bytes(b"PK\x03\x04" * 999), ("session_damaged",), 1, SESSION
    ),
    "a missing database": Case(without_session, ("session_missing",), 1),
    "a database of a newer kit": Case(
        lambda p: of_version(p, "9999"), ("session_newer",), 1, SESSION
    ),
    "a database of an earlier kit": Case(earlier, ("session_older",), 0),
    "a broken goal": Case(lambda p: cut(p / "goal.yaml", 0.8), ("unusable",), 1),
    "stale locks": Case(
        lambda p: [(p / name).write_text("4711") for name in (".lock", ".open.lock")], (), 0
    ),
    "what a crash left": Case(
        lambda p: [
            (p / ".import-x").mkdir(), (p / ".samenspel.toml.abcdefgh").touch(),
            (p / "data" / "deals-9.parquet").touch(), (p / "data" / ".manifest.json.x").touch(),
        ], (), 0,
    ),
}  # fmt: skip
CALLS = {
    "analyse": lambda path: ("analyse", path, "funnel"),
    "report": lambda path: ("report", path, "--kind", "session", "--format", "html"),
    "import": lambda path: ("import", path, path.parent / "second.csv"),
    "export": lambda path: ("export", path, "--to", path.parent / "out"),
    "definition": lambda path: ("definition", path, "mql"),
    "open": lambda path: ("open", path, "--no-browser"),
}


@pytest.fixture(scope="module")
def template(torture_folder) -> Path:
    path = torture_folder / "damage" / "template"
    path.parent.mkdir()
    imported(path)
    workspace = Workspace.open(path)
    import_files(workspace, Request((path.parent / "second.csv",)))
    rooms.lively(workspace)
    return path


@pytest.fixture
def path(template) -> Path:
    return copy(template, template.parent / "client")


@pytest.mark.parametrize("name", CASES)
def test_what_check_says(path, worker: Worker, tried, name):
    case = CASES[name]
    case.damage(path)
    before = {p: p.read_bytes() for p in path.rglob("*") if p.is_file()}
    done = worker.run("command", "check", path, "--json", root=path)
    said = json.loads(done.out)
    codes = tuple(part["code"] for part in said["health"] if part["code"])
    assert (codes, done.status) == (case.codes, case.status), done
    assert bool(said["questions"]) == (case.status < 2)
    # A look changes nothing but what SQLite keeps beside an open database.
    after = {p: p.read_bytes() for p in path.rglob("*") if p.is_file()}
    assert {p: b for p, b in after.items() if not p.name.endswith(("-shm", "-wal"))} == {
        p: b for p, b in before.items() if not p.name.endswith(("-shm", "-wal"))
    }
    for language in ("nl", "en"):
        lines = in_words(diagnose(path), Translator(language))
        assert bool(lines) == bool(case.codes)
        assert not [line for line in lines if "{" in line]
    tried("check of a damaged workspace", name)


FAILING = [
    (name, call)
    for name, case in CASES.items()
    for number, call in enumerate(case.fails)
    if FULL or (number == len(name) % len(case.fails) and len(name) % 2)
]
"""In short one command for each second kind of damage, not the same each time."""


@pytest.mark.parametrize(("name", "call"), FAILING)
def test_every_other_command_says_it_in_one_line(path, worker: Worker, tried, name, call):
    CASES[name].damage(path)
    done = worker.run("command", *CALLS[call](path), root=path)
    assert done.status == 2, done
    assert len(done.err.strip().splitlines()) == 1, done
    assert "Traceback" not in done.err + done.out
    assert not (path.parent / "out").exists()
    tried("another command in a damaged workspace", call)


def test_what_is_not_fatal_is_worked_with(path, worker: Worker):
    CASES["a missing key"].damage(path)
    CASES["stale locks"].damage(path)
    CASES["what a crash left"].damage(path)
    for call in ("analyse", "import"):
        done = worker.run("command", *CALLS[call](path), root=path)
        assert done.status in (0, 1), done
        assert "Traceback" not in done.err
    assert not (path / ".import-x").exists()
    assert not (path / "data" / "deals-9.parquet").exists()


def test_lost_settings_are_made_anew_and_all_else_stays(path, worker: Worker):
    CASES["missing settings"].damage(path)
    done = worker.run("command", "new", path, "--client", "A", "--lang", "en", root=path)
    assert done.status == 0, done
    assert worker.run("command", "check", path, root=path).status == 0
    assert Workspace.open(path).settings.client == "A"


def test_check_names_what_is_lost_and_what_is_whole(path, worker: Worker):
    overwrite_pages(path)
    flip(the_table(path))
    done = worker.run("command", "check", path, root=path)
    assert "2 parts of this client's folder are not as they should be" in done.out
    assert "its content is no longer what was imported" in done.out
    assert "Whole:" in done.out
    assert "Settings (samenspel.toml)" in done.out


def test_a_folder_that_is_no_workspace_stays_that(tmp_path, worker: Worker):
    done = worker.run("command", "check", tmp_path, root=tmp_path)
    assert done.status == 2
    assert "is no workspace" in done.err
