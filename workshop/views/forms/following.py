"""What follows what it is made of: looked at every few seconds, drawn anew when that changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

import ipywidgets as widgets

from workshop.errors import WorkshopError
from workshop.views.forms.form import Form
from workshop.views.forms.ticker import Ticker
from workshop.views.fragment import Shown

EVERY = 2.0
"""Seconds between two looks."""

Read = TypeVar("Read")


class Following(Form, Generic[Read]):
    """What ``draw`` makes of what ``read`` finds, as it is now.

    Where nobody can press, as it was when the cell ran.
    """

    def __init__(self, read: Callable[[], Read], draw: Callable[[Read], Shown]) -> None:
        self.read, self.draw = read, draw
        self.found = read()
        self.shown = draw(self.found)
        self.widget = widgets.HTML(self._large())
        self.ticker = Ticker(self._tick, EVERY)

    def html(self) -> str:
        """Return what is shown."""
        return self.shown.html()

    def plain(self) -> str:
        """Return the same as text."""
        return self.shown.plain()

    def stop(self) -> None:
        """Look no more, and go off the screen."""
        self.ticker.stop()
        super().stop()

    def take(self, found: Read) -> None:
        """Draw anew what was found, unless it is what stands there."""
        if found != self.found:
            self.found, self.shown = found, self.draw(found)
            self.widget.value = self._large()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        self.ticker.start()
        return super()._repr_mimebundle_(include, exclude)

    async def _tick(self) -> bool:
        # What is on the screen stays while the store cannot be read: the next look may find it.
        with suppress(WorkshopError):
            self.take(await asyncio.to_thread(self.read))
        return True

    def _large(self) -> str:
        return str(self.shown._repr_mimebundle_()["text/html"])
