"""A program that runs beside this one, and is gone when this one is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

WATCH_SECONDS = 1.0


class Child:
    """A process of its own session, so that Ctrl-C reaches it only through `stop`.

    What it says on stderr goes to ``log``.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        *,
        said: bool = False,
    ) -> None:
        with log.open("ab") as errors:
            self._before = errors.tell()
            self.process = subprocess.Popen(
                [sys.executable, *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if said else errors,
                stderr=errors,
                env={**os.environ, **(environment or {})},
                **_apart(),
            )
        self.log = log

    @property
    def status(self) -> int | None:
        """How it ended, or ``None`` while it runs."""
        return self.process.poll()

    def last_words(self) -> str:
        """Return the last line that it wrote to its log; empty where it wrote none."""
        with self.log.open("rb") as log:
            log.seek(self._before)
            lines = log.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def stop(self, patience: float) -> None:
        """Ask it to stop; after ``patience`` seconds end it and all that it started."""
        started = self._family()
        if self.status is None:
            self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        _, alive = psutil.wait_procs(started, timeout=2.0 if self.status is not None else 0.0)
        for one in alive:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _family(self) -> list[psutil.Process]:
        try:
            own = psutil.Process(self.process.pid)
            return [own, *own.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def new_log(path: Path) -> Path:
    """Return an empty log that only the facilitator reads."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    return path


def wait_until_orphaned() -> None:
    """Return when the process that started this one is gone."""
    try:
        parent = psutil.Process(os.getppid())
        while parent.is_running() and os.getppid() == parent.pid:
            time.sleep(WATCH_SECONDS)
    except psutil.NoSuchProcess:
        return


def end_with_parent() -> None:
    """Ask this process to stop as soon as the one that started it is gone."""
    wait_until_orphaned()
    os.kill(os.getpid(), signal.SIGTERM)


def _apart() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
