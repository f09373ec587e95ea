"""Each client among the others of a batch: what may be told of them all, laid beside each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workshop.questions.benchmark_file import BENCHMARK_FILE, BenchmarkFile, benchmark_text
from workshop.reports.order import Outcome, Place
from workshop.reports.storage import write_there
from workshop.reports.told import tell
from workshop.workspace import write_atomically


def lay_down(found: Sequence[Outcome], file: Path) -> BenchmarkFile:
    """Tell of the clients whose figures were counted, the same to each; ``file`` remembers it.

    What could not be counted gets nothing: its report says why.
    """
    known = [(one.path, one.measured) for one in found if one.measured is not None]
    told = tell([measured for _, measured in known], file)
    content = benchmark_text(told).encode()
    for place, _ in known:
        _write(place, content)
    return told


def _write(place: Place, content: bytes) -> None:
    if isinstance(place, Path):
        write_atomically(place / BENCHMARK_FILE, content)
    else:
        write_there(place, BENCHMARK_FILE, content)
