"""Be a kernel, in a process that has just been forked."""

from __future__ import annotations

import atexit
import ctypes
import errno
import gc
import os
import random
import signal
import sys
import threading
import time
from importlib import import_module
from typing import Any

from zmq import ZMQError

from workshop.kernels import wire
from workshop.kernels.parent import FAILED, READY, Request

_PR_SET_PDEATHSIG = 1
_ANSWER_SECONDS = 1.0
_COLLECTED = (20_000, 10, 20)
"""Compiling a query makes thousands of small objects, which go by themselves."""


def run(request: Request, parent: int) -> None:
    """Run a kernel until it is told to stop; whoever asked hears when its ports are bound."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with(parent)
    _take_over(request)
    _reseed()
    gc.set_threshold(*_COLLECTED)
    gc.enable()
    app: Any = import_module("ipykernel.kernelapp").IPKernelApp.instance()
    try:
        _initialize(app, [*request.arguments, f"--IPKernelApp.parent_handle={parent}"])
    except ZMQError as error:  # its ports were free when they were chosen
        wire.say(request.line, {FAILED: str(error)})
        raise SystemExit(1) from None
    atexit.register(_finish_control, app.control_thread)
    _attach_inline()
    wire.say(request.line, {READY: os.getpid()})
    request.line.close()
    app.start()


def _initialize(app: Any, arguments: list[str]) -> None:
    """Bind the kernel's ports; raise ``ZMQError`` where one is taken, that of the heartbeat too."""
    before = threading.excepthook
    threading.excepthook = lambda given: None  # the heartbeat's thread says it on stderr
    try:
        app.initialize(arguments)
    finally:
        threading.excepthook = before
    if not app.heartbeat.is_alive():
        raise ZMQError(errno.EADDRINUSE)


def _finish_control(thread: Any) -> None:
    """Let the request to end be answered before the kernel closes the channel for output.

    Otherwise, once in ten times, the answer waits ten seconds for that channel.
    """
    thread.stop()
    thread.join(_ANSWER_SECONDS)


def _end_with(parent: int) -> None:
    """Have the system end this process when its parent ends, which it may have by now."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _take_over(request: Request) -> None:
    """Take the environment, folder and streams that a new process would have had."""
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    os.chdir(request.folder)
    for number, stream in enumerate(request.streams):
        os.dup2(stream, number)
    wire.close(request.streams)
    sys.argv = ["ipykernel_launcher.py", *request.arguments]


def _reseed() -> None:
    """Give this kernel random numbers of its own: a fork goes on where its parent was."""
    random.seed()
    if "numpy" in sys.modules:
        import numpy as np

        np.random.seed()


def _attach_inline() -> None:
    """Have figures shown in the notebook: matplotlib read this when the parent imported it."""
    if "matplotlib" in sys.modules:
        import matplotlib

        matplotlib.rcParams["backend"] = os.environ["MPLBACKEND"]
