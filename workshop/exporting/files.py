"""The files of a client's folder that are open as they are: settings, agreements, reports."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from workshop.session.store import FILE
from workshop.workspace import Workspace

FOLDER = "files"
_PASSING = ("__pycache__",)


def copy_files(workspace: Workspace, folder: Path) -> None:
    """Copy them into a folder; what is hidden passes, and what links elsewhere is not ours."""
    folder.mkdir()
    for place in _present(workspace):
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(workspace.path / place, target)


def put_back(folder: Path, names: list[str], workspace: Workspace) -> None:
    """Copy files by their names back into a workspace."""
    for name in names:
        target = workspace.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, target)


def is_inside(name: str) -> bool:
    """Tell whether a name stays below the folder that it is in.

    >>> is_inside("reports/a.html"), is_inside("../a"), is_inside("/etc/passwd")
    (True, False, False)
    """
    path = PurePosixPath(name)
    clean = not path.is_absolute() and ".." not in path.parts and bool(path.parts)
    return clean and "\\" not in name and ":" not in name


def _present(workspace: Workspace) -> Iterator[Path]:
    for root, folders, files in os.walk(workspace.path):
        place = Path(root).relative_to(workspace.path)
        folders[:] = sorted(name for name in folders if _goes_along(place / name, workspace))
        for name in sorted(files):
            path = workspace.path / place / name
            if _goes_along(place / name, workspace) and path.is_file() and not path.is_symlink():
                yield place / name


def _goes_along(place: Path, workspace: Workspace) -> bool:
    if place.name.startswith(".") or place.name in _PASSING:
        return False
    first = place.parts[0]
    stem, ending = Path(FILE).stem, Path(FILE).suffix
    is_database = first.startswith(FILE) or (first.startswith(f"{stem}-") and ending in first)
    return first != workspace.data.name and not is_database
