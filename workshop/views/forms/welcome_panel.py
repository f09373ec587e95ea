"""How to join, on the screen: it follows the room when that opens, moves or starts anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from workshop.i18n import Translator
from workshop.session.room_file import RoomFile
from workshop.views.forms.form import Form
from workshop.views.forms.ticker import Ticker
from workshop.views.room.welcome import Welcome

EVERY = 2.0
"""Seconds between two looks at where the room is."""


class WelcomePanel(Form):
    """The QR code with address and code; where nobody can press, as the room was then."""

    def __init__(self, read: Callable[[], RoomFile | None], t: Translator) -> None:
        self.read = read
        self.welcome = Welcome(read(), t)
        self.widget = widgets.HTML(_large(self.welcome))
        self.ticker = Ticker(self._tick, EVERY)

    def html(self) -> str:
        """Return the QR code beside address and code."""
        return self.welcome.html()

    def plain(self) -> str:
        """Return address and code."""
        return self.welcome.plain()

    def stop(self) -> None:
        """Look no more, and go off the screen."""
        self.ticker.stop()
        super().stop()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        self.ticker.start()
        return super()._repr_mimebundle_(include, exclude)

    async def _tick(self) -> bool:
        room = await asyncio.to_thread(self.read)
        if room != self.welcome.room:
            self.welcome = Welcome(room, self.welcome.t)
            self.widget.value = _large(self.welcome)
        return True


def _large(welcome: Welcome) -> str:
    return str(welcome._repr_mimebundle_()["text/html"])
