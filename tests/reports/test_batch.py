"""Batches: the rest goes on, nothing is left half-written or running, and the next goes on."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import psutil
import pytest

from workshop.reports.batch import Batch
from workshop.reports.order import Order
from workshop.workspace import Workspace

KIND = ("--kind", "stand-up", "--as-of", "2026-01-31", "--format", "html", "--lang", "en")
NAME = "stand-up-2026-01-31-en"
FILES = ["report.html", "report.ipynb", "tables.xlsx"]


def lay_down(folder, *names):
    """Lay down clients without a CRM, whose minutes take no time."""
    return [Workspace.create(folder / name, name).path for name in names]


def begin(folder, *call):
    return subprocess.Popen(
        [sys.executable, "-m", "workshop", "report", *call, *KIND],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def left(client):
    """Return what lies in a client's reports, hidden things included."""
    return sorted(path.name for path in client.glob("reports/*"))


def made_at(client):
    return (client / "reports" / NAME / "report.html").stat().st_mtime_ns


def test_who_presses_ctrl_c_again_and_again_gets_two_lines_and_no_more(tmp_path):
    clients = lay_down(tmp_path, "a", "b", "c", "d")
    process = begin(tmp_path, "a", "b", "c", "d")
    process.stderr.readline()
    family = psutil.Process(process.pid).children(recursive=True)
    while process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.05)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert [line.split()[0] for line in err.splitlines()] == ["Stopping;", "Stopped"]
    _, running = psutil.wait_procs(family, timeout=20)
    assert running == []
    assert [left(client) for client in clients] == [[NAME], [], [], []]


def test_an_interrupted_batch_leaves_nothing_and_is_taken_up(tmp_path):
    clients = lay_down(tmp_path, "a", "b", "c", "d")
    process = begin(tmp_path, "a", "b", "c", "d")
    first = process.stderr.readline()
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 2
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    out, err = process.communicate(timeout=120)
    assert first.startswith("1/4  a: made in ")
    assert process.returncode == 130
    assert err.splitlines()[-1].startswith("Stopped with 1 of 4 reports finished")
    assert out.splitlines() == [f"a/reports/{NAME}/{name}" for name in FILES]
    _, running = psutil.wait_procs(family, timeout=20)
    assert running == []
    assert [left(client) for client in clients] == [[NAME], [], [], []]

    kept = made_at(clients[0])
    process = begin(tmp_path, "a", "b", "missing", str(tmp_path / "b" / ".." / "a"), "--jobs", "2")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1
    lines = err.splitlines()
    assert {line.partition("  ")[2].partition(" in ")[0] for line in lines[:3]} == {
        "a: made before, from the same data", "b: made", "missing: no report"
    }  # fmt: skip
    assert lines[3].startswith("missing: missing is no workspace")
    assert len(lines) == 4
    paths = [f"{client}/reports/{NAME}/{name}" for client in ("a", "b") for name in FILES]
    assert sorted(out.splitlines()) == paths
    assert made_at(clients[0]) == kept
    assert [left(client) for client in clients] == [[NAME], [NAME], [], []]


def test_where_all_fail_the_status_says_so(tmp_path):
    process = begin(tmp_path, "none", "nothing")
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out, len(err.splitlines())) == (2, "", 4)


def kill_at_work(client, killed):
    """Kill this program's worker once it is at a client's report."""
    while not left(client):
        time.sleep(0.005)
    for child in psutil.Process().children():
        if "workshop.reports.worker" in child.cmdline():
            child.kill()
            killed.append(child.pid)


def test_a_killed_worker_costs_its_report_and_nothing_else(tmp_path):
    clients = lay_down(tmp_path, "a", "b")
    killed: list[int] = []
    killer = threading.Thread(target=kill_at_work, args=(clients[0], killed))
    killer.start()
    order = Order("stand-up", ("html",), "en", "2026-01-31")
    begun = []
    with Batch(1) as batch:
        found = {outcome.path: outcome for outcome in batch.outcomes(clients, order, begun.append)}
    killer.join()
    assert len(killed) == 1
    assert begun == clients
    assert found[clients[0]].failure == ("worker_died", {"status": -signal.SIGKILL})
    assert found[clients[1]].failure is None
    assert [left(client) for client in clients] == [[], [NAME]]


@pytest.mark.parametrize(
    "call", [("--jobs", "0"), ("--lang", "fr"), ("--as-of", "31/01/2026"), ("--format", "docx")]
)
def test_a_wrong_call_is_said_before_anything_starts(tmp_path, call):
    from tests.command import call as samenspel

    lay_down(tmp_path, "a", "b")
    done = samenspel("report", tmp_path / "a", tmp_path / "b", "--kind", "stand-up", *call)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "a" / "reports").exists()
