"""Keep an open room going: alive, at an address that this machine has, under today's code."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from workshop.errors import WorkshopError
from workshop.opening import network
from workshop.opening.lab import Lab
from workshop.opening.reach import answers, same_room
from workshop.opening.room_process import RoomProcess
from workshop.opening.screen import Screen
from workshop.session.room_file import RoomFile, read_room, write_room
from workshop.session.sessions import running
from workshop.session.store import Store
from workshop.workspace import Workspace

TICK_SECONDS = 0.5
LOOK_SECONDS = 3.0
PORTS = 20


@dataclass
class Keeper:
    """What looks after the room and JupyterLab; ``fixed`` is an address that was asked for."""

    workspace: Workspace
    store: Store
    screen: Screen
    room: RoomProcess
    lab: Lab
    fixed: bool
    _code: str = ""
    _next_look: float = field(default=0.0)
    _said: str = ""

    def announce(self) -> None:
        """Say how to join, on the screen and in the file that the notebook reads; then look."""
        here = self.room.address.url(self.room.port)
        joined = self._write()
        if joined is None:
            return
        self.screen.join(joined)
        outside = self.room.public_url
        if outside:
            self.screen.say("open.outside", url=outside, address=here)
            found = same_room(outside, here)
            self.screen.say("open.outside.works" if found else "open.outside.silent", url=outside)
        else:
            self.screen.network(self.room.address, self.room.port, network.addresses())
            if not answers(here):
                self.screen.warn("open.unanswered", address=here)
            elif self.room.address.kind != "loopback":
                self.screen.say("open.answered", address=here)
        self.screen.advice(joined)

    def keep(self, stopped: threading.Event) -> None:
        """Look after both until told to stop."""
        while not stopped.wait(TICK_SECONDS):
            self.look()

    def look(self) -> None:
        """Put right what went wrong since the last look."""
        self._keep_room()
        if self.lab.keep_up():
            self.screen.warn("open.lab.restarted")
        if time.monotonic() >= self._next_look:
            self._follow_network()
            self._follow_session()
            self._next_look = time.monotonic() + LOOK_SECONDS

    def _keep_room(self) -> None:
        kept = self.room.keep_up()
        if kept == "restarted":
            self._said = ""
            self.screen.say("open.room.restarted")
        elif kept == "failed":
            self._say_failed(self.room.problem)

    def _say_failed(self, problem: str) -> None:
        """Say why the room cannot be started, once for each reason."""
        if problem != self._said:
            self.screen.warn("open.room.failed", problem=problem)
            self._said = problem

    def _follow_network(self) -> None:
        """Go along when this machine changes networks, such as to a hotspot."""
        if self.fixed or self.room.public_url:
            return
        found = network.addresses()
        if self.room.address in found:
            return
        new = network.best(found)
        if new == self.room.address:
            return
        try:
            self.room.port = network.free_port(new.text, self.room.port, PORTS)
            self.room.move(new)
        except WorkshopError as error:
            self._say_failed(self.screen.error(error))
            return
        self.screen.warn("open.moved")
        self.announce()

    def _follow_session(self) -> None:
        """Say the new code where another session began."""
        before = self._code
        try:
            joined = self._write()
        except WorkshopError:
            # The room and the panel say what is wrong with the store; here it would be the third.
            return
        if joined is not None and before not in ("", joined.code):
            self.screen.say("open.code", code=joined.code)

    def _write(self) -> RoomFile | None:
        """Write where the room is, where that changed or is not there."""
        session = running(self.store)
        if session is None:
            return None
        place = self.room.address.place(self.room.port)
        outside = self.room.public_url
        joined = RoomFile(
            address=outside.removeprefix("https://") if outside else place,
            code=session.code,
            url=f"{outside or f'http://{place}'}/j/{session.code}",
        )
        if read_room(self.workspace) != joined:
            write_room(self.workspace, joined)
        self._code = session.code
        return joined
