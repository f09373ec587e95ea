"""One client's report among those of a batch: made, found finished, or failed and said."""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from workshop.disk import is_of_disk, said_of
from workshop.errors import WorkshopError, WorkspaceError
from workshop.reports.inputs import finished, made_of
from workshop.reports.make import make_report, report_name
from workshop.reports.meetings import report_day
from workshop.reports.order import Failure, Order, Outcome
from workshop.workspace import Workspace


class _Made(NamedTuple):
    files: tuple[Path, ...]
    already: bool = False
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def finish(path: Path, order: Order, elsewhere: Collection[PurePosixPath] = ()) -> Outcome:
    """Make the report of the client in a folder, unless just that report is there already.

    ``elsewhere`` names the files, by their place in the client's folder, that count as there.
    """
    begin = time.monotonic()
    try:
        made = _finished(Workspace.open(path), order, elsewhere)
    except Exception as error:
        failure = failure_of(path, error)
        return Outcome(path, seconds=time.monotonic() - begin, failure=failure)
    return Outcome(path, *made, seconds=time.monotonic() - begin)


def _finished(workspace: Workspace, order: Order, elsewhere: Collection[PurePosixPath]) -> _Made:
    day = report_day(workspace, order.kind, order.as_of)
    language = workspace.translator(order.language).language
    asked = {"language": language, "seed": order.seed, "formats": sorted(set(order.formats))}
    number = made_of(workspace, order.kind, day, asked)
    if not order.again:
        folder = workspace.reports / report_name(order.kind, day, language)
        place = PurePosixPath(workspace.reports.name, folder.name)
        others = [path.relative_to(place) for path in elsewhere if path.is_relative_to(place)]
        files = finished(folder, number, map(Path, others))
        if files:
            return _Made(files, already=True)
    made = make_report(
        workspace,
        order.kind,
        language,
        as_of=day.isoformat(),
        seed=order.seed,
        formats=order.formats,
        made_of=number,
    )
    return _Made(made.files, missing=made.missing, warnings=made.warnings)


def failure_of(path: Path, error: Exception) -> Failure:
    """Return what went wrong as a code; the others go on, also where the fault is the kit's."""
    if isinstance(error, OSError) and is_of_disk(error):
        name = str(error.filename or path)
        error = WorkspaceError("disk", path=name, problem=said_of(error))
    if isinstance(error, WorkshopError):
        return Failure(error.code, error.fields)
    problem = f"{type(error).__name__}: {error}"
    return Failure("report_broke", {"path": str(path), "problem": problem})
