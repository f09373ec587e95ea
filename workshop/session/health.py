"""Whether the session's database can be read, and what of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from workshop.errors import InputError, WorkspaceError
from workshop.health import Part, State
from workshop.session.migrate import HEAD, check_known
from workshop.session.schema import metadata
from workshop.session.store import FILE, open_store
from workshop.workspace import Workspace

_SCHEMA = "SELECT name FROM sqlite_master WHERE type = 'table'"


def session_health(workspace: Workspace) -> tuple[Part, ...]:
    """Return how the session's database is, without changing it; none where there is none."""
    if workspace.settings.store:
        return (_on_server(workspace),)
    file = workspace.path / FILE
    return (_file(file),) if file.exists() else ()


def require_sound(workspace: Workspace) -> None:
    """Raise ``WorkspaceError`` where the session's database is damaged, or of a newer kit."""
    for part in session_health(workspace):
        path = str(workspace.path / part.path)
        if part.code == "session_away":
            raise part.fields["error"]  # type: ignore[misc]
        if part.state == "newer":
            raise WorkspaceError("store_newer", path=path, version=part.fields["version"])
        if part.wrong:
            raise WorkspaceError("store_damaged", path=path)


def _on_server(workspace: Workspace) -> Part:
    try:
        store = open_store(workspace)
    except (InputError, WorkspaceError) as error:
        state: State = "newer" if error.code == "store_newer" else "damaged"
        return Part("session", "", state, "session_away", {"error": error})
    store.close()
    return Part("session", "", fields={"place": store.place})


def _file(file: Path) -> Part:
    if file.stat().st_size == 0 and not file.with_name(f"{FILE}-wal").exists():
        return Part("session", FILE, "unknown", "session_empty")
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as found:
            return _look(found, file)
    except sqlite3.Error:
        return Part("session", FILE, "damaged", "session_damaged", {"whole": [], "lost": []})


def _look(found: sqlite3.Connection, file: Path) -> Part:
    names = [str(name) for (name,) in found.execute(_SCHEMA)]
    whole = [name for name in metadata.tables if name in names and _readable(found, name)]
    if not _sound(found):
        lost = [name for name in names if name in metadata.tables and name not in whole]
        return Part("session", FILE, "damaged", "session_damaged", {"whole": whole, "lost": lost})
    if "alembic_version" not in names:
        return Part("session", FILE, "damaged", "session_of_others")
    version = found.execute("SELECT version_num FROM alembic_version").fetchone()
    number = str(version[0]) if version else None
    try:
        check_known(number, str(file))
    except WorkspaceError:
        return Part("session", FILE, "newer", "session_newer", {"version": number})
    if number != HEAD:
        return Part("session", FILE, "older", "session_older", {"version": number})
    decisions = found.execute("SELECT count(*) FROM decisions").fetchone()[0]
    return Part("session", FILE, fields={"decisions": int(decisions)})


def _readable(found: sqlite3.Connection, name: str) -> bool:
    """Tell whether every row of a table can be read."""
    try:
        for _ in found.execute(f'SELECT * FROM "{name}"'):
            pass
    except sqlite3.Error:
        return False
    return True


def _sound(found: sqlite3.Connection) -> bool:
    try:
        return bool(found.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    except sqlite3.Error:
        return False
