"""What a clock says: the step that runs, what is left of it, and what is left in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workshop.i18n import Translator
from workshop.views.forms.clock_state import ClockState
from workshop.views.forms.panel_text import clock
from workshop.views.fragment import Shown, fill
from workshop.views.time_boxes import Box


@dataclass(frozen=True)
class ClockText(Shown):
    """The time in large digits, the step beside it, and how much of each step has gone by."""

    time: str
    step: str
    rest: str
    is_over: bool
    bars: tuple[tuple[int, float], ...]
    """The minutes of each step, and the share of it that has gone by."""

    def html(self) -> str:
        """Return the clock with a bar a step."""
        return fill("clock.html.j2", shown=self)

    def plain(self) -> str:
        """Return the same as text."""
        return f"{self.time} {self.step}. {self.rest}"


def clock_text(state: ClockState, t: Translator) -> ClockText:
    """Word what the clock says now; once the time is over, how long since, and no more than that.

    The large digits are those of the step, or of all of it before the clock begins.
    """
    found = state.reading()
    whole = clock(abs(found.left))
    bars = tuple(_bars(state))
    if state.phase == "ready":
        return ClockText(whole, boxes_line(state.boxes, t), "", False, bars)
    if found.left <= 0:
        return ClockText(t("panel.time_up"), t("clock.over", time=whole), "", True, bars)
    rest = t("clock.paused" if state.phase == "paused" else "clock.left", time=whole)
    return ClockText(clock(found.left_in_box), state.boxes[found.box].name, rest, False, bars)


def boxes_line(boxes: Sequence[Box], t: Translator) -> str:
    """Return the plan in a line: how long in all, and each step."""
    steps = [t("clock.box", name=box.name, n=box.minutes) for box in boxes]
    return t("clock.plan", n=sum(box.minutes for box in boxes), steps=steps)


def _bars(state: ClockState) -> Sequence[tuple[int, float]]:
    passed = state.elapsed().total_seconds()
    bars = []
    for box in state.boxes:
        seconds = 60 * box.minutes
        bars.append((box.minutes, round(100 * min(1.0, max(0.0, passed / seconds)), 1)))
        passed -= seconds
    return bars
