"""What only `make test-engines` runs, in an environment of its own that has Spark."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest

from tests.same_answers import FULL, answer
from workshop.workspace import Workspace

# Those of Postgres that are short are in tests/crm.
_LEFT = [] if FULL else ["test_postgres.py"]
collect_ignore_glob = _LEFT if find_spec("pyspark") else ["test_*.py"]


@pytest.fixture(scope="session")
def expected(example: Workspace) -> Callable[[str], dict[str, Any]]:
    """Return a function that answers a question from the tables as they were imported."""
    return cache(lambda question: answer(example, question))
