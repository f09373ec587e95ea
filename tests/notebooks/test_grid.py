"""Every notebook by itself: without a CRM, on the example before and after its sessions, on Maven.

``make test`` runs as few as let every two of notebook, workspace and language meet, in this
process, and some in a kernel; ``make test-notebooks`` runs all of them under papermill and nbval.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.notebooks.grid import covering, everything, pairs
from tests.notebooks.running import COMPARED, read, run, under_nbval, under_papermill
from workshop.errors import WorkspaceError
from workshop.i18n import Translator
from workshop.programme import Programme
from workshop.workspace import Workspace

ROOT = Path(__file__).parents[2] / "notebooks"
PATHS = {path.stem: path for path in sorted(ROOT.rglob("*.ipynb"))}
PROGRAMME = {path.stem for path in ROOT.glob("*.ipynb")}
WORKSPACES = ("empty", "example", "example_played", "maven")
LANGUAGES = ("nl", "en")
FACTORS = (tuple(PATHS), WORKSPACES, LANGUAGES)
FULL = bool(os.environ.get("SAMENSPEL_NOTEBOOKS"))
NEED_CRM = {"session-report", "audit-report"}
IN_A_KERNEL = (
    ("02-shared-terms", "example_played", "nl"),
    ("09-stand-up", "empty", "en"),
    ("07-pipeline-goal", "maven", "en"),
)
SILENT = 3
"""Cells that show nothing: imports, parameters, and the one that opens the workspace."""
KEPT_FROM = ("example", "en")
"""The workspace and language whose outputs are kept in the notebooks."""


def test_every_two_meet_in_as_few_as_can_be():
    chosen = covering(FACTORS)
    met = {pair for row in chosen for pair in pairs(row)}
    assert met == {pair for row in everything(FACTORS) for pair in pairs(row)}
    assert len(chosen) == len(PATHS) * len(WORKSPACES)


def test_three_factors_of_two_meet_in_four():
    rows = covering((("a", "b"), ("c", "d"), ("e", "f")))
    assert len(rows) == 4


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory, request):
    """Return the workspaces by name, each copied once: notebooks open and write in them."""
    kept: dict[str, Workspace] = {}

    def workspace(name: str) -> Workspace:
        if name not in kept:
            folder = tmp_path_factory.mktemp(name) / "workspace"
            if name == "empty":
                Workspace.create(folder, "Client", language="en")
            else:
                shutil.copytree(request.getfixturevalue(name).path, folder)
            kept[name] = Workspace.open(folder)
        return kept[name]

    return workspace


@pytest.mark.parametrize(("name", "where", "language"), covering(FACTORS))
def test_it_runs_by_itself(name, where, language, workspaces):
    if where == "empty" and name in NEED_CRM:
        with pytest.raises(WorkspaceError, match="no_data"):
            run(PATHS[name], workspaces(where), language)
        return
    parts, space = run(PATHS[name], workspaces(where), language)
    text = read(parts)
    calls = len(re.findall(r"programme\.crm\(", PATHS[name].read_text("utf-8")))
    code = [
        cell
        for cell in json.loads(PATHS[name].read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    assert len(parts) >= len(code) - SILENT
    t = Translator(language)
    said = t("error.no_data", path=str(workspaces(where).path))
    assert text.count(said) == (calls if where == "empty" else 0)
    room = space.get("room")
    if where == "example_played" and isinstance(room, Programme):
        assert {panel.state.phase for panel in room.panels.values()} <= {"revealed"}
        assert t("example.all") in text


@pytest.mark.parametrize(("name", "where", "language"), IN_A_KERNEL)
def test_it_runs_in_a_kernel(name, where, language, workspaces):
    outputs_of(name, where, language, workspaces)


def outputs_of(name, where, language, workspaces) -> None:
    ran = under_papermill(PATHS[name], workspaces(where), language)
    outputs = [output for cell in ran.cells for output in cell.get("outputs", ())]
    assert {output["output_type"] for output in outputs} == {"display_data"}


def test_what_is_kept_in_a_notebook_is_what_comes_out(workspaces):
    kept = [path for path in PATHS.values() if COMPARED in path.read_text("utf-8")]
    assert kept
    where, language = KEPT_FROM
    for path in kept:
        done = under_nbval(path, workspaces(where), language, compared=True)
        assert done.returncode == 0, done.stdout


if FULL:

    @pytest.mark.parametrize(
        ("name", "where", "language"),
        [row for row in everything(FACTORS) if row[0] not in NEED_CRM or row[1] != "empty"],
    )
    def test_it_runs_under_papermill_and_nbval(name, where, language, workspaces):
        outputs_of(name, where, language, workspaces)
        done = under_nbval(PATHS[name], workspaces(where), language)
        assert done.returncode == 0, done.stdout
