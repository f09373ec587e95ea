"""The example company: a workspace from its export, as a client's would come to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workshop.crm.convert import Asked
from workshop.crm.importing import Imported, import_files
from workshop.crm.staging import Request
from workshop.resources import kit
from workshop.workspace import SETTINGS_FILE, Workspace, write_atomically

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
AGREED = ("definitions/mql.yaml", "definitions/sql.yaml", "rules.yaml")
"""What its teams agreed on, as a session would have written it down."""


def example_workspace(path: Path) -> Workspace:
    """Return the example company's workspace at a path, new or as it stands there.

    What its teams agreed on is laid down with it, but never over a file of that name.
    """
    if (path / SETTINGS_FILE).is_file():
        workspace = Workspace.open(path)
    else:
        workspace = Workspace.create(path, CLIENT, language="nl", country="BE", currency="EUR")
    for name in AGREED:
        file = path / name
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            write_atomically(file, kit("datasets", "example", name).read_bytes())
    return workspace


def import_example(workspace: Workspace) -> Iterator[Imported]:
    """Import the example company's export, one file a table."""
    for name in FILES:
        file = kit("datasets", "example", name)
        yield import_files(workspace, Request((file,), asked=Asked(dates="dmy")))
