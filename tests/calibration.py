"""What the simulations find, written down: `make calibrate` turns it into a table in the docs.

A test marked ``slow`` hands what it found to the fixture ``calibrated``. In full, what the passed
tests found becomes `RESULTS`; `docs/make_calibration.py` makes a table of that.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

FULL = os.environ.get("SAMENSPEL_CALIBRATE") == "full"
RESULTS = Path(__file__).parents[1] / "docs" / "calibration.csv"
COLUMNS = ["test", "what", "simulated", "n", "runs", "nominal", "found", "standard_error"]
PROPERTY = "calibrated"


class Found(NamedTuple):
    """A share over simulated runs, with its Monte Carlo standard error."""

    share: float
    error: float


Record = Callable[[str, str, str, str, ArrayLike], Found]


def found(outcomes: ArrayLike) -> Found:
    """Average one outcome a run; where all are equal, the error is that of one that differs.

    >>> found([1, 0, 1, 0])
    Found(share=0.5, error=0.25)
    >>> found([1, 1])
    Found(share=1.0, error=0.5)
    """
    values = np.asarray(outcomes, float)
    error = float(values.std() / np.sqrt(len(values)))
    return Found(float(values.mean()), error or 1 / len(values))


def row(what: str, simulated: str, n: str, nominal: str, outcomes: ArrayLike) -> list[str]:
    """Return a row of the results, but for the test's name."""
    seen = found(outcomes)
    runs = str(len(np.asarray(outcomes)))
    return [what, simulated, n, runs, nominal, f"{seen.share:.4f}", f"{seen.error:.4f}"]


def write(rows: dict[str, list[list[str]]], results: Path = RESULTS) -> None:
    """Write what each test found; of a test that was not run, what it found before stays."""
    with_old = {**read(results), **rows}
    with results.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name in sorted(with_old):
            writer.writerows([name, *each] for each in with_old[name])


def read(results: Path = RESULTS) -> dict[str, list[list[str]]]:
    """Return the rows of each test."""
    rows: dict[str, list[list[str]]] = {}
    if results.exists():
        with results.open(encoding="utf-8", newline="") as file:
            for name, *rest in list(csv.reader(file))[1:]:
                rows.setdefault(name, []).append(rest)
    return rows
