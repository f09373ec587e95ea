"""Run a notebook: in this process, under papermill, or under nbval."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest

from workshop.i18n import Translator
from workshop.reports.execute import executed, laid_down
from workshop.views import display
from workshop.views.files_only import InFiles
from workshop.views.fragment import Shown
from workshop.workspace import Workspace

SANITIZE = Path(__file__).with_name("sanitize.cfg")
COMPARED = "nbval-check-output"
"""The tag of a cell whose output is kept in the repository, and compared."""


def parameters(workspace: Workspace, language: str) -> dict[str, str]:
    return {"workspace": str(workspace.path), "language": language}


@contextmanager
def shown() -> Iterator[list[Shown]]:
    """Collect what cells show, whichever module they call."""
    parts: list[Shown] = []
    real = display.show
    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith("workshop.") and getattr(module, "show", None) is real:
                patch.setattr(module, "show", lambda *given: parts.extend(given))
        yield parts


def run(path: Path, workspace: Workspace, language: str) -> tuple[list[Shown], dict[str, Any]]:
    """Run the cells of a notebook in this process; return what they show, and their names."""
    given = parameters(workspace, language)
    space: dict[str, Any] = {}
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    exec(code[0], space)
    with shown() as parts:
        try:
            for source in code[1:]:
                exec(source, space)
                space |= {name: value for name, value in given.items() if name in space}
        finally:
            closed(space)
    return parts, space


def closed(space: dict[str, Any]) -> None:
    """Close the session database that a notebook opened."""
    opened = space.get("room") or space.get("report") or space.get("minutes")
    store = getattr(opened, "store", None) or getattr(opened, "room", None)
    if store is not None:
        store.close()


def read(parts: list[Shown]) -> str:
    """Return what a reader meets, after checking that nothing of it is undefined."""
    text = "\n".join(part.plain() for part in parts)
    assert all(part.html().strip() for part in parts if not isinstance(part, InFiles))
    assert not re.search(r"\b(nan|NaN|NaT|inf)\b", text)
    assert not re.search(r"\{\w+(:\w+)?\}", text)
    return text


def under_papermill(path: Path, workspace: Workspace, language: str) -> nbformat.NotebookNode:
    """Run a notebook as reports do."""
    notebook = laid_down(path, Translator(language))
    return executed(notebook, path.stem, parameters(workspace, language), workspace.path)


def under_nbval(
    path: Path, workspace: Workspace, language: str, *, compared: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a notebook under nbval; compare what is kept in it only where it was made from."""
    notebook = papermill.iorw.load_notebook_node(str(path))
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata["tags"] = [tag for tag in tags if compared or tag != COMPARED]
        if cell.cell_type == "code":
            cell.outputs = cell.outputs if compared else []
            # nbval takes outputs of a cell without a number for a mistake.
            cell.execution_count = 1 if cell.outputs else None
    ready = papermill.parameterize.parameterize_notebook(notebook, parameters(workspace, language))
    file = workspace.path / path.name
    nbformat.write(ready, file)
    options = ["--nbval-lax", f"--nbval-sanitize-with={SANITIZE}", "--nbval-cell-timeout=300"]
    quiet = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(file.parent)]
    try:
        return subprocess.run(
            [sys.executable, "-m", "pytest", *quiet, *options, str(file)],
            capture_output=True,
            text=True,
            cwd=file.parent,
        )
    finally:
        file.unlink()
