"""The programme is laid down in the client's language, and never over someone's work."""

from __future__ import annotations

import json

import pytest

from workshop.opening import notebooks
from workshop.opening.notebooks import lay_down
from workshop.workspace import Workspace


def notebook(*prose: str) -> str:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in prose]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def prose(workspace: Workspace, name: str) -> list[str]:
    read = json.loads((workspace.path / "notebooks" / name).read_text("utf-8"))
    return ["".join(cell["source"]) for cell in read["cells"] if cell["cell_type"] == "markdown"]


@pytest.fixture
def kit(tmp_path, monkeypatch):
    folder = tmp_path / "kit" / "notebooks"
    folder.mkdir(parents=True)
    monkeypatch.setattr(notebooks, "kit", lambda *parts: tmp_path.joinpath("kit", *parts))
    return folder


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.create(tmp_path / "client", "Rekvast", language="en")


def test_the_kit_s_own_programme_is_laid_down_in_dutch(tmp_path):
    workspace = Workspace.create(tmp_path / "client", "Rekvast", language="nl")
    assert "01-diagnosis.ipynb" in lay_down(workspace)
    assert lay_down(workspace) == tuple(sorted(lay_down(workspace)))
    assert not (workspace.path / "notebooks" / "session-report.ipynb").exists()
    english = Workspace.create(tmp_path / "english", "Rekvast", language="en")
    lay_down(english)
    assert prose(workspace, "01-diagnosis.ipynb") != prose(english, "01-diagnosis.ipynb")


def test_what_was_edited_stays_and_what_was_not_is_renewed(kit, workspace):
    (kit / "00-a.ipynb").write_text(notebook("first"))
    (kit / "01-b.ipynb").write_text(notebook("first"))
    assert lay_down(workspace) == ("00-a.ipynb", "01-b.ipynb")
    edited = workspace.path / "notebooks" / "01-b.ipynb"
    edited.write_text(notebook("mine"))
    for name in ("00-a.ipynb", "01-b.ipynb"):
        (kit / name).write_text(notebook("second"))
    lay_down(workspace)
    assert prose(workspace, "00-a.ipynb") == ["second"]
    assert prose(workspace, "01-b.ipynb") == ["mine"]


def test_a_notebook_of_one_s_own_is_never_touched(kit, workspace):
    own = workspace.path / "notebooks" / "00-a.ipynb"
    own.parent.mkdir()
    own.write_text(notebook("mine"))
    (kit / "00-a.ipynb").write_text(notebook("the kit's"))
    assert lay_down(workspace) == ("00-a.ipynb",)
    assert prose(workspace, "00-a.ipynb") == ["mine"]


def test_a_record_that_cannot_be_read_protects_what_is_there(kit, workspace):
    (kit / "00-a.ipynb").write_text(notebook("first"))
    lay_down(workspace)
    (workspace.path / "notebooks" / ".laid-down.json").write_text("{")
    (kit / "00-a.ipynb").write_text(notebook("second"))
    lay_down(workspace)
    assert prose(workspace, "00-a.ipynb") == ["first"]
