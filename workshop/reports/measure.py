"""Count the figures that a client is compared on, among those of a batch."""

from __future__ import annotations

import time
from pathlib import Path

from workshop.crm.calendar import WorkingTime
from workshop.crm.tables import open_tables
from workshop.questions.benchmark import key_figures
from workshop.questions.period import parse_day
from workshop.reports.finish import failure_of
from workshop.reports.order import Measure, Measured, Outcome
from workshop.workspace import Workspace


def measure(path: Path, order: Measure) -> Outcome:
    """Count the figures of the client in a folder; what goes wrong is part of the outcome."""
    begin = time.monotonic()
    try:
        measured = _measured(Workspace.open(path), order.as_of)
    except Exception as error:
        failure = failure_of(path, error)
        return Outcome(path, seconds=time.monotonic() - begin, failure=failure)
    return Outcome(path, seconds=time.monotonic() - begin, measured=measured)


def _measured(workspace: Workspace, as_of: str | None) -> Measured:
    tables = open_tables(workspace, parse_day(as_of) if as_of else None)
    rows = key_figures(tables, WorkingTime.of(workspace.settings)).to_dict("records")
    day = "" if tables.as_of is None else tables.as_of.isoformat()
    return Measured(day, tuple({str(name): cell for name, cell in row.items()} for row in rows))
