"""The benchmark of batches runs, on minutes, which take no time."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "batch.py"


def test_it_prints_the_pace_and_the_memory():
    options = ["--clients", "2", "--jobs", "1", "--leads", "50", "--kind", "stand-up"]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *options], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    row = re.search(r"^\| 1 \| ([\d.]+) \| (\d+) \| (\d+) \|$", done.stdout, re.M)
    assert row is not None, done.stdout
    seconds, early, most = map(float, row.groups())
    assert seconds > 0
    # a worker, its kernel and the warm parent have the libraries of a report in them
    assert 100 < early <= most
