"""The example company: a workspace from its export, as a client's would come to be."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from workshop.crm.convert import Asked
from workshop.crm.importing import Imported, import_files
from workshop.crm.staging import Request
from workshop.errors import InputError
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
AS_OF = dt.date(2026, 10, 31)
"""The day of the export that ships with the kit."""
MOST_WEEKS = 8
"""How far the example company's history goes on after that day."""
AGREED = ("definitions/mql.yaml", "definitions/sql.yaml", "rules.yaml")
EXPORTS = "exports"
"""The folder of a workspace in which later exports are laid down."""


def example_workspace(path: Path, language: str = "nl") -> Workspace:
    """Return the example company's workspace at a path, new or as it stands there.

    Raises ``InputError`` (``not_the_example``) for the folder of a client.
    """
    if (path / SETTINGS_FILE).is_file():
        found = Workspace.open(path)
        if not found.settings.example:
            raise InputError("not_the_example", path=str(path), client=found.settings.client)
        return found
    return Workspace.create(
        path, CLIENT, language=language, country="BE", currency="EUR", example=True
    )


def import_example(workspace: Workspace, weeks_later: int = 0) -> Iterator[Imported]:
    """Import the example company's export, or that of some weeks later, one file a table.

    The company lives in its own time: the day of its export is its today.
    """
    folder = later_export(workspace, weeks_later) if weeks_later else kit("datasets", "example")
    for name in FILES:
        asked = Asked(dates="dmy")
        yield import_files(
            workspace, Request((folder / name,), asked=asked, today=day_of(weeks_later))
        )


def day_of(weeks_later: int) -> dt.date:
    """Return the day of the export of so many weeks later."""
    return AS_OF + dt.timedelta(weeks=weeks_later)


def later_export(workspace: Workspace, weeks: int) -> Path:
    """Lay down the export of some weeks later in the workspace; return its folder.

    The same company, with what happened since; the same bytes each time.
    """
    if not 1 <= weeks <= MOST_WEEKS:
        raise ValueError(f"from 1 to {MOST_WEEKS} weeks later, not {weeks}")
    until = day_of(weeks)
    folder = workspace.path / EXPORTS / until.isoformat()
    script = kit("datasets", "make_example.py")
    subprocess.run(
        [sys.executable, str(script), "--out", str(folder), "--until", until.isoformat()],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder


def lay_down_agreed(workspace: Workspace) -> None:
    """Write what its teams agreed on as files, for a workspace without the session behind them."""
    for name in AGREED:
        (workspace.path / name).parent.mkdir(exist_ok=True)
        write_atomically(workspace.path / name, agreed_file("nl", name).read_bytes())


def agreed_file(language: str, name: str) -> Path:
    """Return a file with what the example company's teams agreed on, such as ``rules.yaml``."""
    parts = () if language == "nl" else ("session", language)
    return kit("datasets", "example", *parts, name)
