"""The copy of `open --copy-to`, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from workshop.opening.copying import Copying
from workshop.opening.screen import Screen
from workshop.session.copy import Copy, same_disk
from workshop.session.store import Store


@contextmanager
def copying(copy: Copy | None, store: Store, screen: Screen) -> Iterator[None]:
    """Keep a copy while the block runs, and bring it up to date at its end.

    Raises ``InputError`` for a folder that cannot be a copy of this workspace.
    """
    if copy is None:
        yield
        return
    path = str(copy.folder)
    watched = Copying(
        copy,
        fails=lambda problem: screen.warn("open.copy.fails", path=path, problem=problem),
        works=lambda: screen.say("open.copy.works", path=path),
        over=lambda error: screen.warn("open.copy.over", problem=screen.error(error)),
    )
    try:
        copy.prepare()
    except OSError as error:
        watched.note(str(error))
    else:
        _say(copy, store, screen)
    watched.start()
    try:
        yield
    finally:
        if not watched.stop():
            screen.warn("open.copy.behind", path=path)


def _say(copy: Copy, store: Store, screen: Screen) -> None:
    path = str(copy.folder)
    if copy.database is None:
        screen.say("open.copy.postgres", place=store.place, path=path)
        return
    screen.say("open.copy", path=path)
    if same_disk(copy.workspace.path, copy.folder):
        screen.warn("open.copy.same_disk", path=path)
