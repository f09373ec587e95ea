"""The files of a client's folder in which someone can stand: reports, notebooks, what was left."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workshop.crm.readers import unread
from workshop.crm.store import Store
from workshop.forgetting.exports import SCRATCH
from workshop.redaction import Redaction
from workshop.reports.jupyter import jupyter
from workshop.session.copy import PENDING
from workshop.session.store import FILE
from workshop.workspace import SETTINGS_FILE, Workspace, write_atomically

_PASSING = (".ipynb_checkpoints", "__pycache__")
_UNFINISHED = (".import-", ".building-", f".{FILE}.", ".copying-", SCRATCH)


def reports_with(workspace: Workspace, redaction: Redaction) -> tuple[Path, ...]:
    """Return the reports in which someone stands: all that was made of one goes together.

    A PDF cannot be searched; what it says is in the page, the notebook and the tables beside it.
    """
    if not workspace.reports.is_dir():
        return ()
    return tuple(
        one
        for one in sorted(workspace.reports.iterdir())
        if any(_holds(path, redaction) for path in _files(one))
    )


def notebooks_with(workspace: Workspace, redaction: Redaction) -> tuple[Path, ...]:
    """Return the notebooks, outside the reports, that show someone."""
    return tuple(
        path
        for path in _files(workspace.path)
        if path.suffix == ".ipynb"
        and workspace.reports not in path.parents
        and _holds(path, redaction)
    )


def copies_before_upgrades(workspace: Workspace) -> tuple[Path, ...]:
    """Return the session databases as earlier versions of the kit left them."""
    stem, ending = Path(FILE).stem, Path(FILE).suffix
    return tuple(sorted(workspace.path.glob(f"{stem}-[0-9]*{ending}*")))


def remove(paths: tuple[Path, ...]) -> None:
    """Remove files and folders, those that are gone already too."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def clear(path: Path, redaction: Redaction) -> None:
    """Clear what a notebook shows of someone; what is typed in its cells is left to its writer."""
    nbformat = jupyter("nbformat")
    try:
        notebook: Any = nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError):
        return
    for cell in notebook.cells:
        if cell.cell_type == "code" and redaction.is_in(nbformat.writes(_alone(cell)).encode()):
            cell.outputs, cell.execution_count = [], None
    for name in ("widgets", "papermill"):
        notebook.metadata.pop(name, None)
    write_atomically(path, nbformat.writes(notebook).encode())


def sweep(workspace: Workspace) -> None:
    """Remove what killed programs and Jupyter left behind, and tables that nothing names."""
    for root, folders, names in os.walk(workspace.path):
        for name in [*folders, *names]:
            if name in _PASSING or name.startswith(_UNFINISHED):
                remove((Path(root) / name,))
        folders[:] = [name for name in folders if (Path(root) / name).is_dir()]
    store = Store(workspace)
    if store.folder.is_dir():
        store.sweep(store.read_manifest())


def is_read(workspace: Workspace) -> bool:
    """Tell whether a program still reads the tables, so that old files of them have to stay."""
    if not workspace.data.is_dir():
        return False
    with unread(workspace.data) as free:
        return not free


def traces(folder: Path, redaction: Redaction) -> tuple[Path, ...]:
    """Return the files of a folder in which someone still stands."""
    return tuple(
        path
        for path in _files(folder)
        if path.name not in (PENDING, SETTINGS_FILE) and _holds(path, redaction)
    )


def _alone(cell: Any) -> Any:
    """Return a notebook of one cell, without what somebody typed in it."""
    nbformat = jupyter("nbformat")
    shown = nbformat.v4.new_code_cell(outputs=cell.outputs)
    return nbformat.v4.new_notebook(cells=[shown])


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for root, _, names in os.walk(path):
        for name in sorted(names):
            found = Path(root) / name
            if found.is_file() and not found.is_symlink():
                yield found


def _holds(path: Path, redaction: Redaction) -> bool:
    try:
        return redaction.is_in(path.read_bytes())
    except FileNotFoundError:
        return False
