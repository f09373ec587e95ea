"""The example company: a workspace from its export, as a client's would come to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workshop.crm.convert import Asked
from workshop.crm.importing import Imported, import_files
from workshop.crm.staging import Request
from workshop.resources import kit
from workshop.workspace import SETTINGS_FILE, Workspace

CLIENT = "Rekvast"
FILES = (
    "bedrijven.csv",
    "campagnes.xlsx",
    "leads.csv",
    "verkoopkansen.csv",
    "fasehistoriek.csv",
    "activiteiten.csv",
    "websitebezoek.csv",
    "klantgebeurtenissen.csv",
)


def example_workspace(path: Path) -> Workspace:
    """Return the example company's workspace at a path, new or as it stands there."""
    if (path / SETTINGS_FILE).is_file():
        return Workspace.open(path)
    return Workspace.create(path, CLIENT, language="nl", country="BE", currency="EUR")


def import_example(workspace: Workspace) -> Iterator[Imported]:
    """Import the example company's export, one file a table."""
    for name in FILES:
        file = kit("datasets", "example", name)
        yield import_files(workspace, Request((file,), asked=Asked(dates="dmy")))
