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

    A name with a function after a colon has that called. A module that cannot be imported is left
    to the notebook that asks for it, which says why.
    """
    gc.disable()
    for name in (*_KERNEL, *modules):
        module, _, function = name.partition(":")
        with suppress(Exception):
            imported = import_module(module)
            if function:
                getattr(imported, function)()
    if "matplotlib" in sys.modules:
        _draw()
    if "ibis" in sys.modules:
        _compile()
    gc.freeze()  # what imports left over goes along: looking for it takes longer than a fork
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

    left, right = (
        ibis.table({"id": "string", "at": "timestamp", "name": "string", "n": "int64"}, name=name)
        for name in ("left", "right")
    )
    joined = left.left_join(right.filter(right.n > 1).distinct(), "id").drop("id_right")
    joined = joined.mutate(
        day=joined.at.date(),
        kind=ibis.cases((joined.name.isnull(), "a"), (joined.n == 1, "b"), else_="c"),
        first=joined.at.min().over(ibis.window(group_by="id", order_by="at")),
        least=ibis.least(joined.n, joined.n_right).fill_null(0),
    )
    known = joined.filter(joined.day.notnull(), joined.kind.isin(["a", "b"]))
    counted = known.group_by("kind", month=known.day.truncate("M")).agg(
        n=known.count(), share=(known.n > 2).mean(), mid=known.least.quantile(0.5)
    )
    each = ibis.union(counted, counted.mutate(n=counted.n.cast("float64").cast("int64")))
    ibis.to_sql(each.order_by(ibis.desc("n")).limit(9), dialect="duckdb")
