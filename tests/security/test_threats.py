"""The threat model names tests that exist, for every threat it names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::([\w:]+))?`", TEXT)))
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ")]


def names_in(tree: ast.Module) -> set[str]:
    """Return the tests of a file, those of a class behind its name."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{f.name}" for f in node.body if isinstance(f, ast.FunctionDef)}
    return {name for name in found if name.rpartition("::")[2].startswith("test_")}


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_that_is_named_is_there(file, name):
    there = names_in(ast.parse((ROOT / file).read_text("utf-8")))
    assert name in there if name else there


def test_every_threat_has_a_test():
    threats = [row for row in ROWS if not row.startswith(("| Tries", "| Looks"))]
    assert len(threats) >= 18
    assert [row for row in threats if "`tests/" not in row] == []


def test_every_file_of_attacks_is_in_the_model():
    named = {file for file, _ in NAMED}
    own = {f"tests/security/{path.name}" for path in Path(__file__).parent.glob("test_*.py")}
    assert own <= named | {"tests/security/test_threats.py"}
    assert "`tests/security/test_threats.py`" in TEXT
