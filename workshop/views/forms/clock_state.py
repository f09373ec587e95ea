"""A running clock over the time boxes of a notebook: begun, paused, over. No widget."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from traitlets import Enum, HasTraits, Instance

from workshop.errors import WorkshopError
from workshop.session.schema import now
from workshop.session.sessions import running
from workshop.session.store import Store
from workshop.views.forms.form import Keeper
from workshop.views.time_boxes import Box

FORGOTTEN = dt.timedelta(hours=2)
"""How long after its end a clock still counts; by then nobody looks at it."""


class Reading(NamedTuple):
    """What the clock says: the box that runs (by its place), and the seconds left.

    Below 0 seconds the time is over; ``box`` is then the last one.
    """

    box: int
    left_in_box: int
    left: int


class ClockState(HasTraits):
    """Time boxes after each other, from a press on; where it stands is in the store.

    So it goes on after a cell ran again, a page was loaded again or a kernel began anew.
    """

    phase = Enum(["ready", "running", "paused"], "ready")
    problem = Instance(WorkshopError, allow_none=True)

    def __init__(self, store: Store, floor: int, name: str, boxes: tuple[Box, ...]) -> None:
        super().__init__()
        self.store, self.boxes = store, boxes
        self.keeper = Keeper(store, floor, "clock", name)
        self._began: dt.datetime | None = None
        """When it would have begun without its pauses, while it runs."""
        self._passed = dt.timedelta(0)
        """What has gone by, while it does not."""
        self.look()

    @property
    def seconds(self) -> int:
        """How long all boxes take together."""
        return 60 * sum(box.minutes for box in self.boxes)

    @property
    def forgotten(self) -> bool:
        """Whether nobody can still be looking at it."""
        end = dt.timedelta(seconds=self.seconds)
        return self._began is not None and self.elapsed() > end + FORGOTTEN

    def look(self) -> None:
        """Take over where the clock of this session stands."""
        try:
            session, kept = running(self.store), self.keeper.latest()
        except WorkshopError as error:
            self.problem = error
            return
        is_ours = session is not None and kept is not None and kept.session_id == session.session_id
        content = kept.content if kept is not None and is_ours else {}
        began = content.get("began")
        self._began = dt.datetime.fromisoformat(began) if began else None
        self._passed = dt.timedelta(seconds=content.get("passed", 0))
        if self.forgotten:
            self._began, self._passed = None, dt.timedelta(0)
        self._settle()

    def start(self) -> None:
        """Begin, or go on after a pause."""
        self._move(now() - self._passed, dt.timedelta(0))

    def pause(self) -> None:
        """Stand still."""
        self._move(None, self.elapsed())

    def reset(self) -> None:
        """Go back to the beginning, standing still."""
        self._move(None, dt.timedelta(0))

    def elapsed(self, at: dt.datetime | None = None) -> dt.timedelta:
        """Return how long it ran."""
        return self._passed if self._began is None else (at or now()) - self._began

    def reading(self, at: dt.datetime | None = None) -> Reading:
        """Return what the clock says at a moment."""
        passed = max(0, int(self.elapsed(at).total_seconds()))
        end = 0
        for place, box in enumerate(self.boxes):
            end += 60 * box.minutes
            if passed < end:
                return Reading(place, end - passed, self.seconds - passed)
        return Reading(len(self.boxes) - 1, self.seconds - passed, self.seconds - passed)

    def _move(self, began: dt.datetime | None, passed: dt.timedelta) -> None:
        self._began, self._passed = began, passed
        seconds = round(passed.total_seconds(), 3)
        self.keeper.keep({"began": began.isoformat() if began else None, "passed": seconds})
        self.problem = self.keeper.problem
        self._settle()

    def _settle(self) -> None:
        still = "paused" if self._passed else "ready"
        self.phase = "running" if self._began is not None else still
