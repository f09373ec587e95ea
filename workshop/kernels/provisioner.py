"""Jupyter's way to a forked kernel: the provisioner that the kernelspec ``samenspel`` names."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo, LocalPortCache, port_names
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import List, Unicode

from workshop.kernels import wire
from workshop.kernels.forked import Forked
from workshop.kernels.parent import READY
from workshop.kernels.warm import ADDRESS, IMPORTS, Address, can_fork, warm_parent

POLL_SECONDS = 0.005
START_SECONDS = 60.0
_TRIES = 3
"""Since it was last asked the parent may have been killed, and a port may have been taken."""
_LAUNCHER = ["-m", "ipykernel_launcher"]
_NO_MATTER = {"-Xfrozen_modules=off"}
"""An option of the interpreter that a fork does without; Jupyter gives it for its debugger."""


class ForkProvisioner(LocalProvisioner):
    """Forks kernels from the warm parent, and starts what cannot be forked as Jupyter does.

    That is a kernel of another interpreter, one with streams that a fork cannot take, or any
    where the system has no forks.
    """

    imports = List(Unicode(), list(IMPORTS), help="What the warm parent imports.").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel, or start one; return how to connect to it."""
        arguments = _arguments(cmd) if can_fork() else None
        process = None if arguments is None else await self._fork(arguments, kwargs)
        if process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast("subprocess.Popen[bytes]", process)
        self.pid = self.pgid = process.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the kernel's end, and notice it soon."""
        while self.process is not None and self.process.poll() is None:
            await asyncio.sleep(POLL_SECONDS)
        return await super().wait()

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Wait for the kernel that was just asked to end, sooner than its manager looks."""
        seconds = self.get_shutdown_wait_time() / 2
        for _ in range(int(seconds / POLL_SECONDS)):
            if self.process is None or self.process.poll() is not None:
                return
            await asyncio.sleep(POLL_SECONDS)

    async def _fork(self, arguments: list[str], given: Mapping[str, Any]) -> Forked | None:
        """Return a forked kernel whose ports are bound; nothing where there is none to be had."""
        environment = dict(given.get("env") or os.environ)
        problem: object = "another environment"
        for again in range(_TRIES):
            try:
                if again:
                    self._choose_other_ports()
                address = warm_parent(environment, self.imports)
                if address is None:
                    break
                asked = _asked(address, arguments, environment, given)
                return await asyncio.wait_for(asked, START_SECONDS)
            except (OSError, TimeoutError) as error:
                problem = error
        self.log.info("A kernel is started, not forked: %s", problem)
        return None

    def _choose_other_ports(self) -> None:
        """Choose ports that are free now: one of the last ones was taken before it was bound."""
        manager: Any = self.parent
        cache = LocalPortCache.instance()
        manager.cleanup_connection_file()
        for name in port_names:
            setattr(manager, name, cache.find_available_port(manager.ip))
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()


async def _asked(
    address: Address, arguments: list[str], environment: dict[str, str], given: Mapping[str, Any]
) -> Forked:
    """Ask a warm parent for a kernel; raise ``OSError`` where it gives none."""
    message = {
        "secret": address.secret,
        "arguments": arguments,
        "environment": {k: v for k, v in environment.items() if k != ADDRESS},
        "folder": str(Path(given.get("cwd") or Path.cwd()).absolute()),
    }
    line = wire.connected(address.place)
    try:
        with ExitStack() as stack:
            wire.send(line, message, _streams(given, stack))
        line.setblocking(False)
        pid = await _ready(line)
    except BaseException:
        line.close()  # which ends a kernel that nobody asks for any more
        raise
    return Forked(line, pid)


async def _ready(line: socket.socket) -> int:
    """Return the process of the kernel that was asked for, once its ports are bound."""
    while True:
        try:
            message, _ = wire.read(line)
        except BlockingIOError:
            await asyncio.sleep(POLL_SECONDS)
            continue
        if message is None or READY not in message:
            raise ConnectionError(f"no kernel: {message}")
        return int(message[READY])


def _streams(given: Mapping[str, Any], stack: ExitStack) -> list[int]:
    """Return the files of stdin, stdout and stderr; raise ``OSError`` where one is a new pipe."""
    files = []
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = given.get(name)
        if stream == subprocess.PIPE:
            raise OSError(f"a pipe for {name}")
        if stream == subprocess.DEVNULL or (stream is None and not number):
            stream = os.open(os.devnull, os.O_RDWR)
            stack.callback(os.close, stream)
        files.append(number if stream is None else _file(stream))
    return files


def _file(stream: Any) -> int:
    return stream if isinstance(stream, int) else int(stream.fileno())


def _arguments(cmd: list[str]) -> list[str] | None:
    """Return what a command gives ipykernel; nothing where it starts something else."""
    if cmd[:1] != [sys.executable] or "-m" not in cmd:
        return None
    start = cmd.index("-m")
    ours = cmd[start : start + 2] == _LAUNCHER and set(cmd[1:start]) <= _NO_MATTER
    return cmd[start + 2 :] if ours else None
