"""What a round panel says: where the round is, how many are done, what to keep in mind."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from workshop.i18n import Translator
from workshop.views.forms.floor_warning import floor_warning
from workshop.views.forms.round_state import RoundState
from workshop.views.fragment import fill


class Count(NamedTuple):
    """A number with its label."""

    label: str
    value: str


class PanelText(NamedTuple):
    """The title, where the round is, counts of people, and sentences."""

    title: str
    state: str
    counts: tuple[Count, ...]
    lines: tuple[str, ...]

    def html(self) -> str:
        """Return the panel's upper part."""
        return fill("panel.html.j2", **self._asdict())

    def plain(self) -> str:
        """Return it as text."""
        counts = [f"{count.label}: {count.value}" for count in self.counts]
        return "\n".join([self.title, self.state, *counts, *self.lines])


def panel_text(state: RoundState, t: Translator, at: dt.datetime | None = None) -> PanelText:
    """Word a state as it stands at a moment; never who answered, and never by team."""
    return PanelText(
        title=state.exercise.title.of(t.language),
        state=_where(state, t),
        counts=_counts(state, t, at),
        lines=tuple(line for line in _lines(state, t) if line),
    )


def _where(state: RoundState, t: Translator) -> str:
    found = state.round
    if found is None or state.phase == "waiting":
        return t("panel.waiting")
    mode = t("panel.named" if found.named else "panel.anonymous")
    if state.phase == "open":
        return t("panel.open.again" if found.repeats else "panel.open", mode=mode)
    return t("panel.revealed.early" if found.ended_early else "panel.revealed", mode=mode)


def _counts(state: RoundState, t: Translator, at: dt.datetime | None) -> tuple[Count, ...]:
    if state.phase == "revealed":
        return ()
    joined = Count(t("panel.count.joined"), t.count(sum(state.seen.joined.values())))
    if state.phase == "waiting":
        return (joined,)
    progress = state.seen.progress
    found = [
        joined,
        Count(t("panel.count.answered"), t.count(progress.answered)),
        Count(t("panel.count.done"), t.count(progress.done)),
    ]
    left = state.seconds_left(at)
    if left is not None:
        found.append(Count(t("panel.count.left"), clock(left) if left > 0 else t("panel.time_up")))
    return tuple(found)


def clock(seconds: int) -> str:
    """Return minutes and seconds.

    >>> clock(125)
    '2:05'
    """
    return f"{seconds // 60}:{seconds % 60:02d}"


def _lines(state: RoundState, t: Translator) -> list[str]:
    seen = state.seen
    lines = []
    if state.phase != "revealed":
        named = state.round.named if state.phase == "open" and state.round else state.named
        floor = seen.session.floor if seen.session else state.floor
        lines.append(floor_warning(seen.joined, floor, named, t))
    if seen.other and state.phase != "open":
        lines.append(t("panel.other", exercise=seen.other.content.title.of(t.language)))
    if state.left_out and state.phase == "open":
        lines.append(t("panel.left_out", n=len(state.left_out)))
    if state.notice == "closed" and state.phase != "open":
        lines.append(t("panel.closed"))
    if state.confirming == "reveal":
        lines.append(t("panel.pending", n=seen.progress.pending))
    if state.confirming == "close":
        lines.append(t("panel.closing"))
    return lines
