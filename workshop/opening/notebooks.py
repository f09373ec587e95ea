"""The programme's notebooks, laid down in a client's folder and language."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from workshop.reports.execute import laid_down
from workshop.reports.jupyter import jupyter
from workshop.resources import kit
from workshop.workspace import Workspace, write_atomically

FOLDER = "notebooks"
_RECORD = ".laid-down.json"


def lay_down(workspace: Workspace) -> tuple[str, ...]:
    """Lay down the programme's notebooks; return the names of all that are there, in order.

    One that was run or edited since it was laid down stays as it is; one that was not is renewed.
    """
    folder = workspace.path / FOLDER
    folder.mkdir(exist_ok=True)
    t = workspace.translator()
    record = _read_record(folder)
    for source in sorted(kit("notebooks").glob("*.ipynb")):
        target = folder / source.name
        if target.exists() and _mark(target.read_bytes()) != record.get(source.name):
            continue
        content = jupyter("nbformat").writes(laid_down(source, t)).encode()
        record[source.name] = _mark(content)
        if not target.exists() or target.read_bytes() != content:
            write_atomically(target, content)
    write_atomically(folder / _RECORD, json.dumps(record, indent=1).encode())
    return tuple(sorted(path.name for path in folder.glob("*.ipynb")))


def _read_record(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / _RECORD).read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
