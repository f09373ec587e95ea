"""A session by the clock: the agenda, with the notebooks' own minutes, held to what fits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from workshop.errors import InputError, Phrase
from workshop.i18n import Translator
from workshop.model_file import Read
from workshop.session.agenda_file import (
    AGENDA_FILE,
    CLOCK,
    Agenda,
    Step,
    programmes,
    read_agenda,
)
from workshop.session.exercise_file import read_exercise
from workshop.views.display import Note
from workshop.views.fragment import Shown, fill
from workshop.views.playbook import Playbook, notebooks, playbook
from workshop.views.room.canvas import Projected
from workshop.views.time_boxes import time_boxes
from workshop.workspace import Workspace

_DAY = 24 * 60


class Slot(NamedTuple):
    """A part of the session: when it begins, how long it takes, and its notebook if it has one."""

    start: int
    minutes: int
    title: str
    book: Playbook | None

    @property
    def clock(self) -> str:
        """When it begins, by the clock."""
        return clock(self.start)


class Order(NamedTuple):
    """A session by the clock."""

    title: str
    slots: tuple[Slot, ...]

    @property
    def end(self) -> int:
        """When the last part is over, in minutes after midnight."""
        last = self.slots[-1]
        return last.start + last.minutes


@dataclass(frozen=True)
class RunningOrder(Shown):
    """The session by the clock, on the screen."""

    order: Order
    t: Translator

    def html(self) -> str:
        """Return a table of times and titles."""
        return fill("running_order.html.j2", order=self.order, end=clock(self.order.end), t=self.t)

    def plain(self) -> str:
        """Return a line for each part."""
        lines = [f"{slot.clock} {slot.title} ({slot.minutes})" for slot in self.order.slots]
        return "\n".join([self.order.title, *lines, clock(self.order.end)])


def running_order(workspace: Workspace, t: Translator) -> Shown:
    """Return the session by the clock, or how to get an agenda; raise ``InputError`` as `order`."""
    found = order(workspace, t)
    if found is None:
        text = t("agenda.none", path=str(workspace.path), programmes=list(programmes()))
        return Note("next", text, t)
    return Projected((RunningOrder(found, t),))


def order(workspace: Workspace, t: Translator, start: str | None = None) -> Order | None:
    """Return the agenda by the clock, or ``None`` where there is none.

    ``start`` is when it begins, if not when the file says. Raises ``InputError`` for a file that
    cannot be used: a notebook that is none, minutes in which its exercises do not fit, a fixed
    time that comes too early, an end that is too late.
    """
    read = read_agenda(workspace)
    if read is None:
        return None
    _refuse(workspace, read, _unknown(read.model))
    lengths = [_minutes(workspace, step, t) for step in read.model.steps]
    starts = _starts(read.model, lengths, minutes_of(start or read.model.start))
    problems = _too_short(workspace, read.model, lengths) + _clashes(read.model, starts, lengths)
    _refuse(workspace, read, problems)
    slots = [
        Slot(start, length, _title(step, t), playbook(step.notebook, t) if step.notebook else None)
        for step, start, length in zip(read.model.steps, starts, lengths, strict=True)
    ]
    return Order(read.model.title.of(t.language), tuple(slots))


def clock(minutes: int) -> str:
    """Write minutes after midnight as a time.

    >>> clock(545)
    '09:05'
    """
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def minutes_of(text: str) -> int:
    """Read a time as minutes after midnight; raise ``InputError`` (``bad_clock_time``).

    >>> minutes_of("09:05")
    545
    """
    if not re.fullmatch(CLOCK, text):
        raise InputError("bad_clock_time", given=text)
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _minutes(workspace: Workspace, step: Step, t: Translator) -> int:
    if step.notebook is None:
        return step.rest or 0
    own = time_boxes(workspace, step.notebook, t)
    return step.minutes or sum(box.minutes for box in own)


def _starts(agenda: Agenda, lengths: list[int], first: int) -> list[int]:
    """Return when each step begins: after the one before it, or when it is said to."""
    starts, now = [], first
    for step, length in zip(agenda.steps, lengths, strict=True):
        now = minutes_of(step.at) if step.at else now
        starts.append(now)
        now += length
    return starts


_Problem = tuple[tuple[str | int, ...], Phrase]
"""Where in the file, and what is wrong there."""


def _unknown(agenda: Agenda) -> list[_Problem]:
    return [
        (
            ("steps", n, "notebook"),
            Phrase("problem.notebook", given=step.notebook, allowed=list(notebooks())),
        )
        for n, step in enumerate(agenda.steps)
        if step.notebook is not None and step.notebook not in notebooks()
    ]


def _too_short(workspace: Workspace, agenda: Agenda, lengths: list[int]) -> list[_Problem]:
    """Return the notebooks that get less time than their exercises alone take."""
    found: list[_Problem] = []
    t = workspace.translator()
    for n, (step, length) in enumerate(zip(agenda.steps, lengths, strict=True)):
        if step.notebook is None or step.minutes is None:
            continue
        names = playbook(step.notebook, t).exercises
        least = sum(read_exercise(workspace, name).minutes or 0 for name in names)
        if length < least:
            said = Phrase(
                "problem.minutes_too_few", given=length, notebook=step.notebook, least=least
            )
            found.append((("steps", n, "minutes"), said))
    return found


def _clashes(agenda: Agenda, starts: list[int], lengths: list[int]) -> list[_Problem]:
    """Return the fixed times that come before the step before is over, and an end that is late."""
    ends = [start + length for start, length in zip(starts, lengths, strict=True)]
    found: list[_Problem] = [
        (("steps", n, "at"), Phrase("problem.overlap", given=clock(start), until=clock(before)))
        for n, (start, before) in enumerate(zip(starts[1:], ends, strict=False), 1)
        if start < before
    ]
    limit = minutes_of(agenda.end) if agenda.end else _DAY
    if not found and ends[-1] > limit:
        late = ends[-1] - limit
        said = Phrase("problem.too_long", n=late, end=clock(limit))
        found.append((("end",) if agenda.end else ("start",), said))
    return found


def _refuse(workspace: Workspace, read: Read[Agenda], problems: list[_Problem]) -> None:
    if not problems:
        return
    lines = [(read.marked.line(place), said) for place, said in problems]
    raise InputError(
        "unusable_file",
        path=str(workspace.path / AGENDA_FILE),
        line=lines[0][0],
        problems=[Phrase("problem.on_line", line=line, problem=said) for line, said in lines],
    )


def _title(step: Step, t: Translator) -> str:
    if step.title is not None:
        return step.title.of(t.language)
    return playbook(step.notebook, t).title if step.notebook else t("agenda.break")
