"""Make reports of many clients with one worker and with more: the pace, and the memory.

Memory is what the whole family of processes holds, each shared page counted once in all, as the
system tells it (PSS). Read the ratios: other work on the machine drags the seconds along.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import psutil
from generated import generate

CLIENTS = 8
JOBS = (1, 2)
LEADS = 2000
LOOK_SECONDS = 0.25
MIB = 1 << 20


class Took(NamedTuple):
    """One batch: its seconds, and the most memory it held until each report was there."""

    seconds: float
    most: list[int]


class Watch(threading.Thread):
    """Looks at what a process and all its children hold, and remembers the most."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__(daemon=True)
        self._process = process
        self.most = 0

    def run(self) -> None:
        """Look until the process is gone."""
        while self._process.is_running():
            self.most = max(self.most, sum(held(one) for one in self._family()))
            time.sleep(LOOK_SECONDS)

    def _family(self) -> list[psutil.Process]:
        try:
            return [self._process, *self._process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def held(process: psutil.Process) -> int:
    """Return the memory of a process, a shared page in parts; none where it is gone."""
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def batch(clients: list[Path], kind: str, jobs: int, *more: str) -> Took:
    """Make the report of each client anew; note the memory as each is there."""
    command = [sys.executable, "-m", "workshop", "report", *map(str, clients)]
    options = ["--kind", kind, "--jobs", str(jobs), "--again", *more]
    begin = time.perf_counter()
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        watch = Watch(psutil.Process(process.pid))
        watch.start()
        assert process.stderr is not None
        most = [watch.most for line in process.stderr if line[0].isdecimal()]
    if process.returncode:
        raise SystemExit(process.returncode)
    return Took(time.perf_counter() - begin, most)


def lay_down(folder: Path, number: int, leads: int) -> list[Path]:
    """Lay down so many generated clients."""
    return [generate(folder / f"client-{n}", leads, n).path for n in range(number)]


def main() -> None:
    """Print a row for each number of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--kind", default="audit")
    parser.add_argument("--jobs", type=int, nargs="+", default=JOBS)
    parser.add_argument("--leads", type=int, default=LEADS)
    parser.add_argument("--benchmark", action="store_true", help="each client among the others")
    call = parser.parse_args()
    print("| --jobs | s a report | MiB after two reports a worker | MiB in all |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        clients = lay_down(Path(temporary), call.clients, call.leads)
        for jobs in call.jobs:
            file = Path(temporary) / f"peers-{jobs}.json"
            more = ("--benchmark", str(file)) if call.benchmark else ()
            took = batch(clients, call.kind, jobs, *more)
            early = took.most[min(2 * jobs, len(took.most)) - 1]
            each = took.seconds / len(clients)
            print(f"| {jobs} | {each:.1f} | {early / MIB:.0f} | {took.most[-1] / MIB:.0f} |")


if __name__ == "__main__":
    main()
