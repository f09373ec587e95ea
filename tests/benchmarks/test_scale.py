"""The benchmarks of CRMs of any size run, on small ones."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "benchmarks"


def printed(script: str, *options: object) -> str:
    command = [sys.executable, str(FOLDER / script), *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_cost_is_told_and_drawn_with_how_it_grows(tmp_path):
    chart = tmp_path / "scale.svg"
    options = ("--questions", "channels", "--live", 300, "--chart", chart)
    said = printed("scale.py", "--sizes", 300, 600, *options)
    cost = r"[\d.]+ \+ [\d.]+"
    assert re.search(rf"^\| channels \| {cost} \| {cost} \| -?[\d.]+ \|$", said, re.M), said
    assert re.search(r"^\| peak MiB \| \d+ \| \d+ \| \|$", said, re.M), said
    assert len(re.findall(r"^\| .* \| \d+ \| \d+ \|$", said, re.M)) == 4, said
    assert chart.read_text("utf-8").count("<path") > 10


def test_the_kit_and_pandas_stand_beside_each_other():
    said = printed("beside.py", "--sizes", 300, "--questions", "channels")
    cost = r"[\d.]+, \d+"
    assert re.search(rf"^\| 300 \| channels \| {cost} \| {cost} \| [\d.]+ \|$", said, re.M), said
