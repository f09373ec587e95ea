"""A fork is as good as a new process: what one kernel does, the next one does not know."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kernels.running import FEW, started
from workshop.kernels.warm import STOCK, WarmParent, warm_parent

FINGERPRINT = """dict(
    modules=sorted(n for n in __import__("sys").modules if "." not in n and n != "json"),
    path=__import__("sys").path,
    environment={k: v for k, v in __import__("os").environ.items() if k[:3] not in ("JPY", "PYT")},
    folder=__import__("os").getcwd(),
    files=len(__import__("os").listdir("/proc/self/fd")),
    threads=len(__import__("os").listdir("/proc/self/task")),
    filters=[str(f) for f in __import__("warnings").filters],
    style=[str(v) for v in __import__("matplotlib").rcParams.values()],
    sigterm=str(__import__("signal").getsignal(15)),
    recursion=__import__("sys").getrecursionlimit(),
    errors=str(__import__("numpy").geterr()),
    precision=__import__("numpy").get_printoptions()["precision"],
    mean=str(__import__("numpy").mean),
    built=sorted(dir(__builtins__)),
    umask=__import__("os").umask(0o22),
)"""
DIRTY = """
import builtins, os, random, signal, sys, tempfile, threading, warnings
import duckdb, matplotlib as mpl, numpy as np
from matplotlib import pyplot as plt
builtins.leaked = np.leaked = sys.leaked = 1
sys.modules["leaked"] = sys
sys.path.insert(0, "/leaked")
os.environ["LEAKED"] = "1"
os.chdir("/")
kept = [open(os.devnull) for _ in range(20)]
threading.Thread(target=threading.Event().wait, daemon=True).start()
warnings.simplefilter("ignore")
mpl.rcParams["font.size"] = 99
plt.plot([1, 2]), plt.close()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sys.setrecursionlimit(5000)
np.seterr(all="raise")
np.set_printoptions(precision=1)
np.mean = None
random.seed(1), np.random.seed(1)
os.umask(0)
connection = duckdb.connect().execute("select 1")
"""


def test_nothing_that_a_kernel_sets_patches_or_opens_reaches_the_next(kernel):
    untouched = kernel.read(FINGERPRINT)
    with started() as dirty:
        assert dirty.run(DIRTY) == ""
        assert dirty.read(FINGERPRINT) != untouched
        with started() as beside:
            assert beside.read(FINGERPRINT) == untouched
    with started() as after:
        assert after.read(FINGERPRINT) == untouched


DRAWN = "[__import__('random').random(), __import__('numpy').random.rand()]"


def test_each_kernel_has_random_numbers_of_its_own():
    drawn = []
    for _ in range(3):
        with started() as kernel:
            drawn.append(kernel.read(DRAWN))
            kernel.run("import random, numpy; random.seed(1); numpy.random.seed(1)")
            assert kernel.read(DRAWN) == [0.13436424411240122, 0.417022004702574]
    assert len({number for numbers in drawn for number in numbers}) == 6


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("import os; os._exit(3)", 3),
        ("import os; os.kill(os.getpid(), 9)", -9),
        ("import ctypes; ctypes.string_at(0)", -11),
    ],
    ids=["exit", "kill", "segfault"],
)
def test_a_crash_is_that_kernel_s_alone(kernel, code, status):
    with started() as crashing:
        with pytest.raises((RuntimeError, TimeoutError)):
            crashing.run(code, timeout=1)
        assert crashing.process.wait() == status
    assert kernel.read("1 + 1") == 2
    with started() as after:
        assert after.read("1 + 1") == 2


def test_a_kernel_looks_like_one_that_jupyter_started(monkeypatch, tmp_path):
    seen = """dict(
        path=__import__("sys").path,
        folder=__import__("os").getcwd(),
        environment=dict(__import__("os").environ),
        backend=__import__("matplotlib").get_backend(),
        sigterm=str(__import__("signal").getsignal(15)),
        arguments=len(__import__("sys").argv),
        main=__name__,
        leads=__import__("os").getsid(0) == __import__("os").getpid(),
        collects=__import__("gc").isenabled(),
    )"""
    shown = "from matplotlib import pyplot as plt; plt.plot([1, 2]); plt.show()"
    with started(cwd=str(tmp_path), env={**os.environ, "TZ": "Asia/Tokyo"}) as forked:
        forked_seen, forked_figure = forked.read(seen), forked.run(shown)
        assert forked.read("__import__('time').tzname[0]") == "JST"
    monkeypatch.setenv(STOCK, "1")
    with started(cwd=str(tmp_path), env={**os.environ, "TZ": "Asia/Tokyo"}) as stock:
        assert stock.read("__import__('os').getppid()") == os.getpid()
        stock_seen = stock.read(seen)
        assert "image/png" in stock.run(shown)
    ours, theirs = forked_seen.pop("environment"), stock_seen.pop("environment")
    differ = {name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name)}
    # The last of these an interpreter sets when it starts in a locale that is not there.
    assert differ <= {STOCK, "JPY_PARENT_PID", "LC_CTYPE"}
    assert forked_seen == stock_seen
    assert "image/png" in forked_figure


def test_the_parent_has_one_thread_and_lends_it_to_all():
    assert warm_parent(os.environ, FEW) == warm_parent(os.environ, FEW)
    parent = WarmParent(FEW)
    try:
        assert warm_parent(os.environ, FEW) != parent.address
        with started() as first, started() as second:
            (same,) = {k.read("__import__('os').getppid()") for k in (first, second)}
            threads = [task.name for task in Path(f"/proc/{same}/task").iterdir()]
            assert threads == [str(same)]
    finally:
        parent.stop()
