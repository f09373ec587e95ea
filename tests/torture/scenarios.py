"""What is broken off: for each thing that writes, its workspace before, and what can be seen."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from tests.torture import rooms
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.crm.store import Store
from workshop.exporting.export import export_workspace
from workshop.session import ledger
from workshop.session.store import FILE, open_store
from workshop.workspace import SETTINGS_FILE, Workspace

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
HEADER = "Deal-ID;Fase;Bedrag;Eigenaar;Aangemaakt op;Gesloten op\n"
FIRST = HEADER + "D1;Offerte;10,50;An;01-02-2026;\nD2;Gewonnen;20,00;Bo;14-02-2026;28-02-2026\n"
SECOND = (
    HEADER + "D1;Verloren;11,50;An;01-02-2026;21-02-2026\nD3;Offerte;x;Bo;15-02-2026;\n"
    "D4;Nieuw;7,00;Cas;16-02-2026;\n"
)


class Scenario(NamedTuple):
    """Something that writes to a workspace.

    ``before`` lays down what stands there; ``given`` are the arguments of the act; ``seen`` is
    what anyone can see afterwards, which a fault leaves as before or as after.
    """

    name: str
    act: str
    before: Callable[[Path], None]
    given: Callable[[Path], tuple[object, ...]]
    seen: Callable[[Path], Any]
    short: int = 3
    """How many points of each fault the short form tries."""
    heals: str | None = None
    """The act that puts right what a crash between two places leaves."""
    only_full: bool = False
    most: int = 1_000
    """How many points of each fault the full form tries."""
    piecemeal: bool = False
    """Whether it writes several things, each of which is whole or as it was."""


def laid_down(path: Path) -> None:
    """Lay down a client's folder, and beside it two exports."""
    Workspace.create(path, "A", language="en")
    (path.parent / "first.csv").write_text(FIRST, "utf-8")
    (path.parent / "second.csv").write_text(SECOND, "utf-8")


def imported(path: Path) -> None:
    """Lay down a client's folder with one import."""
    laid_down(path)
    import_files(Workspace.open(path), Request((path.parent / "first.csv",)))


def in_session(path: Path) -> None:
    """Lay down a client's folder in the middle of a round."""
    laid_down(path)
    rooms.start(Workspace.open(path))


def decided(path: Path) -> None:
    """Lay down a client's folder in which something was decided, and written to its file."""
    in_session(path)
    rooms.decide(Workspace.open(path), 400_000.0)


def shut(path: Path) -> None:
    """Lay down a client's folder with an import and a session in which no round is open."""
    imported(path)
    rooms.decide(Workspace.open(path))


def an_export(path: Path) -> None:
    """Lay down an export, and no client's folder."""
    shut(path.parent / "exported")
    export_workspace(Workspace.open(path.parent / "exported"), path.parent / "export", NOW)


def of_first_version(path: Path) -> None:
    """Lay down a client's folder whose session is of the first version that was released."""
    laid_down(path)
    first_version(path / FILE)


def first_version(file: Path) -> None:
    """Write a session database as the first released version wrote it, with a decision in it."""
    script = Path(__file__).with_name("session-0001.sql").read_text("utf-8")
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(script)
        connection.execute("PRAGMA journal_mode = WAL")


def tables(path: Path) -> Any:
    """Return the tables in force, what was set aside, and every file that is not hidden."""
    store = Store(Workspace.open(path))
    manifest = store.manifest()
    rows = {
        # Whose a deal is stands there as a hash with a key of chance.
        name: pd.read_parquet(store.folder / table.file).drop(columns="owner").to_csv()
        for name, table in manifest.tables.items()
    }
    return rows, [(r.kept, r.set_aside) for r in manifest.imports.values()]


def settings(path: Path) -> Any:
    """Return the settings, or nothing where there is no workspace."""
    return Workspace.open(path).settings if (path / SETTINGS_FILE).exists() else None


def answers(path: Path) -> Any:
    """Return the answers on disk, in the order in which they came."""
    with closing(sqlite3.connect(path / FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        query = "SELECT participant_id, item, value FROM answers ORDER BY answer_id"
        return [(who, item, int(value)) for who, item, value in connection.execute(query)]


def agreed(path: Path) -> Any:
    """Return the ledger, and what the file says."""
    store = open_store(Workspace.open(path))
    found = [(one.version, one.content["target"]) for one in ledger.ledger(store)]
    store.close()
    file = path / "goal.yaml"
    lines = file.read_text("utf-8").splitlines()[1:] if file.exists() else []
    return found, lines


def exported(path: Path) -> Any:
    """Return the tables and the agreements of an export, where one stands."""
    out = path.parent / "out"
    names = [*out.glob("data/*.csv"), *out.glob("files/*"), *out.glob("session/*.csv")]
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in names}


def restored(path: Path) -> Any:
    """Return what a client's folder that was made of an export holds, where one stands."""
    return (tables(path), agreed(path)) if path.exists() else None


def reports(path: Path) -> Any:
    """Return every file of the finished reports, by its content."""
    folder = path / "reports"
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not any(part.startswith(".") for part in file.parts)
    }


def notebooks(path: Path) -> Any:
    """Return the notebooks that are whole."""
    return {file.name: file.read_bytes() for file in (path / "notebooks").glob("*.ipynb")}


def version(path: Path) -> Any:
    """Return the session's version and decisions, read without changing anything."""
    with closing(sqlite3.connect(path / FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return found, connection.execute("SELECT * FROM decisions").fetchall()


def copy(template: Path, path: Path) -> Path:
    """Put a copy of a workspace in place."""
    for old in (path, path.parent / "out"):
        shutil.rmtree(old, ignore_errors=True)
    if template.exists():
        shutil.copytree(template, path)
    return path


SCENARIOS = (
    Scenario(
        "first import",
        "command",
        laid_down,
        lambda path: ("import", path, path.parent / "first.csv"),
        tables,
        short=2,
    ),
    Scenario(
        "import again",
        "command",
        imported,
        lambda path: ("import", path, path.parent / "second.csv"),
        tables,
    ),
    Scenario("decide", "decide", decided, lambda path: (path,), agreed, heals="heal"),
    Scenario(
        "new",
        "command",
        lambda path: None,
        lambda path: ("new", path, "--client", "A"),
        settings,
        short=2,
    ),
    Scenario(
        "notebooks", "lay", laid_down, lambda path: (path,), notebooks, short=2, piecemeal=True
    ),
    Scenario(
        "export",
        "command",
        shut,
        lambda path: ("export", path, "--to", path.parent / "out"),
        exported,
        short=2,
    ),
    Scenario(
        "new from an export",
        "command",
        an_export,
        lambda path: ("new", path, "--from", path.parent / "export"),
        restored,
        short=2,
    ),
    Scenario(
        "report",
        "command",
        imported,
        lambda path: ("report", path, "--kind", "session", "--format", "html"),
        reports,
        only_full=True,
        most=12,
    ),
    Scenario("upgrade", "open_session", of_first_version, lambda path: (path,), version, short=3),
)
