"""The programme's notebooks, laid down in a client's folder and language."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.reports.execute import laid_down
from workshop.reports.jupyter import jupyter
from workshop.resources import kit
from workshop.session.agenda_file import read_agenda
from workshop.session.rounds import rounds_of
from workshop.session.sessions import all_sessions, coming
from workshop.session.store import Store
from workshop.views.agenda import next_meeting
from workshop.views.playbook import playbook
from workshop.workspace import Workspace, write_atomically

FOLDER = "notebooks"
RHYTHM = ("09-stand-up.ipynb", "10-retro.ipynb")
"""What is held again and again after the first session, whatever its agenda was."""

_RECORD = ".laid-down.json"


def lay_down(workspace: Workspace, also: Iterable[str] = ()) -> tuple[str, ...]:
    """Lay down the agenda's notebooks and some more, or all; return what is there, in order.

    One that was run or edited since it was laid down stays as it is; one that was not is renewed,
    or taken away again where the agenda does without it. Raises ``InputError`` for an agenda that
    cannot be read.
    """
    read = read_agenda(workspace)
    wanted = tuple(f"{name}.ipynb" for name in read.model.notebooks) if read else kit_names()
    return lay_down_only(workspace, dict.fromkeys((*wanted, *also)))


def lay_down_only(workspace: Workspace, names: Iterable[str]) -> tuple[str, ...]:
    """Lay down some notebooks as `lay_down` does; the others go, unless someone worked in them."""
    wanted = [name for name in names if name in kit_names()]
    folder, record = _folder(workspace), _read_record(workspace.path / FOLDER)
    for name in wanted:
        _lay_down_one(workspace, name, record)
    for name in set(record) - set(wanted):
        target = folder / name
        if target.exists() and _mark(target.read_bytes()) == record[name]:
            target.unlink()
        del record[name]
    _write_record(folder, record)
    there = {path.name for path in folder.glob("*.ipynb")}
    return (*(name for name in wanted if name in there), *sorted(there - set(wanted)))


def begins_at(workspace: Workspace, store: Store, names: Sequence[str]) -> str | None:
    """Return the notebook that a session begins with: the first, until its agenda was worked in.

    After that it is the stand-up, or the retro on the day that the calendar files give it, unless
    the agenda begins with one of these itself.
    """
    stand_up, retro = RHYTHM
    number, t = coming(store), workspace.translator()
    earlier = [one for one in all_sessions(store) if one.session_id < number]
    held = {found.exercise for one in earlier for found in rounds_of(store, one.session_id)}
    agenda = [Path(name).stem for name in names if name in kit_names() and name not in RHYTHM]
    asked = {exercise for name in agenda for exercise in playbook(name, t).exercises}
    if stand_up not in names or names[0] in RHYTHM or not held & asked:
        return names[0] if names else None
    today = dt.datetime.now(workspace.zone).date()
    comes = next_meeting(workspace, "retro", today - dt.timedelta(days=1))
    return retro if comes.date() == today else stand_up


def find(workspace: Workspace, given: str) -> Path:
    """Return a notebook by its number or name, laid down where it was not yet.

    Raises ``InputError`` (``unknown_notebook``).
    """
    folder = _folder(workspace)
    known = {path.stem: path.name for path in folder.glob("*.ipynb")}
    known |= {name.removesuffix(".ipynb"): name for name in kit_names()}
    asked = Path(given).name.removesuffix(".ipynb")
    found = [
        name for stem, name in sorted(known.items()) if asked in (stem, stem.partition("-")[0])
    ]
    if not found:
        raise InputError("unknown_notebook", given=given, allowed=sorted(known))
    if found[0] in kit_names():
        record = _read_record(folder)
        _lay_down_one(workspace, found[0], record)
        _write_record(folder, record)
    return folder / found[0]


def kit_names() -> tuple[str, ...]:
    """Return the file names of the programme's notebooks, in order."""
    return tuple(sorted(path.name for path in kit("notebooks").glob("*.ipynb")))


def _folder(workspace: Workspace) -> Path:
    folder = workspace.path / FOLDER
    folder.mkdir(exist_ok=True)
    return folder


def _lay_down_one(workspace: Workspace, name: str, record: dict[str, str]) -> None:
    """Lay down one notebook, unless someone worked in it; ``record`` gets its mark."""
    target = workspace.path / FOLDER / name
    if target.exists() and _mark(target.read_bytes()) != record.get(name):
        return
    t = workspace.translator()
    notebook = laid_down(kit("notebooks", name), t)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            _fold(cell, t)
    content = jupyter("nbformat").writes(notebook).encode()
    record[name] = _mark(content)
    if not target.exists() or target.read_bytes() != content:
        write_atomically(target, content)


def _fold(cell: Any, t: Translator) -> None:
    """Fold a cell's code away; of what is folded JupyterLab shows the first line."""
    key = "lab.step" if "(room" in cell.source else "lab.begin"
    cell.source = f"# {t(key)}\n{cell.source}"
    cell.metadata["jupyter"] = {"source_hidden": True}


def _read_record(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / _RECORD).read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def _write_record(folder: Path, record: dict[str, str]) -> None:
    write_atomically(folder / _RECORD, json.dumps(record, indent=1).encode())


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
