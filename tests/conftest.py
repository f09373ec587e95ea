"""What all tests share: a clean environment, and no silent skips where nothing may be missing."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tests import calibration
from tests.maven import ACCOUNTS, DEALS

SHARED = Path(__file__).parents[1].parent / "shared" / "data"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the language of whoever runs the tests out of them."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data, or skip where a checkout stands alone."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the real data in {SHARED}")
    return SHARED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skip into a failure where the environment promises that nothing is missing."""
    report = yield
    if report.skipped and os.environ.get("SAMENSPEL_NO_SKIPS") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr[2]}"
    return report


LONG = (
    "test_wheel.py", "test_whole_round.py", "test_grid.py", "test_open.py", "test_cluster.py",
    "test_faults.py", "test_answer_cards.py", "test_notebooks.py", "test_docs.py",
    "test_batch.py", "test_present.py", "test_story.py", "test_minutes.py", "test_audit.py",
)  # fmt: skip
"""Files with tests that take long: first, so that one process does not end long after the rest."""


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start, also where it is ignored, as in a shell's background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that take long first."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture
def calibrated(request: pytest.FixtureRequest) -> calibration.Record:
    """Return the function that takes down what a simulation found: one outcome a run."""

    def record(what, simulated, n, nominal, outcomes):
        row = calibration.row(what, simulated, n, nominal, outcomes)
        request.node.user_properties.append((calibration.PROPERTY, row))
        return calibration.found(outcomes)

    return record


_TAKEN_DOWN: dict[str, list[list[str]]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect what passed simulations found, from whichever process ran them."""
    rows = [row for name, row in report.user_properties if name == calibration.PROPERTY]
    if report.when == "call" and rows:
        _TAKEN_DOWN[report.nodeid] = rows if report.passed else []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what the simulations found, where they ran in full."""
    if calibration.FULL and _TAKEN_DOWN and not hasattr(session.config, "workerinput"):
        calibration.write(_TAKEN_DOWN)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]):
    """Return this process's copy of a workspace that whichever needs it first has made."""
    from workshop.workspace import Workspace

    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made-once" / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "workspace"
    with FileLock(folder / "lock"):
        if not (folder / "whole").exists():
            shutil.rmtree(path, ignore_errors=True)
            make(path)
            (folder / "whole").touch()
    own = factory.mktemp(name) / "workspace"
    shutil.copytree(path, own)
    return Workspace.open(own)


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory):
    """Return the example company's workspace before any session; read-only by agreement.

    What its teams agreed on lies there as files that somebody wrote.
    """
    from workshop.demo import example_workspace, import_example, lay_down_agreed

    def make(path: Path) -> None:
        workspace = example_workspace(path)
        for _ in import_example(workspace):
            pass
        lay_down_agreed(workspace)

    return made_once(tmp_path_factory, "example", make)


@pytest.fixture
def own_example(example, tmp_path: Path):
    """Return a copy of the example company's workspace, for a test that writes to it."""
    from workshop.workspace import Workspace

    folder = tmp_path / "own"
    shutil.copytree(example.path, folder)
    return Workspace.open(folder)


@pytest.fixture(scope="session")
def example_played(tmp_path_factory: pytest.TempPathFactory):
    """Return the example company's workspace after all its sessions; read-only by agreement."""
    from workshop.demo import example_workspace
    from workshop.demo.story import story

    def make(path: Path) -> None:
        for _ in story(example_workspace(path), 4):
            pass

    return made_once(tmp_path_factory, "played", make)


@pytest.fixture(scope="session")
def maven(tmp_path_factory: pytest.TempPathFactory, shared_data: Path):
    """Return the workspace of the fictitious hardware seller, a null set: nothing to find."""
    from workshop.crm.importing import import_files
    from workshop.crm.staging import Request
    from workshop.workspace import Workspace

    def make(path: Path) -> None:
        workspace = Workspace.create(path, "Maven", language="en", currency="USD")
        folder = shared_data / "maven_crm"
        for name, said in (("accounts", ACCOUNTS), ("sales_pipeline", DEALS)):
            import_files(workspace, Request((folder / f"{name}.csv",), **said))

    return made_once(tmp_path_factory, "maven", make)
