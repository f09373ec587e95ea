"""The whole story of the example company: an export, a sitting, a week later the next ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from workshop.crm.importing import Imported
from workshop.crm.tables import open_tables
from workshop.demo.agreeing import Agreeing
from workshop.demo.example import import_example
from workshop.demo.play import play
from workshop.demo.script import Script, Sitting, read_script
from workshop.errors import WorkspaceError
from workshop.session.rounds import rounds_of
from workshop.session.sessions import all_sessions
from workshop.session.store import Store, open_store
from workshop.session.voting import is_vote
from workshop.workspace import Workspace


class Chapter(NamedTuple):
    """A sitting that was played: its day, who and what, and the reports that follow from it.

    ``reports`` are kinds with a language each, ``as_of`` the day of the export behind them.
    """

    day: dt.date
    people: int
    exercises: int
    reports: tuple[tuple[str, str], ...]
    as_of: str


def story(workspace: Workspace, weeks_later: int) -> Iterator[Imported | Chapter]:
    """Tell the story up to some weeks after the first export: import, play, import, play.

    What was imported and played before is not told again. Raises ``WorkspaceError``
    (``example_unfinished``) where an earlier telling broke off in the middle.
    """
    script = read_script(workspace.settings.language)
    yield from import_example(workspace)
    store = open_store(workspace)
    try:
        yield from _told(workspace, store, script, weeks_later)
    finally:
        store.close()


def _told(
    workspace: Workspace, store: Store, script: Script, weeks_later: int
) -> Iterator[Imported | Chapter]:
    agreeing = Agreeing(workspace, store, script)
    before = len(all_sessions(store))
    wanted = [one for one in script.play.sittings if one.weeks_later <= weeks_later]
    if before and before < len(wanted):
        raise WorkspaceError("example_unfinished", path=str(workspace.path))
    for sitting in wanted[before:]:
        if sitting.weeks_later:
            yield from import_example(workspace, sitting.weeks_later)
        number = play(workspace, store, script, sitting, agreeing)
        yield _chapter(workspace, store, script, sitting, number)


def _chapter(
    workspace: Workspace, store: Store, script: Script, sitting: Sitting, number: int
) -> Chapter:
    asked = [one for one in rounds_of(store, number) if not is_vote(one)]
    own = workspace.settings.language
    other = next(name for name in ("nl", "en") if name != own)
    reports = tuple(
        (kind, language)
        for kind in sitting.reports
        for language in ((own, other) if kind == BOTH else (own,))
    )
    day = open_tables(workspace).as_of if sitting.weeks_later == 0 else sitting.starts.date()
    return Chapter(sitting.starts.date(), len(script.people), len(asked), reports, str(day))


BOTH = "session"
"""The report that is made in both languages; minutes are for those who were there."""
