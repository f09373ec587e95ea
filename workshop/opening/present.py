"""`samenspel present`: one notebook on the projector, until told to stop."""

from __future__ import annotations

import tempfile
import threading
import webbrowser
from contextlib import ExitStack
from pathlib import Path

from workshop.errors import WorkspaceError
from workshop.opening import network
from workshop.opening.child import new_log
from workshop.opening.network import LOOPBACK
from workshop.opening.notebooks import find
from workshop.opening.projector import Projector
from workshop.opening.reach import answers
from workshop.opening.screen import Screen
from workshop.opening.stopping import asked_to_stop
from workshop.session.room_file import read_room
from workshop.session.store import open_store
from workshop.workspace import Workspace

PORT = 8866
TRIES = 50
LOG_FILE = ".samenspel-present.log"
LOOK_SECONDS = 0.5
ROOM_PATIENCE = 2.0


def present(workspace: Workspace, name: str, port: int | None, *, browser: bool = True) -> None:
    """Show a notebook until told to stop (Ctrl-C, SIGTERM, a closed terminal).

    The room is `open`'s: without one the page works, and the screen says how to open it. Raises
    ``InputError`` (``unknown_notebook``, ``room_address_in_use``) and ``WorkspaceError``
    (``present_not_started``, ``present_ended``, ``workspace_busy``, or what the session database
    says); nothing keeps running then.
    """
    screen = Screen(workspace.translator())
    with asked_to_stop() as stopped, ExitStack() as stack:
        notebook = find(workspace, name)
        stack.enter_context(workspace.presenting())
        # What is wrong with the database is said here, not in every cell on the wall.
        open_store(workspace).close()
        place = network.free_port(LOOPBACK, port or PORT, TRIES if port is None else 1)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="samenspel-")))
        log = new_log(workspace.path / LOG_FILE)
        shown = Projector(workspace, notebook, log, folder, place, stopped)
        stack.callback(shown.stop)
        shown.start()
        if not stopped.is_set():
            _say(workspace, shown, screen, browser=browser)
        while not stopped.wait(LOOK_SECONDS):
            if not shown.runs:
                raise WorkspaceError("present_ended", log=str(shown.log))
    screen.say("present.stopped")


def _say(workspace: Workspace, shown: Projector, screen: Screen, *, browser: bool) -> None:
    if not _room_is_open(workspace):
        screen.warn("present.no_room", path=str(workspace.path))
    screen.say("present.page", url=shown.url)
    screen.say("present.keys")
    screen.say("present.stop")
    if browser:
        # A browser that was not running yet may keep the call waiting.
        threading.Thread(target=webbrowser.open, args=(shown.url,), daemon=True).start()


def _room_is_open(workspace: Workspace) -> bool:
    """Tell whether phones can join: after a crash the room's file may still be there."""
    room = read_room(workspace)
    return room is not None and answers(room.url.partition("/j/")[0], ROOM_PATIENCE)
