"""What the experiments share: the library of faults, one worker, a folder that anyone may read."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture.faults import COMPILER, FULL, Worker, compile_library

_TRIED: Counter[tuple[str, str]] = Counter()


@pytest.fixture(scope="session")
def torture_folder() -> Iterator[Path]:
    """Return a folder that another user can read too, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="samenspel-torture-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def worker(torture_folder: Path) -> Iterator[Worker]:
    """Return the process from which experiments are forked."""
    if COMPILER is None or not Path("/proc/self/fd").exists():
        pytest.skip("needs a C compiler (apt-get install gcc libc6-dev) and Linux")
    place = torture_folder / "worker"
    place.mkdir()
    started = Worker(place, compile_library(place))
    yield started
    started.close()


@pytest.fixture
def tried(request: pytest.FixtureRequest):
    """Return the function that counts what was tried, for the table of `make torture`."""

    def count(what: str, fault: str, times: int = 1) -> None:
        request.node.user_properties.append(("tried", (what, fault, times)))

    return count


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up what was tried, from whichever process tried it."""
    if report.when == "call" and report.passed:
        for name, counted in report.user_properties:
            if name == "tried":
                what, fault, times = counted
                _TRIED[what, fault] += times


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table that `docs/reliability.md` quotes."""
    if FULL and _TRIED:
        terminalreporter.section("faults injected")
        for (what, fault), times in sorted(_TRIED.items()):
            terminalreporter.write_line(f"| {what} | {fault} | {times:,} |")
