"""What a report was made of, as one number: the same number, the same report."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import workshop
from workshop.reports.earlier import earlier_audits
from workshop.resources import kit
from workshop.workspace import Workspace

MARK = ".made-of.json"
"""The file of a finished report that holds the number, and the names of its other files."""
_OWN_FOLDERS = ("reports", "notebooks")
_KIT_FOLDERS = (("notebooks", "reports"), ("templates",))


def made_of(
    workspace: Workspace, kind: str, day: dt.date, asked: Mapping[str, object]
) -> str | None:
    """Return the number of all that a report follows from: what was asked, the client, the kit.

    ``None`` where some of it lies outside the client's folder, so that nobody can tell.
    """
    settings = workspace.settings
    if settings.warehouse or (settings.store and kind != "audit"):
        return None
    order = {**asked, "kind": kind, "day": str(day)}
    whole = hashlib.sha256(json.dumps(order, sort_keys=True).encode())
    whole.update(of_kit().encode())
    files = [*_inputs(workspace.path)]
    if kind == "audit":
        files += [folder / "report.ipynb" for _, folder in earlier_audits(workspace, day)]
    for path in files:
        _add(whole, path, workspace.path)
    return whole.hexdigest()


def write_mark(folder: Path, number: str) -> None:
    """Leave the number in the folder of a report, whose files are all there."""
    content = {"made_of": number, "files": [str(path) for path in _files(folder)]}
    (folder / MARK).write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def finished(folder: Path, number: str | None, elsewhere: Iterable[Path] = ()) -> tuple[Path, ...]:
    """Return the files of a report that was made of just this and is whole; none otherwise.

    ``elsewhere`` names files of it that are known to be on the storage it lies on.
    """
    try:
        mark = json.loads((folder / MARK).read_text("utf-8"))
        files = tuple(Path(name) for name in mark["files"])
        same = number is not None and mark["made_of"] == number
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    whole = same and set(files) <= {*_files(folder), *elsewhere}
    return tuple(folder / path for path in files) if whole else ()


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != MARK)
    return sorted(path.relative_to(folder) for path in found)


def _inputs(folder: Path) -> Iterator[Path]:
    """Yield the files that a report may read, in a fixed order; hidden ones are nobody's input."""
    for child in sorted(folder.iterdir()):
        if child.name.startswith(".") or child.name in _OWN_FOLDERS:
            continue
        # what SQLite shares between its processes says nothing of what it holds
        if child.is_file() and not child.name.endswith("-shm"):
            yield child
        elif child.is_dir():
            yield from sorted(path for path in child.rglob("*") if path.is_file())


def _add(whole: hashlib._Hash, path: Path, root: Path) -> None:
    """Add a file's name and what it holds; one that is gone meanwhile is no input."""
    try:
        with path.open("rb") as file:
            held = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return
    whole.update(f"{path.relative_to(root)}\0{held}\0".encode())


@cache
def of_kit() -> str:
    """Return the number of the kit itself: its code, its words, its notebooks and templates."""
    whole = hashlib.sha256()
    package = Path(workshop.__file__).parent
    parts = [(package, pattern) for pattern in ("*.py", "*.po", "*.json")]
    parts += [(kit(*names), "*") for names in _KIT_FOLDERS]
    for root, pattern in parts:
        for path in sorted(root.rglob(pattern)):
            if path.is_file():
                _add(whole, path, root)
    return whole.hexdigest()
