"""The folders of the audits that were made before."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

from workshop.i18n import LANGUAGES
from workshop.workspace import Workspace

_FOLDER = re.compile(r"audit-(\d{4}-\d{2}-\d{2})-([a-z]{2})")


def earlier_audits(workspace: Workspace, as_of: dt.date) -> list[tuple[dt.date, Path]]:
    """Return the audits of earlier days in a workspace's reports: their days and folders."""
    return [(day, folder) for day, folder in _audits(workspace.reports) if day < as_of]


def _audits(reports: Path) -> Iterator[tuple[dt.date, Path]]:
    for folder in sorted(reports.glob("audit-*")):
        found = _FOLDER.fullmatch(folder.name)
        if found is None or found[2] not in LANGUAGES:
            continue
        try:
            yield dt.date.fromisoformat(found[1]), folder
        except ValueError:  # a name that looks like a day, and is none
            continue
