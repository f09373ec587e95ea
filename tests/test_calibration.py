"""The simulations are written down: every one has its rows, and the page has the table of them."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests import calibration

ROOT = Path(__file__).parents[1]
METHODS = ROOT / "docs" / "methods.md"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "make_calibration", ROOT / "docs" / "make_calibration.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def slow_tests() -> set[str]:
    """Return the simulations as they are called when they run in full."""
    files = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / "tests").rglob("test_*.py"))
        if "mark.slow\n" in file.read_text("utf-8")
    ]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "slow", *files]
    found = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "SAMENSPEL_CALIBRATE": "full"},
        capture_output=True,
        text=True,
        check=True,
    )
    return {line for line in found.stdout.splitlines() if "::" in line}


def test_every_simulation_has_its_rows_and_no_row_is_of_another(slow_tests):
    taken_down = {name for name, rows in calibration.read().items() if rows}
    assert taken_down == slow_tests


def test_every_row_is_whole():
    for name, rows in calibration.read().items():
        for what, simulated, n, runs, nominal, share, error in rows:
            assert all((what, simulated, n, nominal)), name
            assert int(runs) >= 20, name
            assert 0 <= float(share) <= 1, name
            assert 0 < float(error) < 0.1, name


def test_the_page_has_the_table_of_the_results(script):
    page = METHODS.read_text("utf-8")
    begin, end = script.BEGIN, script.END
    assert page.count(begin) == page.count(end) == 1
    assert page.partition(begin)[2].partition(end)[0] == script.table()


def test_results_of_tests_that_did_not_run_stay(tmp_path):
    results = tmp_path / "results.csv"
    row = calibration.row("what", "how", "10 deals", "0.95", [True, False])
    calibration.write({"a": [row], "b": [row]}, results)
    calibration.write({"b": [], "c": [row, row]}, results)
    assert {name: len(rows) for name, rows in calibration.read(results).items()} == {"a": 1, "c": 2}


def test_the_error_is_that_of_a_mean_over_runs():
    found = calibration.found([1.0] * 90 + [0.0] * 10)
    assert found.share == pytest.approx(0.9)
    assert found.error == pytest.approx((0.9 * 0.1 / 100) ** 0.5)
    assert calibration.found([True] * 40).error == 1 / 40
