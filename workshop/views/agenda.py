"""Where calendar files go, and the moments that a notebook gives for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from dateutil.rrule import rrulestr
from icalendar import Calendar

from workshop.errors import InputError
from workshop.views.invitations import Invitation, rituals
from workshop.workspace import Workspace, write_atomically

FOLDER = "agenda"


def moment(text: str) -> dt.datetime:
    """Read a local moment such as ``2026-12-07 09:00``; raise ``InputError`` for anything else."""
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError("bad_moment", given=text) from error
    if found.tzinfo is not None:
        raise InputError("bad_moment", given=text)
    return found


def write_invitations(workspace: Workspace, files: Sequence[Invitation]) -> Path:
    """Write calendar files beside the reports, and return their folder."""
    folder = workspace.reports / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for one in files:
        write_atomically(folder / one.name, one.content)
    return folder


def next_meeting(workspace: Workspace, kind: str, after: dt.date) -> dt.datetime:
    """Return when a stand-up or a retro comes round after a day, local.

    As the calendar files have it that the teams were given; without these, as they would be
    proposed.
    """
    file = workspace.reports / FOLDER / f"{kind}.ics"
    end_of_day = dt.datetime.combine(after, dt.time.max)
    planned = _recurring(file, end_of_day) if file.is_file() else None
    if planned is not None:
        return planned
    proposed = rituals(workspace.settings, after)
    return proposed.stand_up if kind == "stand-up" else proposed.retro


def _recurring(file: Path, after: dt.datetime) -> dt.datetime | None:
    """Return when the event of a calendar file comes round; ``None`` for a file that has none."""
    try:
        (event,) = Calendar.from_ical(file.read_bytes()).events
        (rule,) = event.rrules
        start = event.start
    except ValueError:
        return None
    if not isinstance(start, dt.datetime):
        return None
    start = start.replace(tzinfo=None)
    found: dt.datetime | None = rrulestr(rule.to_ical().decode(), dtstart=start).after(after)
    return found
