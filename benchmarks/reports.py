"""Make session reports in every way, side by side: what each way costs above the work itself.

The floor is the same cells, page and PDF in one process that has done it before. The ways take
turns, client by client, each in a process of its own that was warmed with one report; the medians
are shown. Read the ratios: other work on the machine drags all of them along.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from workshop.kernels.warm import ADDRESS, STOCK, WarmParent
from workshop.resources import kit

CLIENTS = 20
SHELL_RUNS = 3
LAST = dt.date(2026, 10, 31)
NAMES = {
    "floor": "the same in one warm process: the floor",
    "forked": "a kernel forked from a warm parent",
    "stock": "a new kernel for each report",
}


class Took(NamedTuple):
    """The seconds of one report: its cells, and all of it with page, PDF and tables."""

    cells: float
    chain: float


class Worker:
    """A process that makes reports in one way, one at a time."""

    def __init__(self, way: str, notebook: Path, environment: Mapping[str, str]) -> None:
        command = [sys.executable, __file__, "--worker", way, "--notebook", str(notebook)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environment},
            text=True,
        )

    def begin(self, client: Path) -> None:
        """Have it make one client's report, of a day of its own."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{client}\n")
        self._process.stdin.flush()

    def end(self) -> Took:
        """Wait for that report."""
        assert self._process.stdout is not None
        return Took(*json.loads(self._process.stdout.readline()))

    def make(self, client: Path) -> Took:
        """Make one client's report."""
        self.begin(client)
        return self.end()

    def stop(self) -> None:
        """Let it go."""
        self._process.communicate()


def work(way: str, notebook: Path) -> None:
    """Make the report of each client whose folder is read from stdin; print what it took."""
    from workshop.reports import make
    from workshop.reports.execute import executed
    from workshop.reports.pdf import as_pdf
    from workshop.workspace import Workspace

    # Not while cells run here: its import takes stdout for a moment, and so do they.
    as_pdf("<p>")
    engine = _in_this_process if way == "floor" else executed
    cells = [0.0]

    def timed(*given: Any) -> Any:
        begin = time.perf_counter()
        ran = engine(*given)
        cells[0] = time.perf_counter() - begin
        return ran

    vars(make).update(executed=timed, notebook_of=lambda kind: notebook)
    for line in sys.stdin:
        workspace = Workspace.open(Path(line.strip()))
        begin = time.perf_counter()
        make.make_report(workspace, "session", as_of=day_of(workspace.path))
        print(json.dumps([cells[0], time.perf_counter() - begin]), flush=True)


def _in_this_process(notebook: Any, name: str, parameters: dict[str, str], folder: Path) -> Any:
    """Run a notebook's cells here, in names of their own, and return it with its outputs."""
    shell = import_module("IPython.core.interactiveshell").InteractiveShell.instance()
    capture = import_module("IPython.utils.capture").capture_output
    new_output = import_module("nbformat").v4.new_output
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        with capture() as said:
            exec(shell.transform_cell(cell.source), names)
        cell.outputs = [new_output("display_data", shown.data) for shown in said.outputs]
        if "parameters" in cell.metadata.get("tags", ()):
            names |= parameters
    return notebook


def day_of(client: Path) -> str:
    """Return the day of a client's report: no two have the same figures, as clients have not."""
    number = int(client.name.rpartition("-")[2])
    return str(LAST - dt.timedelta(weeks=number))


def naive(client: Path, notebook: Path, folder: Path) -> float:
    """Make a report as one would by hand: papermill, nbconvert and a browser; return its time."""
    ran, page = folder / "ran.ipynb", folder / "ran.html"
    parameters = {"workspace": str(client), "language": "nl", "as_of": day_of(client), "seed": "0"}
    given = [part for pair in parameters.items() for part in ("-r", *pair)]
    browser = shutil.which("chromium") or "chromium"
    begin = time.perf_counter()
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}"]
    for command in (
        [sys.executable, "-m", "papermill", str(notebook), str(ran), *given],
        [sys.executable, "-m", "nbconvert", "--to", "html", "--no-input", str(ran)],
        [browser, *options, f"--print-to-pdf={folder / 'ran.pdf'}", page.as_uri()],
    ):
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return time.perf_counter() - begin


def from_the_shell(client: Path) -> float:
    """Run ``samenspel report`` for one client; return its time, from the call to the files."""
    command = [sys.executable, "-m", "workshop", "report", str(client), "--kind", "session"]
    begin = time.perf_counter()
    subprocess.run([*command, "--as-of", day_of(client)], check=True, capture_output=True)
    return time.perf_counter() - begin


