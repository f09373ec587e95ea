"""The room's server as a process of its own, started again when it dies."""

from __future__ import annotations

import json
import queue
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from workshop.errors import WorkspaceError
from workshop.opening.child import Child
from workshop.opening.network import Address
from workshop.workspace import Workspace

START_SECONDS = 60.0
STOP_SECONDS = 10.0
LONGEST_WAIT = 10.0
Kept = Literal["runs", "restarted", "failed", "waits"]


@dataclass
class RoomProcess:
    """The server of one workspace's room at an address and port that stay the same."""

    workspace: Workspace
    log: Path
    address: Address
    port: int
    public_url: str | None
    stopped: threading.Event
    """Set when nobody waits for the room any more."""
    child: Child | None = None
    problem: str = ""
    """What the server said when it last could not be started."""
    _failures: int = 0
    _next_try: float = field(default=0.0)

    def start(self) -> None:
        """Start it and return when it listens.

        Raises ``WorkspaceError`` (``room_not_started``) with what the server said.
        """
        command = ["-m", "workshop.room", str(self.workspace.path), "--host", self.address.text]
        command += ["--port", str(self.port)]
        command += ["--public-url", self.public_url] if self.public_url else []
        self.child = Child(command, self.log, said=True)
        if self._listens(self.child) or self.stopped.is_set():
            return
        self.child.stop(STOP_SECONDS)
        self.problem = self.child.last_words()
        raise WorkspaceError("room_not_started", problem=self.problem, log=str(self.log))

    def keep_up(self) -> Kept:
        """Start it again where it died, later each time that this fails; say what became of it."""
        if self.child is not None and self.child.status is None:
            return "runs"
        if time.monotonic() < self._next_try:
            return "waits"
        try:
            self.start()
        except WorkspaceError:
            self._failures += 1
            self._next_try = time.monotonic() + min(2.0**self._failures, LONGEST_WAIT)
            return "failed"
        self._failures = 0
        return "restarted"

    def move(self, address: Address) -> None:
        """Serve at another address; raise ``WorkspaceError`` as `start` does."""
        self.stop()
        self.address = address
        self.start()

    def stop(self) -> None:
        """Stop it: what it acknowledged is saved."""
        if self.child is not None:
            self.child.stop(STOP_SECONDS)

    def _listens(self, child: Child) -> bool:
        """Wait until the server says its port, ends, or takes too long."""
        said: queue.SimpleQueue[str] = queue.SimpleQueue()
        output = child.process.stdout
        assert output is not None
        threading.Thread(target=lambda: said.put(output.readline().decode()), daemon=True).start()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not self.stopped.is_set():
            try:
                line = said.get(timeout=0.1)
            except queue.Empty:
                continue
            return bool(line) and int(json.loads(line)["port"]) == self.port
        return False
