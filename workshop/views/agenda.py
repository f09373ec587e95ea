"""Where calendar files go, and the moments that a notebook gives for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from workshop.errors import InputError
from workshop.views.invitations import Invitation
from workshop.workspace import Workspace, write_atomically

FOLDER = "agenda"


def moment(text: str) -> dt.datetime:
    """Read a local moment such as ``2026-12-07 09:00``; raise ``InputError`` for anything else."""
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError("bad_moment", given=text) from error
    if found.tzinfo is not None:
        raise InputError("bad_moment", given=text)
    return found


def write_invitations(workspace: Workspace, files: Sequence[Invitation]) -> Path:
    """Write calendar files beside the reports, and return their folder."""
    folder = workspace.reports / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for one in files:
        write_atomically(folder / one.name, one.content)
    return folder
