"""Which meeting minutes are of, and the day that a report is of."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workshop.errors import WorkspaceError
from workshop.questions.experiment import KIND as EXPERIMENT
from workshop.questions.period import parse_day
from workshop.reports.kinds import MEETINGS
from workshop.session.ledger import ledger
from workshop.session.promises import KIND as PROMISE
from workshop.session.reviews import reviews_in
from workshop.session.rounds import Round, rounds_of
from workshop.session.sessions import Session, all_sessions
from workshop.session.store import Store
from workshop.workspace import Workspace


class Meeting(NamedTuple):
    """A sitting that did a stand-up or a retro, its day, its round if that was shown.

    ``asked`` says whether there was a round at all.
    """

    session: Session
    day: dt.date
    shown: Round | None
    asked: bool = True


def last_meeting(
    store: Store, kind: str, zone: ZoneInfo, until: dt.date | None = None
) -> Meeting | None:
    """Return the last meeting of a kind, up to and with a day; ``None`` before any."""
    for session in reversed(all_sessions(store)):
        day = session.opened_at.astimezone(zone).date()
        if until is not None and day > until:
            continue
        found = rounds_of(store, session.session_id, kind)
        if found or _without_round(store, session) == kind:
            shown = [one for one in found if one.state == "revealed"]
            return Meeting(session, day, shown[-1] if shown else None, asked=bool(found))
    return None


def _without_round(store: Store, session: Session) -> str | None:
    """Return the kind of a meeting that left its questions out; ``None`` where it was none.

    Only a retro writes down an experiment; what else was promised or looked at is a stand-up's.
    """
    number = session.session_id
    if any(rounds_of(store, number, kind) for kind in MEETINGS):
        return None
    made = {one.kind for one in ledger(store, until=number) if one.session_id == number}
    if EXPERIMENT in made:
        return "retro"
    return "stand-up" if PROMISE in made or reviews_in(store, number) else None


def report_day(workspace: Workspace, kind: str, as_of: str | None) -> dt.date:
    """Return the day that a report is of: as given, or the last of the data.

    Minutes are of the day of their meeting, the last one up to the day given; before any, of that
    day or of today. They need no CRM. Raises ``InputError`` for a day that is none,
    ``WorkspaceError`` (``no_dates``) for data without one.
    """
    given = parse_day(as_of) if as_of else None
    if kind in MEETINGS:
        return _day_of_meeting(workspace, kind, given)
    day = given or _last_day(workspace)
    if day is None:
        raise WorkspaceError("no_dates", path=str(workspace.path))
    return day


def _last_day(workspace: Workspace) -> dt.date | None:
    # A report is made by a process that reads no CRM, but for this.
    from workshop.crm.tables import open_tables

    return open_tables(workspace).as_of


def _day_of_meeting(workspace: Workspace, kind: str, given: dt.date | None) -> dt.date:
    from workshop.reports.session import room_of

    store = room_of(workspace)
    found = None if store is None else last_meeting(store, kind, workspace.zone, given)
    if store is not None:
        store.close()
    if found is not None:
        return found.day
    return given or dt.datetime.now(workspace.zone).date()
