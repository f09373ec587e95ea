import datetime as dt
import os
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from workshop.colors import palette
from workshop.i18n import Translator
from workshop.reports.brand import logo_address
from workshop.reports.make import report_from
from workshop.reports.render import Cover
from workshop.workspace import Workspace

HERE = Path(__file__).parent
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60"><rect width="60" height="60"/>'
    "</svg>"
)
CLIENT = "Drukkerij De Meulemeester & Zonen"


def cover_of(workspace, language, seed=0):
    """Return the cover of a workspace's report as of the end of January 2026."""
    return Cover(
        client=workspace.settings.client,
        as_of=dt.date(2026, 1, 31),
        seed=seed,
        colors=palette(workspace.settings.brand.color),
        logo=logo_address(workspace),
        t=workspace.translator(language),
    )


@pytest.fixture(scope="session")
def fixtures():
    """The paths that kernels and notebooks need, and the Dutch of the fixture notebooks."""
    dutch = runpy.run_path(str(HERE / "prose.py"))["DUTCH"]
    real = Translator.prose
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(HERE.parent.parent), str(HERE)]))
        patch.setattr(
            Translator,
            "prose",
            lambda t, english: (
                dutch[english] if t.language == "nl" and english in dutch else real(t, english)
            ),
        )
        yield SimpleNamespace(notebooks=HERE / "notebooks")


@pytest.fixture
def workspace(tmp_path):
    """A workspace without a logo."""
    return Workspace.create(tmp_path / "client", CLIENT, brand={"color": "#0b6e4f"})


@pytest.fixture
def make(fixtures, workspace):
    """Make a report from a fixture notebook: ``make("small", language="en")``."""

    def make(notebook, language="en", formats=("html",), name="session-2026-01-31-en"):
        cover = cover_of(workspace, language)
        path = fixtures.notebooks / f"{notebook}.ipynb"
        return report_from(path, name, workspace, cover, formats)

    return make


@pytest.fixture(scope="session")
def full_reports(fixtures, tmp_path_factory):
    """The full report in both languages: ``full_reports["nl"]``."""
    folder = tmp_path_factory.mktemp("full") / "client"
    workspace = Workspace.create(folder, CLIENT, brand={"color": "#0b6e4f", "logo": "logo.svg"})
    (folder / "logo.svg").write_text(LOGO)
    path = fixtures.notebooks / "full_report.ipynb"
    return {
        language: report_from(
            path, f"session-2026-01-31-{language}", workspace, cover_of(workspace, language)
        )
        for language in ("nl", "en")
    }


@pytest.fixture(params=["nl", "en"])
def full_report(request, full_reports):
    """The full report, in each language."""
    return request.param, full_reports[request.param]
