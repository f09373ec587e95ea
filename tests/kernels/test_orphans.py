"""Nothing is left running, whoever dies first, and a dead parent costs one report."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from tests.kernels.running import FEW, started
from workshop.errors import ReportError
from workshop.kernels import warm
from workshop.reports.execute import executed

ROOT = Path(__file__).parents[2]
SPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}
PATIENCE = 120
"""How long a process may take to end on a machine that does much else; it is heard at once."""
FOREVER = "import subprocess; p = subprocess.Popen(['sleep', '1000']); print(p.pid)"


def gone(*pids: int) -> bool:
    """Wait until processes have ended; tell whether they did before patience did."""
    deadline = time.monotonic() + PATIENCE
    return all(ended(pid, deadline - time.monotonic()) for pid in pids)


def ended(pid: int, seconds: float) -> bool:
    """Wait for the system's word that a process has ended, whoever's child it is."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        heard, _, _ = select.select([watched], [], [], max(0.0, seconds))
        return bool(heard)
    finally:
        os.close(watched)


@pytest.mark.parametrize("code", ["import os; os._exit(1)", "import os; os.kill(os.getpid(), 9)"])
def test_what_a_crashed_kernel_started_ends_with_it(code):
    with started() as kernel:
        asleep = int(kernel.run(FOREVER))
        kernel.client.execute(code)
        assert gone(asleep, kernel.process.pid)


def test_a_kernel_ends_by_itself_when_it_is_asked_to():
    with started() as kernel:
        process = kernel.process
        kernel.manager.shutdown_kernel()
        # One that took longer than the manager waits would have ended by its signal.
        assert process.wait() == 0
    assert gone(process.pid)


def test_an_interrupt_stops_the_cell_and_a_restart_gives_a_new_kernel():
    with started() as kernel:
        first = kernel.process.pid
        code = "kept = 1; print('asleep', flush=True); import time; time.sleep(1000)"
        kernel.client.execute(code, stop_on_error=False)
        while kernel.client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
            pass
        kernel.manager.interrupt_kernel()
        while (reply := kernel.client.get_shell_msg(timeout=60))["msg_type"] != "execute_reply":
            pass
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert kernel.read("kept") == 1
        kernel.manager.restart_kernel()
        kernel.client.wait_for_ready(timeout=60)
        assert kernel.run("kept") == "NameError"
        assert gone(first)


OWNER = """
import os, sys
sys.path.insert(0, {root!r})
from tests.kernels.running import started
with started() as kernel:
    print(os.getpid(), kernel.read("__import__('os').getppid()"), kernel.process.pid, flush=True)
    print(kernel.run({forever!r}), flush=True)
    kernel.run("import time; time.sleep(1000)", timeout=1000)
"""


@pytest.fixture
def owner():
    """A program with a kernel at work: its process, and all the numbers that depend on it."""
    code = OWNER.format(root=str(ROOT), forever=FOREVER)
    program = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    with program:
        _, parent, kernel = map(int, program.stdout.readline().split())
        asleep = int(program.stdout.readline())
        yield program, (parent, kernel, asleep)
        program.kill()


def test_ctrl_c_ends_the_program_its_kernel_and_its_parent(owner):
    program, pids = owner
    os.killpg(program.pid, signal.SIGINT)
    assert program.wait(PATIENCE) != 0
    assert gone(*pids)


def test_a_killed_program_takes_all_along(owner):
    program, pids = owner
    program.kill()
    assert gone(*pids)


def notebook(*sources: str):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": SPEC})


def test_a_parent_killed_at_work_fails_that_report_and_not_the_next(tmp_path, monkeypatch):
    own = warm.WarmParent(FEW)
    monkeypatch.setattr(warm, "_own", {})
    monkeypatch.setattr(warm, "WarmParent", lambda imports: own)
    kill = f"import os, time; os.kill({own.process.pid}, 9); time.sleep(60)"
    with pytest.raises(ReportError) as caught:
        executed(notebook(kill), "a.ipynb", {}, tmp_path)
    assert caught.value.code == "kernel_died"
    monkeypatch.undo()
    ran = executed(notebook("print(2)"), "a.ipynb", {}, tmp_path)
    assert ran.cells[0].outputs[0].text == "2\n"
    own.stop()


def test_a_dead_parent_is_replaced():
    parent = int(started_by())
    os.kill(parent, signal.SIGKILL)
    assert gone(parent)
    assert int(started_by()) not in (parent, os.getpid())


def started_by() -> str:
    with started() as kernel:
        return kernel.run("import os; print(os.getppid())")


def test_a_parent_that_is_told_to_stop_ends_its_kernels():
    parent = warm.WarmParent(FEW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(warm.ADDRESS, str(parent.address))
        with started() as kernel:
            pids = kernel.process.pid, int(kernel.run(FOREVER))
            parent.stop()
            assert gone(*pids, parent.process.pid)
            assert kernel.process.wait() == -signal.SIGKILL
