"""A workspace of its own for each test: the example company, with a session database to write."""

from __future__ import annotations

import shutil

import pytest

from workshop.session.store import open_store
from workshop.workspace import Workspace


@pytest.fixture
def company(example, tmp_path):
    """Return a copy of the example company that a test may write to."""
    folder = tmp_path / "company"
    shutil.copytree(example.path, folder)
    return Workspace.open(folder)


@pytest.fixture
def kept(company):
    """Open the session database of that copy."""
    opened = open_store(company)
    yield opened
    opened.close()