@contextmanager
def workers(notebook: Path, ways: Sequence[str]) -> Iterator[dict[str, Worker]]:
    """Start one worker a way, and a second one for the forked kernels, which share a parent."""
    with ExitStack() as stack:
        parent = WarmParent()
        stack.callback(parent.stop)
        shared = {ADDRESS: str(parent.address)}
        environments: dict[str, dict[str, str]] = {
            "floor": {},
            "forked": shared,
            "second": shared,
            "stock": {STOCK: "1"},
        }
        found = {
            way: Worker("forked" if way == "second" else way, notebook, environment)
            for way, environment in environments.items()
            if way in (*ways, "second")
        }
        for worker in found.values():
            stack.callback(worker.stop)
        yield found


def two_at_once(pair: Sequence[Worker], clients: Sequence[Path]) -> float:
    """Make two clients' reports at the same time; return the time until both are there."""
    begin = time.perf_counter()
    for worker, client in zip(pair, clients, strict=True):
        worker.begin(client)
    for worker in pair:
        worker.end()
    return time.perf_counter() - begin


def compare(
    clients: Sequence[Path], notebook: Path, ways: Sequence[str]
) -> tuple[dict[str, list[Took]], list[float]]:
    """Make every client's report in every way, in turns; and pairs of them with two workers."""
    took: dict[str, list[Took]] = {way: [] for way in ways}
    pairs = []
    with workers(notebook, ways) as found:
        for worker in found.values():
            worker.make(clients[0])
        for number, client in enumerate(clients):
            for way in ways:
                took[way].append(found[way].make(client))
            other = clients[number - 1]
            pairs.append(two_at_once([found["forked"], found["second"]], [client, other]))
    return took, pairs


def print_ways(took: dict[str, list[Took]], pairs: list[float]) -> None:
    """Print a row a way: its cells, and the whole report, each beside its floor."""
    print(
        "| s a report | cells | × floor | with page, PDF, tables | × floor |\n|---|---|---|---|---|"
    )
    medians = {
        way: Took(*(statistics.median(part) for part in zip(*times, strict=True)))
        for way, times in took.items()
    }
    floor = medians["floor"]
    for way, (cells, chain) in medians.items():
        print(
            f"| {NAMES[way]} | {cells:.2f} | {cells / floor.cells:.2f} "
            f"| {chain:.2f} | {chain / floor.chain:.2f} |"
        )
    each = statistics.median(pairs) / 2
    print(f"| forked, two workers | | | {each:.2f} | {each / floor.chain:.2f} |")
    gain = medians["forked"].chain / each
    print(f"\nTwo workers make {gain:.2f} times the reports of one. {len(pairs)} clients.")


def print_one(by_hand: list[float], ours: list[float]) -> None:
    """Print what one client's report takes, from the shell to the files."""
    print("\n| one client, from the shell to the files | s | × by hand |\n|---|---|---|")
    hand = statistics.median(by_hand)
    print(f"| papermill, nbconvert and a browser | {hand:.2f} | 1.00 |")
    report = statistics.median(ours)
    print(f"| `samenspel report` | {report:.2f} | {report / hand:.2f} |")


def clients_in(folder: Path, number: int, like: Path | None) -> list[Path]:
    """Lay down so many clients, each with the CRM of a workspace or else the example company's."""
    clients = [folder / f"client-{n}" for n in range(number)]
    if like is None:
        from workshop.demo import example_workspace, import_example

        for _ in import_example(example_workspace(clients[0])):
            pass
    for client in clients[like is None :]:
        shutil.copytree(like or clients[0], client)
    return clients


def main() -> None:
    """Print the tables that the README quotes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--runs", type=int, default=SHELL_RUNS, help="of the shell's commands")
    parser.add_argument(
        "--notebook", type=Path, default=kit("notebooks/reports/session-report.ipynb")
    )
    parser.add_argument("--like", type=Path, metavar="PATH", help="a workspace, for the example's")
    parser.add_argument("--without", choices=["stock"], nargs="*", default=[])
    parser.add_argument("--worker", choices=NAMES)
    call = parser.parse_args()
    if call.worker:
        work(call.worker, call.notebook)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        clients = clients_in(folder, call.clients, call.like)
        ways = [way for way in NAMES if way not in call.without]
        print_ways(*compare(clients, call.notebook, ways))
        by_hand, ours = [], []
        for _ in range(call.runs):
            by_hand.append(naive(clients[0], call.notebook, folder))
            ours.append(from_the_shell(clients[0]))
        if by_hand:
            print_one(by_hand, ours)


if __name__ == "__main__":
    main()
