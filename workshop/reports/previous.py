"""The audit before this one: its day, and the figures that its report holds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from workshop.questions.figures import COLUMNS, TYPES
from workshop.reports.earlier import earlier_audits
from workshop.reports.jupyter import jupyter
from workshop.reports.tables import tables_of
from workshop.views import kept_figures
from workshop.workspace import Workspace


class Previous(NamedTuple):
    """An earlier audit: ``figures`` is ``None`` where its report holds none that can be read."""

    as_of: dt.date
    figures: pd.DataFrame | None


def previous_audit(workspace: Workspace, as_of: dt.date) -> Previous | None:
    """Return the last audit of an earlier day in a workspace's reports; none for the first.

    One of the same day is this audit itself, made again or in the other language.
    """
    earlier = earlier_audits(workspace, as_of)
    if not earlier:
        return None
    latest = max(day for day, _ in earlier)
    kept = (_figures(folder) for day, folder in earlier if day == latest)
    return Previous(latest, next((found for found in kept if found is not None), None))


def _figures(folder: Path) -> pd.DataFrame | None:
    """Read the figures from an audit's notebook; none where it is gone, damaged or has none."""
    nbformat = jupyter("nbformat")
    try:
        notebook = nbformat.read(folder / "report.ipynb", as_version=4)
        tables = {table.name: table for table in tables_of(notebook)}
        rows = pd.DataFrame(tables[kept_figures.NAME].records)[COLUMNS]
    except (OSError, ValueError, KeyError, nbformat.ValidationError):
        return None
    return rows.astype(TYPES)
