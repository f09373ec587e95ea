"""Where a vote stands: what it still takes to have one, then the panel of what is proposed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import ipywidgets as widgets

from workshop.errors import WorkshopError
from workshop.views.forms.form import Form
from workshop.views.forms.round_panel import RoundPanel
from workshop.views.forms.ticker import Ticker
from workshop.views.forms.vote_state import VoteState
from workshop.views.fragment import Shown
from workshop.views.room.canvas import Projected


class VotePlace(Form):
    """A vote that follows the proposal until it opens; from then on it is about what stood there.

    ``find`` returns the vote about what is proposed now, or what it takes to have one; ``panel``
    makes the panel of a vote.
    """

    def __init__(
        self, find: Callable[[], VoteState | Shown], panel: Callable[[VoteState], RoundPanel]
    ) -> None:
        self.find, self.make = find, panel
        self.shown: Shown | None = None
        self.widget = widgets.VBox()
        self.ticker = Ticker(self._tick)
        self.take(find())

    @property
    def panel(self) -> RoundPanel | None:
        """The vote on the screen; ``None`` while there is nothing to vote about."""
        return self.shown if isinstance(self.shown, RoundPanel) else None

    def html(self) -> str:
        """Return what the store holds of the vote, or what it takes to have one."""
        return "" if self.shown is None else self.shown.html()

    def plain(self) -> str:
        """Return the same as text."""
        return "" if self.shown is None else self.shown.plain()

    def take(self, found: VoteState | Shown) -> None:
        """Lay out a vote about another proposal, unless the one on the screen has begun."""
        if self._begun() or self._is_there(found):
            return
        earlier = self.panel
        if isinstance(found, VoteState):
            if earlier is not None:
                found.named, found.minutes = earlier.state.named, earlier.state.minutes
            made = self.make(found)
            self.shown = made
            self.widget.children = [made.widget]
            if self.ticker.runs:
                made.ticker.start()
        else:
            self.shown = found
            self.widget.children = [widgets.HTML(Projected((found,)).html())]
        if earlier is not None:
            earlier.stop()

    def stop(self) -> None:
        """Look no more, and go off the screen with the panel."""
        self.ticker.stop()
        if self.panel is not None:
            self.panel.stop()
        super().stop()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        self.ticker.start()
        if self.panel is not None:
            self.panel.ticker.start()
        return super()._repr_mimebundle_(include, exclude)

    async def _tick(self) -> bool:
        # What is on the screen stays while the store cannot be read: the next look may find it.
        with suppress(WorkshopError):
            if not self._begun():
                self.take(await asyncio.to_thread(self.find))
        return True

    def _begun(self) -> bool:
        return self.panel is not None and self.panel.state.phase != "waiting"

    def _is_there(self, found: VoteState | Shown) -> bool:
        if isinstance(found, VoteState):
            there = self.panel.state if self.panel is not None else None
            return isinstance(there, VoteState) and there.draft.draft_id == found.draft.draft_id
        return self.shown is not None and self.shown.html() == found.html()
