"""The example session, or a part of it, played in a workspace."""

from __future__ import annotations

import datetime as dt

from workshop.demo.agreeing import Agreeing
from workshop.demo.play import play
from workshop.demo.script import Sitting, read_script
from workshop.session.store import open_store
from workshop.workspace import Workspace


def sitting_of(*steps: str) -> Sitting:
    """Return a sitting with some steps of the example's."""
    starts = dt.datetime(2026, 11, 3, 9)
    return Sitting(starts=starts, weeks_later=0, steps=steps, reports=())


def played(workspace: Workspace, *sittings: Sitting) -> None:
    """Play some sittings in a workspace, in its language."""
    script, store = read_script(workspace.settings.language), open_store(workspace)
    agreeing = Agreeing(workspace, store, script)
    for sitting in sittings:
        play(workspace, store, script, sitting, agreeing)
    store.close()
