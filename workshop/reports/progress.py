"""A line for each client of a batch on stderr, and on a terminal the clients in hand below them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from workshop.i18n import Translator
from workshop.reports.order import Outcome, Place


class Lines:
    """Says what is done and what is in hand."""

    def __init__(self, n: int, t: Translator, live: Progress | None) -> None:
        self._n, self._t, self._live = n, t, live
        self._done = 0
        self._tasks: dict[Place, TaskID] = {}
        self._ended: set[Place] = set()

    def begun(self, place: Place) -> None:
        """Show that a worker took up a client; of a cluster that may be heard late, or twice."""
        if self._live is not None and place not in self._tasks and place not in self._ended:
            self._tasks[place] = self._live.add_task("", path=str(place), total=None)

    def ended(self, outcome: Outcome) -> None:
        """Say what became of a client's report."""
        self._done += 1
        self._ended.add(outcome.path)
        self._lay_down(outcome)
        words = self._t(
            f"batch.{state(outcome)}", path=str(outcome.path), seconds=round(outcome.seconds)
        )
        self.note(f"{self._done}/{self._n}  {words}")

    def counted(self, outcome: Outcome) -> None:
        """Show a client no longer as in hand until its report is."""
        self._lay_down(outcome)

    def _lay_down(self, outcome: Outcome) -> None:
        task = self._tasks.pop(outcome.path, None)
        if self._live is not None and task is not None:
            self._live.remove_task(task)

    def note(self, line: str) -> None:
        """Say something on stderr."""
        if self._live is None:
            print(line, file=sys.stderr, flush=True)
        else:
            self._live.console.print(Text(line), soft_wrap=True)

    def file(self, path: Place) -> None:
        """Print a file on stdout; where that is the same terminal, above what moves."""
        if self._live is None or not sys.stdout.isatty():
            print(path, flush=True)
        else:
            self.note(str(path))


def state(outcome: Outcome) -> str:
    """Return what became of a report, in a word."""
    if outcome.failure is not None:
        return "failed"
    return "already" if outcome.already else "made"


@contextmanager
def progress(n: int, t: Translator) -> Iterator[Lines]:
    """Show the progress of a batch of so many clients."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines(n, t, None)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[path]}", markup=False),
        TimeElapsedColumn(),
    )
    live = Progress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    )
    with live:
        yield Lines(n, t, live)
