"""Write the outputs that notebooks keep: ``python docs/make_outputs.py``.

They are those of the example company before any session, in English. How a cell looks is left to
its stylesheet: what is kept, and compared in the tests, is what it says.
"""

from __future__ import annotations

import html
import tempfile
from pathlib import Path

import nbformat

from workshop.demo import example_workspace, import_example, lay_down_agreed
from workshop.i18n import Translator
from workshop.reports.execute import executed, laid_down
from workshop.resources import kit
from workshop.workspace import Workspace

TAG = "nbval-check-output"


def main() -> None:
    """Run each notebook that keeps outputs, and write them."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = example_workspace(Path(folder) / "example")
        for _ in import_example(workspace):
            pass
        lay_down_agreed(workspace)
        for path in sorted(kit("notebooks").rglob("*.ipynb")):
            if TAG in path.read_text("utf-8"):
                keep(path, workspace)


def keep(path: Path, workspace: Workspace) -> None:
    """Run a notebook and keep the outputs of the cells that say so."""
    given = {"workspace": str(workspace.path), "language": "en"}
    ran = executed(laid_down(path, Translator("en")), path.stem, given, workspace.path)
    made = {cell.id: cell for cell in ran.cells}
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if TAG in cell.metadata.get("tags", ()):
            cell.outputs = [_said(output) for output in made[cell.id].outputs]
    nbformat.write(notebook, path)


def _said(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an output with its words and figures, without pictures and its own markup."""
    kept = {kind: data for kind, data in output.data.items() if not kind.startswith("image/")}
    kept["text/html"] = f"<pre>{html.escape(kept['text/plain'])}</pre>"
    return nbformat.v4.new_output("display_data", kept, metadata={})


if __name__ == "__main__":
    main()
