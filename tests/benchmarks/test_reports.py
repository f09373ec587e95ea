"""The benchmark of reports runs, on the report's first table."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
LAST = "session.in_pictures(report, session.funnel_steps, session.funnel_months)"


@pytest.fixture
def notebook(tmp_path):
    """The session report up to its first table."""
    report = nbformat.read(ROOT / "notebooks" / "reports" / "session-report.ipynb", as_version=4)
    sources = [cell.source for cell in report.cells]
    report.cells = report.cells[: sources.index(LAST) + 1]
    report.cells = [cell for cell in report.cells if "one_page" not in cell.source]
    path = tmp_path / "small.ipynb"
    nbformat.write(report, path)
    return path


def test_it_prints_every_way_beside_its_floor(notebook, example):
    options = ["--clients", "1", "--runs", "0", "--without", "stock"]
    given = ["--notebook", str(notebook), "--like", str(example.path)]
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "reports.py"), *options, *given],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    rows = re.findall(
        r"^\| ([^|]+) \| [\d. ]*\| ([\d.]*) ?\| ([\d.]+) \| ([\d.]+) \|$", done.stdout, re.M
    )
    floor, forked, two = rows
    assert floor[1::2] == ("1.00", "1.00")
    assert "forked from a warm parent" in forked[0]
    assert "two workers" in two[0]
    assert re.search(r"Two workers make [\d.]+ times the reports of one\. 1 clients\.", done.stdout)
