"""What the store holds of an exercise at one moment, as far as a facilitator may see it."""

from __future__ import annotations

from typing import NamedTuple

from workshop.session.people import joined
from workshop.session.rounds import Progress, Round, progress, rounds_of, shown_now
from workshop.session.sessions import Session, all_sessions, running
from workshop.session.store import Store


class Snapshot(NamedTuple):
    """The session, the exercise's round that counts, and how far it is.

    ``round`` is the last one that was not closed without showing it; ``other`` is another
    exercise's round that is open. ``joined`` counts by team, ``progress`` never does.
    """

    session: Session | None
    round: Round | None
    other: Round | None
    progress: Progress
    joined: dict[str, int]


NOTHING = Snapshot(None, None, None, Progress(0, 0, 0), {})


def snapshot(store: Store, exercise: str, *, earlier: bool = False) -> Snapshot:
    """Look at an exercise in the session that runs; where none runs, where it was last shown.

    With ``earlier`` also where one runs that did not ask it yet.
    """
    session = running(store)
    if session is None:
        return _last_shown(store, exercise)
    own = [one for one in rounds_of(store, session.session_id, exercise) if one.state != "closed"]
    shown = shown_now(store, session.session_id)
    if not own and earlier and (shown is None or shown.state != "open"):
        return _last_shown(store, exercise)._replace(
            session=session, joined=joined(store, session.session_id)
        )
    is_open = shown is not None and shown.state == "open"
    return Snapshot(
        session=session,
        round=own[-1] if own else None,
        other=shown if shown and is_open and shown.exercise != exercise else None,
        progress=progress(store, own[-1].round_id) if own else NOTHING.progress,
        joined=joined(store, session.session_id),
    )


def _last_shown(store: Store, exercise: str) -> Snapshot:
    for session in reversed(all_sessions(store)):
        rounds = rounds_of(store, session.session_id, exercise)
        shown = [one for one in rounds if one.state == "revealed"]
        if shown:
            return NOTHING._replace(session=session, round=shown[-1])
    return NOTHING
