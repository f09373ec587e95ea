"""JupyterLab on this machine alone: ``python -m workshop.opening.lab``, started by `Lab`."""

from __future__ import annotations

import json
import secrets
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from workshop.errors import WorkspaceError
from workshop.kernels.warm import by_default, prepare
from workshop.opening.child import Child, end_with_parent
from workshop.opening.network import LOOPBACK
from workshop.workspace import Workspace

START_SECONDS = 180.0
STOP_SECONDS = 20.0
AGAIN_SECONDS = 10.0
"""One that ends as soon as it starts is not started without pause."""
TRIES = 50
_SILENT = {
    # Each of these would ask a server outside for something.
    "@jupyterlab/apputils-extension:announcements": True,
    "@jupyterlab/extensionmanager-extension": True,
}


@dataclass
class Lab:
    """One JupyterLab, its token, and the folder for its own files, which goes with it."""

    workspace: Workspace
    log: Path
    folder: Path
    port: int
    stopped: threading.Event
    token: str = field(default_factory=lambda: secrets.token_hex(24))
    child: Child | None = None
    _started: float = 0.0

    def start(self) -> None:
        """Start it; it listens some seconds later."""
        _write_config(self.folder)
        self._started = time.monotonic()
        command = ["-m", "workshop.opening.lab", *_options(self.workspace, self.port)]
        self.child = Child(command, self.log, self._environment())

    def wait(self) -> None:
        """Return when it listens, or nobody waits any more; raise ``WorkspaceError`` if it ended.

        The code is ``lab_not_started``.
        """
        assert self.child is not None
        info = self.folder / "runtime" / f"jpserver-{self.child.process.pid}.json"
        deadline = time.monotonic() + START_SECONDS
        while not info.exists():
            if self.stopped.is_set():
                return
            if self.child.status is not None or time.monotonic() > deadline:
                raise WorkspaceError("lab_not_started", log=str(self.log))
            time.sleep(0.1)
        self.port = _port(info, self.port)

    def url(self, notebook: str | None) -> str:
        """Return where to open it, with its token, at a notebook where there is one."""
        place = f"/tree/{quote(notebook)}" if notebook else ""
        return f"http://{LOOPBACK}:{self.port}/lab{place}?token={self.token}"

    def keep_up(self) -> bool:
        """Start it again where it ended; tell whether that was so."""
        if self.child is None or self.child.status is None:
            return False
        if time.monotonic() < self._started + AGAIN_SECONDS:
            return False
        self.start()
        return True

    def stop(self) -> None:
        """Stop it and its kernels."""
        if self.child is not None:
            self.child.stop(STOP_SECONDS)

    def _environment(self) -> dict[str, str]:
        from jupyterlab.commands import get_user_settings_dir

        return {
            # By the environment: a command line can be read by anyone on the machine.
            "JUPYTER_TOKEN": self.token,
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_CONFIG_PATH": "",
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            # The facilitator's own preferences, whichever folder is open.
            "JUPYTERLAB_SETTINGS_DIR": str(get_user_settings_dir()),
            **by_default(),
        }


def _options(workspace: Workspace, port: int) -> list[str]:
    return [
        f"--ServerApp.ip={LOOPBACK}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={workspace.path.absolute()}",
        "--ServerApp.open_browser=False",
        "--ServerApp.allow_remote_access=False",
        "--ServerApp.terminals_enabled=False",
        "--ServerApp.quit_button=False",
        "--ServerApp.log_level=WARN",
        # Whoever starts it as root in a container is already alone on the machine.
        "--ServerApp.allow_root=True",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]


def _write_config(folder: Path) -> None:
    config = folder / "config" / "labconfig"
    config.mkdir(parents=True, exist_ok=True)
    (folder / "runtime").mkdir(exist_ok=True)
    # Language servers are for those who write code, and looking for them starts npm.
    server = {"ServerApp": {"jpserver_extensions": {"jupyter_lsp": False}}}
    (folder / "config" / "jupyter_server_config.json").write_text(json.dumps(server), "utf-8")
    (config / "page_config.json").write_text(json.dumps({"disabledExtensions": _SILENT}), "utf-8")


def _port(info: Path, otherwise: int) -> int:
    """Return the port that a server noted down, which it may still be doing."""
    for _ in range(20):
        try:
            return int(json.loads(info.read_text("utf-8"))["port"])
        except ValueError:
            time.sleep(0.05)
    return otherwise


def main() -> Any:
    """Run JupyterLab until it is told to stop, or whoever started it is gone."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    prepare()
    from jupyterlab.labapp import main as lab

    return lab()


if __name__ == "__main__":
    sys.exit(main())
