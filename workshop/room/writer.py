"""One thread writes: what came in while it wrote goes to disk together, and is said only then."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from workshop.session.answers import Given, Saved, save
from workshop.session.store import Store

MOST_AT_ONCE = 500
"""Answers of one transaction at most: what a locked database held up goes in steps."""

T = TypeVar("T")


class _Job(NamedTuple, Generic[T]):
    """Something to write, and where to say that it is on disk.

    ``given`` are answers, which go together with those of others; else ``do`` writes.
    """

    given: Sequence[Given]
    do: Callable[[], T] | None
    loop: asyncio.AbstractEventLoop
    said: asyncio.Future[Any]


class Writer:
    """The only writer of a server; its promises are kept when they are made."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    async def save(self, given: Sequence[Given]) -> list[Saved]:
        """Save answers; return, once they are on disk, what became of each.

        Raises ``WorkspaceError`` where the database cannot take them.
        """
        saved: list[Saved] = await self._put(given, None)
        return saved

    async def run(self, do: Callable[[], T]) -> T:
        """Do another piece of writing in its turn and return its result."""
        result: T = await self._put((), do)
        return result

    def close(self) -> None:
        """Finish what was asked for, and stop."""
        self._jobs.put(None)
        self._thread.join()

    async def _put(self, given: Sequence[Given], do: Callable[[], T] | None) -> Any:
        loop = asyncio.get_running_loop()
        said: asyncio.Future[Any] = loop.create_future()
        self._jobs.put(_Job(given, do, loop, said))
        return await said

    def _work(self) -> None:
        stopping = False
        while not stopping:
            jobs = [self._jobs.get()]
            while len(jobs) < MOST_AT_ONCE and not self._jobs.empty():
                jobs.append(self._jobs.get())
            stopping = None in jobs
            for turn in _in_turns([job for job in jobs if job is not None]):
                self._write(turn)

    def _write(self, turn: list[_Job[Any]]) -> None:
        """Write jobs that go together; where that is what fails, one by one."""
        try:
            results = _done(self._store, turn)
        # Whatever it is belongs to whoever asked, not to the thread that all depend on.
        except Exception as error:
            if len(turn) > 1:
                for job in turn:
                    self._write([job])
                return
            _say(turn[0], None, error)
            return
        for job, result in zip(turn, results, strict=True):
            _say(job, result, None)


def _in_turns(jobs: list[_Job[Any]]) -> list[list[_Job[Any]]]:
    """Put answers that came one after the other together; anything else stands alone."""
    turns: list[list[_Job[Any]]] = []
    for job in jobs:
        if turns and job.do is None and turns[-1][0].do is None:
            turns[-1].append(job)
        else:
            turns.append([job])
    return turns


def _done(store: Store, turn: list[_Job[Any]]) -> list[Any]:
    if turn[0].do is not None:
        return [turn[0].do()]
    saved = iter(save(store, [one for job in turn for one in job.given]))
    return [[next(saved) for _ in job.given] for job in turn]


def _say(job: _Job[Any], result: Any, error: Exception | None) -> None:
    def say() -> None:
        if job.said.done():
            return
        if error is None:
            job.said.set_result(result)
        else:
            job.said.set_exception(error)

    if not job.loop.is_closed():
        job.loop.call_soon_threadsafe(say)
