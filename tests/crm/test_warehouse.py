"""A client's own warehouse, on Postgres: the answers of DuckDB, by who may only read.

All seven questions, and other engines, are in tests/engines (`make test-engines-all`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.command import call
from tests.same_answers import answer, assert_same
from tests.warehouses import beside, loaded_postgres, settings_of
from workshop.crm.readiness import QUESTIONS
from workshop.workspace import Workspace


@pytest.fixture(scope="module")
def on_postgres(example: Workspace, tmp_path_factory) -> Iterator[Workspace]:
    """Return a workspace whose tables a server holds as a client would call them."""
    path = tmp_path_factory.mktemp("on-postgres") / "client"
    with loaded_postgres(example) as url:
        yield beside(example, path, {"url": url, "tables": settings_of(example)})


@pytest.mark.parametrize("question", ["funnel", "hand-over"])
def test_a_question_gets_the_same_answer(question, example, on_postgres):
    assert_same(answer(on_postgres, question), answer(example, question))


def test_check_says_the_same(example, on_postgres):
    said, expected = call("check", on_postgres.path), call("check", example.path)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.split("\n\n")[1:] == expected.stdout.split("\n\n")[1:]
    assert len(said.stdout.split("\n\n")) > len(QUESTIONS)
