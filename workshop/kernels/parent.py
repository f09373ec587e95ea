"""The warm parent: imports once, then forks a kernel for whoever asks.

Its arguments are two open files and the modules to import: the socket on which it is asked, and a
pipe that closes when the program that started it is gone. It has one thread and keeps to that,
for a fork takes no other along. The first line in the pipe is the secret that each request has to
name.
"""

from __future__ import annotations

import atexit
import hmac
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from workshop.kernels import wire

UNSAFE = 3
"""How it ends where a fork of it is not safe."""
READY = "ready"
FAILED = "failed"
ENDED = "ended"


class Request(NamedTuple):
    """What a kernel is asked to be: its arguments, environment, folder, streams, and the line."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    streams: list[int]
    line: socket.socket


class _Kernel(NamedTuple):
    """A running kernel: its process, the file that tells of its end, and who asked for it."""

    pid: int
    end: int
    line: socket.socket


class Parent:
    """Forks kernels, tells how each ended, and ends those that nobody waits for any more."""

    def __init__(self, listening: socket.socket, life: int, secret: str) -> None:
        self._secret = secret
        self._listening = listening
        self._selector = selectors.DefaultSelector()
        self._open: set[socket.socket | int] = set()
        self._kernels: set[int] = set()
        self._watch(life, None)
        self._watch(listening, lambda: self._accept())

    def serve(self) -> Request | None:
        """Return what was asked, in a fork; nothing where the program it served is gone."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj not in self._open:
                    continue  # closed by what came before it in this turn
                if key.data is None:
                    self._end()
                    return None
                request: Request | None = key.data()
                if request is not None:
                    return request

    def _watch(self, file: socket.socket | int, then: Callable[[], Any] | None) -> None:
        self._selector.register(file, selectors.EVENT_READ, then)
        self._open.add(file)

    def _close(self, file: socket.socket | int) -> None:
        self._selector.unregister(file)
        self._open.discard(file)
        os.close(file) if isinstance(file, int) else file.close()

    def _accept(self) -> None:
        line, _ = self._listening.accept()
        self._watch(line, lambda: self._asked(line))

    def _asked(self, line: socket.socket) -> Request | None:
        message, streams = wire.read(line)
        if message is None or not self._is_told(message):
            wire.close(streams)
            self._close(line)
            return None
        pid = os.fork()
        if not pid:
            self._forget(line)
            asked = message["arguments"], message["environment"], message["folder"]
            return Request(*asked, streams=streams, line=line)
        wire.close(streams)
        self._kernels.add(pid)
        self._selector.unregister(line)
        kernel = _Kernel(pid, os.pidfd_open(pid), line)
        self._watch(kernel.end, lambda: self._ended(kernel))
        self._watch(line, lambda: self._left(kernel))
        return None

    def _is_told(self, message: wire.Message) -> bool:
        """Tell whether a message names the secret: anyone on the machine can reach the socket."""
        named = str(message.get("secret")).encode()
        return hmac.compare_digest(named, self._secret.encode())

    def _ended(self, kernel: _Kernel) -> None:
        # Before it is waited for: until then nothing else can have its number.
        _kill_all(kernel.pid)
        _, status = os.waitpid(kernel.pid, 0)
        self._kernels.discard(kernel.pid)
        self._close(kernel.end)
        if kernel.line in self._open:
            wire.say(kernel.line, {ENDED: os.waitstatus_to_exitcode(status)})
            self._close(kernel.line)

    def _left(self, kernel: _Kernel) -> None:
        self._close(kernel.line)
        _kill_all(kernel.pid)

    def _end(self) -> None:
        for pid in self._kernels:
            _kill_all(pid)

    def _forget(self, line: socket.socket) -> None:
        """Close in a fork what is the parent's, or a client would wait for it."""
        for file in self._open - {line}:
            os.close(file) if isinstance(file, int) else file.close()
        self._selector.close()


def _kill_all(pid: int) -> None:
    """Kill a kernel and what it started; it leads a group of its own soon after its fork."""
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)


def main() -> None:
    """Serve until the program that started this is gone; in a fork, be a kernel until told."""
    listener, life, *modules = sys.argv[1:]
    # Registered first, it runs last, after all that a kernel has to put in order.
    atexit.register(_leave)
    from workshop.kernels.warming import warm_up

    if not warm_up(modules):
        os._exit(UNSAFE)
    with os.fdopen(os.dup(int(life))) as first:
        secret = first.readline().rstrip("\n")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    parent = os.getpid()
    request = Parent(socket.socket(fileno=int(listener)), int(life), secret).serve()
    if request is not None:
        from workshop.kernels.kernel import run

        run(request, parent)


def _leave() -> None:
    """End without taking down an interpreter this full, which takes longer than a fork."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)
