"""Experiments with a process that dies, or finds its disk full, at a write point of our choosing.

A worker process with every module loaded forks for each experiment, so that hundreds fit in a
minute; `faults.c` stands before the C library and counts what changes a folder, whoever does it.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
import signal
import struct
import subprocess
import sys
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
FULL = os.environ.get("SAMENSPEL_TORTURE") == "full"
COMPILER = shutil.which("cc")
_LAYOUT = struct.Struct("qqqq1024s1024s")


class Mode(IntEnum):
    """What happens at a write point, as `faults.c` numbers it."""

    OFF = 0
    COUNT = 1
    KILL = 2
    TORN = 3
    STOP = 4
    FULL = 5
    READ_ONLY = 6


class Outcome(NamedTuple):
    """How an experiment ended.

    ``status`` is the exit status, negative for a signal; ``points`` how many write points it came
    to, ``where`` the one at which the fault struck, if it did.
    """

    status: int
    out: str
    err: str
    points: int
    where: str

    @property
    def killed(self) -> bool:
        """Whether the process died of the fault."""
        return self.status == -signal.SIGKILL


class Control:
    """The page that an experiment's processes share with us."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(_LAYOUT.size))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _LAYOUT.size)

    def arm(self, mode: Mode, at: int, root: Path) -> None:
        """Let the fault strike at a write point beneath a folder."""
        self._page[:] = _LAYOUT.pack(mode, at, 0, 0, os.fsencode(root.resolve()), b"")

    def disarm(self) -> tuple[int, str]:
        """Let all be well again; return how many points there were, and where it struck."""
        _, _, points, hit, _, where = _LAYOUT.unpack(self._page[:])
        self._page[:8] = bytes(8)
        return points, os.fsdecode(where.rstrip(b"\0")) if hit else ""

    def struck(self) -> bool:
        """Tell whether the fault struck."""
        return bool(_LAYOUT.unpack(self._page[:])[3])


def compile_library(folder: Path) -> Path:
    """Compile the library that stands before the C library."""
    library = folder / "faults.so"
    source = Path(__file__).with_name("faults.c")
    command = [str(COMPILER), "-O2", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True)
    return library


class Worker:
    """A process that forks for each experiment; one at a time, or one that is held at a point."""

    def __init__(self, folder: Path, library: Path) -> None:
        self.folder = folder
        self.control = Control(folder / "control")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
            env={
                **os.environ,
                "LD_PRELOAD": str(library),
                "SAMENSPEL_FAULTS": str(folder / "control"),
                "LANG": "en_US.UTF-8",
                "OPENBLAS_NUM_THREADS": "1",
            },
        )
        self._ask({"act": "ready"})

    def run(
        self,
        act: str,
        *given: object,
        root: Path,
        mode: Mode = Mode.OFF,
        at: int = 1,
        bound: bool = False,
    ) -> Outcome:
        """Run an act (a function of `acts`) to its end, with a fault or without.

        ``bound`` takes from root what lets it write where the rights say no.
        """
        self.start(act, *given, root=root, mode=mode, at=at, bound=bound)
        return self.finish()

    def start(
        self,
        act: str,
        *given: object,
        root: Path,
        mode: Mode = Mode.OFF,
        at: int = 1,
        bound: bool = False,
    ) -> int:
        """Start an act and return its process."""
        self.control.arm(mode, at, root)
        asked = {
            "act": act,
            "given": [str(one) for one in given],
            "bound": bound,
            "out": str(self.folder / "out"),
            "err": str(self.folder / "err"),
        }
        return int(self._ask(asked))

    def finish(self) -> Outcome:
        """Wait for an act that was started."""
        status = int(self._ask({"act": "wait"}))
        points, where = self.control.disarm()
        out, err = ((self.folder / n).read_text("utf-8", "replace") for n in ("out", "err"))
        return Outcome(status, out, err, points, where)

    def close(self) -> None:
        """Stop the worker."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _ask(self, asked: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())
