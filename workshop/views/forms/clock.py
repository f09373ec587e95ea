"""The clock on the screen: the step, what is left of it, and what is left in all."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from workshop.i18n import Translator
from workshop.views.forms import inputs
from workshop.views.forms.clock_state import ClockState
from workshop.views.forms.clock_text import boxes_line, clock_text
from workshop.views.forms.form import Form
from workshop.views.forms.inputs import worded
from workshop.views.forms.ticker import Ticker


class Clock(Form):
    """A clock that every step of a notebook shows; it moves every second while it runs.

    The kernel tells the time, so a page that is loaded again shows it as it is; while a cell
    runs it stands still, and is right again a second later.
    """

    def __init__(self, state: ClockState, t: Translator) -> None:
        self.state, self.t = state, t
        self.ticker = Ticker(self._tick)
        self.told, self.wrong = widgets.HTML(), widgets.HTML()
        self.presses = widgets.HBox()
        self.widget = inputs.styled(
            [widgets.HBox([self.told, self.presses], layout=_ACROSS), self.wrong]
        )
        state.observe(lambda _: self.update(), ["phase", "problem"])
        self.update()

    def html(self) -> str:
        """Return the plan, for who cannot press."""
        return inputs.line("hint", boxes_line(self.state.boxes, self.t))

    def plain(self) -> str:
        """Return the same as text."""
        return boxes_line(self.state.boxes, self.t)

    def stop(self) -> None:
        """Leave the clock to another one: this one moves no more and goes off the screen."""
        self.ticker.stop()
        self.state.unobserve_all()
        super().stop()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        self.update()
        return super()._repr_mimebundle_(include, exclude)

    def update(self) -> None:
        """Bring the screen to the state."""
        self._say()
        self.presses.children = self._buttons()
        self.wrong.value = inputs.line("wrong", worded(self.state.problem, self.t))
        if self.state.phase == "running":
            self.ticker.start()

    async def _tick(self) -> bool:
        self._say()
        return bool(self.state.phase == "running" and not self.state.forgotten)

    def _say(self) -> None:
        self.told.value = clock_text(self.state, self.t).html()

    def _buttons(self) -> tuple[Any, ...]:
        state, t = self.state, self.t
        if state.phase == "running":
            return (inputs.small_button(t("clock.pause"), state.pause),)
        key = "clock.start" if state.phase == "ready" else "clock.go_on"
        start = inputs.small_button(t(key), state.start)
        if state.phase == "ready":
            return (start,)
        return (start, inputs.small_button(t("clock.reset"), state.reset))


_ACROSS = {"align_items": "center", "flex_flow": "row wrap"}
