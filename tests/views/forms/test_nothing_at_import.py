"""No widget is made while modules are imported: a kernel forked after that has it, a page not."""

from __future__ import annotations

import subprocess
import sys

MADE = """
from ipywidgets import Widget
import workshop.programme
from ipywidgets.widgets.widget import _instances
print(sorted(type(one).__name__ for one in _instances.values()))
"""


def test_no_widget_is_made_by_importing():
    done = subprocess.run([sys.executable, "-c", MADE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
