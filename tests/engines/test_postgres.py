"""On Postgres the seven questions get the answers that they get on DuckDB."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.same_answers import ASKED, answer, assert_same
from tests.warehouses import beside, loaded_postgres, settings_of
from workshop.workspace import Workspace


@pytest.fixture(scope="module")
def on_postgres(example: Workspace, tmp_path_factory) -> Iterator[Workspace]:
    """Return a workspace whose tables a server holds as a client would call them."""
    path = tmp_path_factory.mktemp("on-postgres") / "client"
    with loaded_postgres(example) as url:
        yield beside(example, path, {"url": url, "tables": settings_of(example)})


@pytest.mark.parametrize("question", ASKED)
def test_a_question_gets_the_same_answer(question, on_postgres, expected):
    assert_same(answer(on_postgres, question), expected(question))
