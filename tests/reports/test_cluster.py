"""Reports by a Dask cluster: a scheduler and two workers, each a process of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.command import call
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.errors import InputError
from workshop.kernels.warm import ADDRESS, STOCK, WarmParent, can_fork
from workshop.reports.batch import Batch
from workshop.reports.cluster import check_address
from workshop.reports.inputs import MARK
from workshop.reports.order import Order
from workshop.reports.work import work_on
from workshop.workspace import Workspace

OPTIONS = ("--kind", "stand-up", "--as-of", "2026-01-31", "--format", "html", "--lang", "en")
NAME = "audit-2025-03-04-en"
EXPORT = "deal_id,created_at,closed_at,stage,amount\nD1,2025-01-02,2025-03-04,Won,1000\n"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Workers:
    """The processes of a cluster, by their part in it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.address = f"tcp://127.0.0.1:{free_port()}"
        self.folder, self._environment = folder, environment
        self.workers: list[subprocess.Popen[bytes]] = []
        port = self.address.rpartition(":")[2]
        self.scheduler = self._start("dask_scheduler", "--port", port)

    def add(self) -> None:
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder))
        self.workers.append(self._start("dask_worker", self.address, *options))

    def _start(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *options]
        return subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--no-dashboard"],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler with two workers that share one warm parent, as processes of one program do."""
    parent = WarmParent() if can_fork() else None
    environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3"}
    if parent is not None:
        environment[ADDRESS] = str(parent.address)
    found = Workers(tmp_path_factory.mktemp("dask"), environment)
    found.add()
    found.add()
    yield found
    found.stop()
    if parent is not None:
        parent.stop()


def makers(cluster: Workers) -> list[psutil.Process]:
    """Return the processes on the workers that make reports."""
    found = [psutil.Process(worker.pid).children() for worker in cluster.workers]
    return [one for each in found for one in each if "workshop.reports.worker" in one.cmdline()]


def client(folder: Path) -> Path:
    """Lay down a client of one deal, whose audit takes little time."""
    folder.mkdir()
    (folder / "export.csv").write_text(EXPORT, "utf-8")
    workspace = Workspace.create(folder / "client", "A", language="en")
    import_files(workspace, Request((folder / "export.csv",), table="deals"))
    return workspace.path


def test_a_worker_killed_mid_report_costs_that_report_s_time(cluster, tmp_path):
    shared, stored = client(tmp_path / "a"), client(tmp_path / "b")
    url = f"file://{stored}"
    options = ("--kind", "audit", "--format", "html", "--lang", "en", "--cluster", cluster.address)
    process = subprocess.Popen(
        [sys.executable, "-m", "workshop", "report", shared, url, tmp_path / "none", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    victim = None
    while victim is None:
        assert process.poll() is None, process.stderr.read()
        victim = next(filter(None, map(at_work, cluster.workers)), None)
        time.sleep(0.01)
    # with all that it started, as when its machine goes
    for one in (*psutil.Process(victim.pid).children(recursive=True), victim):
        one.kill()
    victim.wait()
    cluster.workers.remove(victim)
    out, err = process.communicate(timeout=180)

    assert process.returncode == 1, err
    assert len(re.findall(r"^\d/3  .*: made in \d+ s$", err, re.MULTILINE)) == 2
    assert "does not see" in err.splitlines()[-1]
    files = {Path(line.removeprefix("file://")) for line in out.splitlines()}
    assert len([line for line in out.splitlines() if line.startswith(f"{url}/reports/")]) > 5
    folders = [place / "reports" / NAME for place in (shared, stored)]
    assert files == {
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.name != MARK
    }
    assert [sorted(path.name for path in each.parent.iterdir()) for each in folders] == [[NAME]] * 2
    assert all((folder / MARK).is_file() for folder in folders)
    # the storage knows it again, and no worker keeps a process
    assert work_on(url, Order("audit", ("html",), "en")).already
    _, running = psutil.wait_procs(makers(cluster), timeout=20)
    assert running == []


def test_what_makers_leave_goes_when_they_do(tmp_path, monkeypatch):
    monkeypatch.setenv(STOCK, "1")
    with Batch(1, tmp_path):
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_found_from_where_the_command_is_given(cluster, tmp_path, monkeypatch):
    client(tmp_path / "a")
    monkeypatch.chdir(tmp_path)
    done = call("report", "a/client", *OPTIONS, "--cluster", cluster.address)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("1/1  a/client: made in")
    assert all((tmp_path / line).is_file() for line in done.stdout.splitlines())


def test_a_scheduler_that_stops_is_said_in_a_line_a_client(tmp_path):
    own = Workers(tmp_path, {**os.environ, STOCK: "1"})
    own.add()
    path = client(tmp_path / "a")
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "workshop", "report", path, *OPTIONS, "--cluster", own.address],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while at_work(own.workers[0]) is None:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.01)
        own.scheduler.kill()
        out, err = process.communicate(timeout=60)
    finally:
        own.stop()
    assert (process.returncode, out) == (2, "")
    said = err.splitlines()[-1]
    assert said.startswith(f"{path}: The Dask scheduler at {own.address} stopped")
    assert err.splitlines()[:-1] == [f"1/1  {path}: no report"]


def at_work(worker: subprocess.Popen[bytes]) -> subprocess.Popen[bytes] | None:
    """Return a worker that is in the middle of a report: of its processes one has a room open."""
    try:
        children = psutil.Process(worker.pid).children(recursive=True)
        opened = [file.path for child in children for file in child.open_files()]
    except psutil.Error:
        return None
    return worker if any(".building-" in path for path in opened) else None


def test_workers_with_another_kit_make_nothing(cluster, tmp_path, monkeypatch):
    from workshop.reports import cluster as engine

    monkeypatch.setattr(engine, "of_kit", lambda: "another")
    path = Workspace.create(tmp_path / "a", "A").path
    done = call("report", path, *OPTIONS, "--cluster", cluster.address)
    assert done.returncode == 2
    assert "has another version of Samenspel" in done.stderr
    assert not (path / "reports").exists()


@pytest.mark.parametrize(
    "address", ["10.0.0.1:8786", "http://a:1", "tcp://a", "tcp://a:b", "tcp:///x:1"]
)
def test_what_is_no_address_of_a_scheduler_is_said_at_once(tmp_path, address):
    with pytest.raises(InputError) as raised:
        check_address(address)
    assert raised.value.code == "bad_cluster"
    done = call("report", tmp_path, *OPTIONS, "--cluster", address)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_where_nobody_answers_that_is_said(tmp_path, monkeypatch):
    from workshop.reports import cluster as engine

    monkeypatch.setattr(engine, "CONNECT_SECONDS", 1)
    done = call("report", tmp_path, *OPTIONS, "--cluster", f"tcp://127.0.0.1:{free_port()}")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "No Dask scheduler answers" in done.stderr


def test_without_dask_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = call("report", tmp_path, *OPTIONS, "--cluster", "tcp://127.0.0.1:8786")
    assert done.returncode == 2
    assert "samenspel[dask]" in done.stderr
