"""A task of the kernel that looks at something every second, as long as there is a need."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

EVERY = 1.0
"""Seconds between two looks."""


class Ticker:
    """Call ``tick`` every second until it returns false or somebody stops it.

    It runs beside the cells, in the kernel's own event loop; without one nothing happens.
    """

    def __init__(self, tick: Callable[[], Awaitable[bool]], every: float = EVERY) -> None:
        self._tick = tick
        self._every = every
        self._task: asyncio.Task[None] | None = None

    @property
    def runs(self) -> bool:
        """Whether it is looking."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Begin, unless it runs already or there is no event loop to run in."""
        if self.runs:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._task = loop.create_task(self._run())

    def stop(self) -> None:
        """End after the look that is being taken."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while await self._tick():
            await asyncio.sleep(self._every)
