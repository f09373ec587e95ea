"""`samenspel open`: start all that a session needs, keep it going, stop it in order."""

from __future__ import annotations

import tempfile
import threading
import webbrowser
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from workshop.errors import InputError
from workshop.opening import network
from workshop.opening.child import new_log
from workshop.opening.keeping import Keeper
from workshop.opening.lab import TRIES as LAB_TRIES
from workshop.opening.lab import Lab
from workshop.opening.network import LOOPBACK, Address
from workshop.opening.notebooks import (
    FOLDER,
    RHYTHM,
    begins_at,
    kit_names,
    lay_down,
    lay_down_only,
)
from workshop.opening.reach import checked_url
from workshop.opening.room_process import RoomProcess
from workshop.opening.screen import Screen
from workshop.opening.stopping import asked_to_stop
from workshop.opening.synced import synced_by
from workshop.opening.watched_copy import copying
from workshop.session.copy import Copy, take_over
from workshop.session.exercise_file import check_exercises, exercise_files
from workshop.session.room_file import ROOM_FILE
from workshop.session.sessions import coming, resume_or_start, running
from workshop.session.store import Store, open_store
from workshop.views.running_order import order
from workshop.workspace import Workspace

LAB_PORT = 8888
ROOM_PORT = 8484
ROOM_TRIES = 20
LOG_FILE = ".samenspel.log"


@dataclass(frozen=True)
class Wanted:
    """What was asked for; what is ``None`` is chosen here."""

    port: int | None = None
    room_port: int | None = None
    address: str | None = None
    public_url: str | None = None
    copy_to: Path | None = None
    browser: bool = True


def open_workspace(workspace: Workspace, wanted: Wanted) -> None:
    """Open a workspace until told to stop (Ctrl-C, SIGTERM, a closed terminal).

    Raises ``InputError`` and ``WorkspaceError`` for what keeps it from opening: ``already_open``,
    ``no_such_address``, ``bad_public_url``, ``room_address_in_use``, ``room_not_started``,
    ``lab_not_started``, ``no_exercise_readable``, ``copy_inside``, ``copy_in_use``, or what the
    session database says. Nothing keeps running then.
    """
    screen = Screen(workspace.translator())
    public_url = checked_url(wanted.public_url) if wanted.public_url else None
    with asked_to_stop() as stopped, ExitStack() as stack:
        stack.enter_context(workspace.alone("already_open"))
        _look_at_folder(workspace, screen)
        store = open_store(workspace)
        stack.callback(store.close)
        copy = Copy(workspace, store, wanted.copy_to) if wanted.copy_to else None
        _check_exercises(workspace, screen)
        address = _address(wanted, public_url)
        room_port = _port(address.text, wanted.room_port, ROOM_PORT, ROOM_TRIES)
        lab_port = _port(LOOPBACK, wanted.port, LAB_PORT, LAB_TRIES, other_than=room_port)
        first = begins_at(workspace, store, _lay_down(workspace, store, screen))
        log = new_log(workspace.path / LOG_FILE)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="samenspel-")))
        lab = Lab(workspace, log, folder, lab_port, stopped)
        room = RoomProcess(workspace, log, address, room_port, public_url, stopped)
        # What is entered last stops first: the room, then a last copy, then JupyterLab.
        stack.callback(lab.stop)
        stack.enter_context(copying(copy, store, screen))
        _start_session(workspace, store, screen)
        lab.start()
        keeper = Keeper(workspace, store, screen, room, lab, fixed=wanted.address is not None)
        stack.callback((workspace.path / ROOM_FILE).unlink, missing_ok=True)
        stack.callback(room.stop)
        room.start()
        if not stopped.is_set():
            keeper.announce()
        lab.wait()
        if not stopped.is_set():
            _show(lab.url(f"{FOLDER}/{first}" if first else None), screen, wanted)
            _say_how_to_present(workspace, first, screen)
        keeper.keep(stopped)
        screen.say("open.stopping")
    screen.say("open.stopped", place=store.place)


def _show(url: str, screen: Screen, wanted: Wanted) -> None:
    screen.say("open.lab", url=url)
    screen.say("open.stop")
    if wanted.browser:
        # A browser that was not running yet may keep the call waiting.
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _say_how_to_present(workspace: Workspace, first: str | None, screen: Screen) -> None:
    if first:
        number = first.partition("-")[0]
        screen.say("open.present", path=str(workspace.path), notebook=number)


def _look_at_folder(workspace: Workspace, screen: Screen) -> None:
    if take_over(workspace):
        screen.warn("open.took_over", path=str(workspace.path))
    service = synced_by(workspace.path)
    if service and not workspace.settings.store:
        screen.warn("open.synced", path=str(workspace.path), service=service)


def _check_exercises(workspace: Workspace, screen: Screen) -> None:
    problems = check_exercises(workspace)
    for problem in problems:
        screen.warn("open.exercise", problem=screen.error(problem))
    if problems and len(problems) == len(exercise_files(workspace)):
        raise InputError("no_exercise_readable", n=len(problems))


def _lay_down(workspace: Workspace, store: Store, screen: Screen) -> tuple[str, ...]:
    """Lay down the agenda's notebooks, after the first session those of the rhythm as well.

    All of them where the agenda cannot be used, which is said.
    """
    try:
        order(workspace, screen.t)
        return lay_down(workspace, RHYTHM if coming(store) > 1 else ())
    except InputError as error:
        screen.warn("open.agenda", problem=screen.error(error))
        return lay_down_only(workspace, kit_names())


def _address(wanted: Wanted, public_url: str | None) -> Address:
    found = network.addresses()
    if wanted.address:
        return network.asked_for(wanted.address, found)
    # A tunnel runs on this machine, and then nobody else needs to come in.
    return network.asked_for(LOOPBACK, found) if public_url else network.best(found)


def _port(
    address: str, wanted: int | None, first: int, tries: int, other_than: int | None = None
) -> int:
    if wanted is not None:
        return network.free_port(address, wanted, 1)
    port = network.free_port(address, first, tries)
    return network.free_port(address, port + 1, tries) if port == other_than else port


def _start_session(workspace: Workspace, store: Store, screen: Screen) -> None:
    before = running(store)
    session = resume_or_start(store, workspace.settings.floor)
    again = before is not None and before.session_id == session.session_id
    key = "open.session.again" if again else "open.session.new"
    screen.say(key, client=workspace.settings.client, number=session.session_id)
