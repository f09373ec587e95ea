"""Reports of many clients, so many at the same time, by workers that share one warm parent.

What is in memory is the warm parent and, for each worker, the worker and the kernel of the one
report that it makes: so many clients more take no more of it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from workshop.kernels.warm import ADDRESS, can_fork, warm_parent
from workshop.reports.order import Failure, Measure, Order, Outcome, Place
from workshop.reports.publish import clear_leftovers
from workshop.workspace import Workspace

_COMMAND = [sys.executable, "-P", "-m", "workshop.reports.worker"]
_END_SECONDS = 5.0


class Batch:
    """Workers that make reports; leaving it ends them, at once where something was raised.

    What they leave in ``scratch``, a temporary folder unless given, goes when they do.
    """

    def __init__(self, jobs: int, scratch: Path | None = None) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="samenspel-", dir=scratch)
        environment = {**os.environ, "TMPDIR": self._scratch.name}
        address = warm_parent(environment) if can_fork() else None
        if address is not None:
            environment[ADDRESS] = str(address)
        self._workers = [_Worker(environment) for _ in range(jobs)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._pool = ThreadPoolExecutor(jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.leave(at_once=kind is not None)

    def leave(self, *, at_once: bool) -> None:
        """End the workers; ``at_once`` also where they have an order in hand."""
        self._pool.shutdown(wait=not at_once, cancel_futures=True)
        for worker in self._workers:
            worker.dismiss(at_once=at_once)
        for worker in self._workers:
            worker.wait()
        self._pool.shutdown()
        self._scratch.cleanup()

    def outcomes(
        self, places: Sequence[Place], order: Order | Measure, begun: Callable[[Place], None]
    ) -> Iterator[Outcome]:
        """Yield what became of each client's order as soon as it is known.

        ``begun`` hears of each as a worker takes it up, from a thread of that worker.
        """
        futures = [self._pool.submit(self.outcome, place, order, begun) for place in places]
        for future in as_completed(futures):
            yield future.result()

    def outcome(
        self, place: Place, order: Order | Measure, begun: Callable[[Place], None]
    ) -> Outcome:
        """Have the next idle worker carry out one client's order."""
        worker = self._idle.get()
        try:
            begun(place)
            return worker.make(place, order)
        finally:
            self._idle.put(worker)


class _Worker:
    """A process that makes one report at a time, started when there is one to make."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._place: Place | None = None
        self._changing = threading.Lock()
        self._dismissed = False

    def make(self, place: Place, order: Order | Measure) -> Outcome:
        """Have it make a client's report; a process that dies of it costs that report alone."""
        process = self._take_up(place)
        if process is None:
            return Outcome(place, failure=Failure("worker_died", {"status": 0}))
        assert process.stdin is not None and process.stdout is not None
        try:
            pickle.dump((place, order), process.stdin)
            process.stdin.flush()
            outcome: Outcome = pickle.load(process.stdout)
        except (OSError, ValueError, EOFError, pickle.UnpicklingError):
            status = process.wait()
            self._lay_down(process)
            return Outcome(place, failure=Failure("worker_died", {"status": status}))
        self._place = None
        return outcome

    def dismiss(self, *, at_once: bool) -> None:
        """Tell it that there are no more orders; ``at_once`` also to leave the one in hand."""
        with self._changing:
            self._dismissed = True
            if self._process is None:
                return
            assert self._process.stdin is not None
            with suppress(OSError):  # it may be gone already
                self._process.stdin.close()
            if at_once:
                self._process.terminate()

    def wait(self) -> None:
        """Wait for its end, and clear away what it was making."""
        if self._process is None:
            return
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._lay_down(self._process)

    def _take_up(self, place: Place) -> subprocess.Popen[bytes] | None:
        """Return a process for a client's report, or none where it was dismissed meanwhile."""
        with self._changing:
            if self._dismissed:
                return None
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(
                    _COMMAND,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    # what libraries say there would run through the lines of the others
                    stderr=subprocess.DEVNULL,
                    env=self._environment,
                    start_new_session=True,
                )
            self._place = place
            return self._process

    def _lay_down(self, process: subprocess.Popen[bytes]) -> None:
        """Close the lines to a process that is gone, and clear away what it left of a report."""
        for line in (process.stdin, process.stdout):
            assert line is not None
            with suppress(OSError):
                line.close()
        place, self._place = self._place, None
        if isinstance(place, Path):
            clear_leftovers(Workspace(place).reports)
