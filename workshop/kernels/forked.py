"""A kernel that was forked elsewhere, held as Jupyter holds a process that it started."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import suppress

from workshop.kernels import wire
from workshop.kernels.parent import ENDED


class Forked:
    """What `subprocess.Popen` is to a child; the warm parent tells how it ended."""

    stdin = stdout = stderr = None

    def __init__(self, line: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._line = line

    def poll(self) -> int | None:
        """Return how it ended, or nothing while it runs."""
        if self.returncode is None:
            with suppress(BlockingIOError):
                message, _ = wire.read(self._line)
                # No message: the parent is gone, and its kernels with it.
                self._end(-signal.SIGKILL if message is None else message[ENDED])
        return self.returncode

    def wait(self) -> int:
        """Return how it ended; wait for that."""
        if self.returncode is None:
            self._line.setblocking(True)
            self.poll()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def _end(self, status: int) -> None:
        self.returncode = status
        self._line.close()
