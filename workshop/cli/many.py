"""Reports of many clients: here or on a cluster, a line for each, the failures at the end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workshop.cli.base import DONE, IN_PART, WRONG, t, worded
from workshop.errors import InputError, WorkshopError

if TYPE_CHECKING:
    from workshop.reports.batch import Batch
    from workshop.reports.cluster import Cluster
    from workshop.reports.order import Order, Outcome, Place
    from workshop.reports.progress import Lines


class Asked(NamedTuple):
    """By whom the reports are made, and the file that remembers what was told of the clients."""

    jobs: int
    cluster: str | None = None
    benchmark: Path | None = None


def places_of(paths: Iterable[str]) -> list[Place]:
    """Return each client once, however often and by whatever way it is named."""
    from workshop.reports.order import is_url

    found: dict[Place, Place] = {}
    for given in paths:
        if is_url(given):
            found.setdefault(given.rstrip("/"), given.rstrip("/"))
        else:
            found.setdefault(Path(given).resolve(), Path(given))
    return list(found.values())


def report_all(places: Sequence[Place], order: Order, asked: Asked) -> int:
    """Make the report of each client; name at the end what failed. Return the exit status."""
    from workshop.reports.progress import progress

    if asked.benchmark is not None:
        _check_benchmark(places, asked.benchmark)
    failed: list[tuple[Place, WorkshopError]] = []
    done = 0
    try:
        with (
            progress(len(places), t) as lines,
            _crew(asked, len(places)) as crew,
            _stopped_once(lines),
        ):
            if asked.benchmark is not None:
                _place_among_peers(places, order, asked.benchmark, crew, lines)
            for outcome in crew.outcomes(places, order, lines.begun):
                done += outcome.failure is None
                _say(outcome, lines)
                if outcome.failure is not None:
                    code, fields = outcome.failure
                    failed.append((outcome.path, WorkshopError(code, **fields)))
    except KeyboardInterrupt:
        print(t("batch.stopped", done=done, n=len(places)), file=sys.stderr)
        raise
    for path, failure in failed:
        print(f"{path}: {worded(failure)}", file=sys.stderr)
    if failed:
        return WRONG if len(failed) == len(places) else IN_PART
    return DONE


@contextmanager
def _stopped_once(lines: Lines) -> Iterator[None]:
    """Say that the first Ctrl-C was heard; the next ones change nothing while the workers end."""

    def heard(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    after = signal.signal(signal.SIGINT, heard)
    try:
        yield
    except KeyboardInterrupt:
        after = signal.SIG_IGN
        lines.note(t("batch.stopping"))
        raise
    finally:
        signal.signal(signal.SIGINT, after)


def _crew(asked: Asked, clients: int) -> Batch | Cluster:
    """Return who makes the reports."""
    if asked.cluster is not None:
        from workshop.reports.cluster import Cluster

        return Cluster(asked.cluster)
    from workshop.reports.batch import Batch

    return Batch(min(asked.jobs, clients))


def _say(outcome: Outcome, lines: Lines) -> None:
    for file in outcome.files:
        lines.file(file)
    lines.ended(outcome)
    for note in (*(t(f"error.{code}") for code in outcome.missing), *outcome.warnings):
        lines.note(f"{outcome.path}: {note}")


def _check_benchmark(places: Sequence[Place], file: Path) -> None:
    """Raise ``InputError`` for too few clients, and for a file that would go along with one."""
    from workshop.analysis.peers import LEAST

    if len(places) < LEAST:
        raise InputError("too_few_clients", given=len(places), least=LEAST)
    if not file.absolute().parent.is_dir():
        raise InputError("no_folder", path=str(file.absolute().parent))
    inside = [one for one in places if isinstance(one, Path)]
    if any(file.resolve().is_relative_to(one.resolve()) for one in inside):
        raise InputError("peers_file_inside", given=str(file))


def _place_among_peers(
    places: Sequence[Place], order: Order, file: Path, crew: Batch | Cluster, lines: Lines
) -> None:
    """Count the figures of each client, and lay what may be told of all beside each."""
    from workshop.reports.order import Measure
    from workshop.reports.peers import lay_down

    found = []
    for outcome in crew.outcomes(places, Measure(order.as_of), lines.begun):
        lines.counted(outcome)
        found.append(outcome)
    told = lay_down(found, file)
    known = sum(outcome.measured is not None for outcome in found)
    key = "benchmark.counted" if told.figures else "benchmark.counted_none"
    lines.note(t(key, n=known, figures=len(told.figures)))
