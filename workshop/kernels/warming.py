"""What a warm parent has done before its first fork."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path

ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
"""The environment of a warm parent: these libraries start threads as soon as they are imported."""

_KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell")


def warm_up(modules: Iterable[str]) -> bool:
    """Import a kernel and the modules, draw a figure, compile a query; tell if a fork is safe.

    A module that cannot be imported is left to the notebook that asks for it, which says why.
    """
    gc.disable()
    for name in (*_KERNEL, *modules):
        with suppress(Exception):
            import_module(name)
    if "matplotlib" in sys.modules:
        _draw()
    if "ibis" in sys.modules:
        _compile()
    gc.collect()
    gc.freeze()
    return threads() == 1


def threads() -> int:
    """Return how many threads this process has, those of libraries included."""
    return len(list(Path("/proc/self/task").iterdir()))


def _draw() -> None:
    """Draw a figure into nothing, for the fonts and for what is imported at the first one.

    Without pyplot, which would settle what draws the kernel's own figures.
    """
    from matplotlib.figure import Figure

    figure = Figure(layout="constrained")
    ax = figure.subplots()
    ax.plot([0, 1], [0, 1], label="a")
    ax.set_title("b")
    ax.legend()
    figure.savefig(os.devnull, format="svg")


def _compile() -> None:
    """Compile a query without a database: DuckDB starts threads as soon as one is opened."""
    import ibis

    table = ibis.table({"day": "timestamp", "name": "string"}, name="t")
    counted = table.group_by(table.day.date(), table.name.lower()).agg(n=ibis._.count())
    ibis.to_sql(counted.filter(counted.n > 1).order_by("n"), dialect="duckdb")
