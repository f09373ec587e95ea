"""Exports that are known of: opened, changed as the client's folder was, and written anew."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from workshop.errors import InputError, WorkspaceError
from workshop.exporting.export import listed_in, write_anew
from workshop.exporting.noted import Noted, exports_of
from workshop.workspace import Workspace

SCRATCH = ".forgetting-"
"""How the folder begins in which an export is opened, beside all else that is the client's."""

Reached = tuple[tuple[Path, ...], list[tuple[str, Path | None]]]
"""The folders of exports, and a code with the folder of each that is out of reach."""


def reachable(workspace: Workspace) -> Reached:
    """Return which of the exports that are known are still where they were written."""
    found: list[Path] = []
    missed: list[tuple[str, Path | None]] = []
    for noted in exports_of(workspace):
        code = _missed(noted)
        if code is None:
            found.append(noted.path)
        else:
            missed.append((code, noted.path))
    return tuple(found), missed


def changed(workspace: Workspace, change: Callable[[Workspace], object]) -> Reached:
    """Make a change in every export that can be reached; return which, and what kept the others."""
    found, missed = reachable(workspace)
    written: list[Path] = []
    for folder in found:
        try:
            with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=workspace.path) as scratch:
                write_anew(folder, Path(scratch) / "client", change)
            written.append(folder)
        except (InputError, WorkspaceError, OSError):
            missed.append(("export_unwritten", folder))
    return tuple(written), missed


def _missed(noted: Noted) -> str | None:
    """Return why an export is not the one that was written there, or nothing where it is."""
    if not noted.path.is_dir():
        return "export_gone"
    try:
        return None if listed_in(noted.path).made_at == noted.made_at else "export_other"
    except InputError:
        return "export_other"
