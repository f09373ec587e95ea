"""Hold the answer of one engine against that of another: counts exactly, figures to 12 digits."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from tests.command import call
from workshop.crm.readiness import QUESTIONS
from workshop.workspace import Workspace

FULL = os.environ.get("SAMENSPEL_ENGINES") == "full"
ASKED = QUESTIONS if FULL else ("hand-over",)
"""What each engine is asked: the one that reads most; all of them take Spark some minutes."""


def answer(workspace: Workspace, question: str) -> dict[str, Any]:
    """Return what ``analyse --json`` prints, without the name of the folder."""
    done = call("analyse", workspace.path, question, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return {name: value for name, value in found.items() if name != "workspace"}


def assert_same(found: Any, expected: Any, at: str = "") -> None:
    """Assert that two answers are equal: whole numbers and texts as they are, in the same order."""
    assert type(found) is type(expected), at
    if isinstance(expected, dict):
        assert list(found) == list(expected), at
        for name in expected:
            assert_same(found[name], expected[name], f"{at}.{name}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), at
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert_same(one, other, f"{at}[{number}]")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12), at
    else:
        assert found == expected, at
