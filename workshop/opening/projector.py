"""The process that shows one notebook on a projector: started, waited for, stopped."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from workshop.errors import WorkspaceError
from workshop.opening.child import Child
from workshop.opening.network import LOOPBACK
from workshop.opening.voila_page import TEMPLATE
from workshop.resources import kit
from workshop.workspace import Workspace

START_SECONDS = 120.0
STOP_SECONDS = 20.0


@dataclass
class Projector:
    """One Voilà for one notebook, its token, and the folder for its own files."""

    workspace: Workspace
    notebook: Path
    log: Path
    folder: Path
    port: int
    stopped: threading.Event
    token: str = field(default_factory=lambda: secrets.token_hex(24))
    child: Child | None = None

    def start(self) -> None:
        """Start it and return when it listens, or nobody waits any more.

        Raises ``WorkspaceError`` (``present_not_started``) with what it said.
        """
        self._lay_down_template()
        place = [str(self.workspace.path), str(self.notebook), str(self.port), str(self.folder)]
        self.child = Child(
            ["-m", "workshop.opening.voila_page", *place], self.log, self._environment()
        )
        deadline = time.monotonic() + START_SECONDS
        while not self.stopped.is_set() and not self._listens():
            if self.child.status is not None or time.monotonic() > deadline:
                problem = self.child.last_words()
                raise WorkspaceError("present_not_started", problem=problem, log=str(self.log))
            time.sleep(0.1)

    @property
    def url(self) -> str:
        """Where to open it, with its token."""
        return f"http://{LOOPBACK}:{self.port}/?token={self.token}"

    @property
    def runs(self) -> bool:
        """Whether it is still there."""
        return self.child is not None and self.child.status is None

    def stop(self) -> None:
        """Stop it and its kernels."""
        if self.child is not None:
            self.child.stop(STOP_SECONDS)

    def _listens(self) -> bool:
        try:
            socket.create_connection((LOOPBACK, self.port), timeout=1.0).close()
        except OSError:
            return False
        return True

    def _lay_down_template(self) -> None:
        """Put the page's template where Voilà looks for templates."""
        there = self.folder / "data" / "voila" / "templates" / TEMPLATE
        shutil.copytree(kit("templates", TEMPLATE), there)

    def _environment(self) -> dict[str, str]:
        others = os.environ.get("JUPYTER_PATH", "")
        return {
            # By the environment: a command line can be read by anyone on the machine.
            "JUPYTER_TOKEN": self.token,
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_CONFIG_PATH": "",
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "JUPYTER_PATH": os.pathsep.join(filter(None, [str(self.folder / "data"), others])),
        }
