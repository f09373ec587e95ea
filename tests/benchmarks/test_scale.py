"""The benchmarks of CRMs of any size run, on small ones."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def scale(monkeypatch, tmp_path):
    """The script, its live moves made here; one question is asked as it asks them all."""
    monkeypatch.syspath_prepend(str(FOLDER))
    script = importlib.import_module("scale")
    real = script._in_process

    def in_process(*call: str):
        if call[0] == "--move":
            return script.moved(call[1], Path(call[3]))
        return real(*call) if call[1] == "channels" and "-300" in call[3] else [0.3, 0.1, 200.0]

    monkeypatch.setattr(script, "_in_process", in_process)
    return script


def test_the_cost_is_told_and_drawn_with_how_it_grows(scale, tmp_path, monkeypatch, capsys):
    chart = tmp_path / "scale.svg"
    sizes = ["--sizes", "300", "600", "--live", "300", "--chart", str(chart)]
    monkeypatch.setattr(sys, "argv", ["scale.py", *sizes, "--folder", str(tmp_path / "crm")])
    scale.main()
    said = capsys.readouterr().out
    cost = r"[\d.]+ \+ [\d.]+"
    assert re.search(rf"^\| channels \| {cost} \| 0.3 \+ 0.1 \| -[\d.]+ \|$", said, re.M), said
    assert re.search(rf"^\| goal \| {cost} \| {cost} \| 0.00 \|$", said, re.M), said
    assert re.search(r"^\| peak MiB \| [\d,]+ \| [\d,]+ \| \|$", said, re.M), said
    assert len(re.findall(r"^\| [a-z].* \| \d+ \| \d+ \|$", said, re.M)) == 4, said
    assert chart.read_text("utf-8").count("<path") > 10


def test_it_grows_by_the_power_that_the_exponent_says(scale):
    costs = {10: scale.Cost(1.0, 1.0, 9.0), 1_000: scale.Cost(19.0, 1.0, 9.0)}
    assert scale.exponent(costs) == "0.50"


def test_the_kit_and_pandas_stand_beside_each_other():
    options = ("--sizes", "300", "--questions", "channels")
    command = [sys.executable, str(FOLDER / "beside.py"), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    said = done.stdout
    cost = r"[\d.]+, \d+"
    assert re.search(rf"^\| 300 \| channels \| {cost} \| {cost} \| [\d.]+ \|$", said, re.M), said
