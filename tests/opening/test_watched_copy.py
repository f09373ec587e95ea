"""What is said of the copy when a session opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.session.conftest import new_database
from tests.session.conftest import postgres as postgres
from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.opening import watched_copy
from workshop.opening.screen import Screen
from workshop.opening.watched_copy import copying
from workshop.session import sessions
from workshop.session.copy import Copy
from workshop.session.store import open_store, open_url
from workshop.workspace import Workspace

SCREEN = Screen(Translator("en"))


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.create(tmp_path / "client", "Rekvast", language="en")


@pytest.fixture
def store(workspace):
    opened = open_store(workspace)
    yield opened
    opened.close()


def test_the_copy_is_there_when_the_block_ends_with_the_last_of_it(workspace, store, capsys):
    folder = workspace.path.parent / "copy"
    with copying(Copy(workspace, store, folder), store, SCREEN):
        sessions.start(store)
    assert (folder / "samenspel.toml").exists()
    there = open_store(Workspace.open(folder))
    assert len(sessions.all_sessions(there)) == 1
    there.close()
    said = capsys.readouterr()
    assert f"samenspel open {folder}" in said.out
    assert "same disk" in said.err


def test_another_disk_needs_no_warning(workspace, store, capsys, monkeypatch):
    monkeypatch.setattr(watched_copy, "same_disk", lambda one, other: False)
    with copying(Copy(workspace, store, workspace.path.parent / "copy"), store, SCREEN):
        pass
    assert capsys.readouterr().err == ""


def test_a_disk_that_is_not_there_is_said_and_stops_nothing(workspace, store, capsys):
    with copying(Copy(workspace, store, Path("/nowhere/copy")), store, SCREEN):
        sessions.start(store)
    said = capsys.readouterr()
    assert said.err.count("Copying to /nowhere/copy fails") == 1
    assert "The last copy to /nowhere/copy did not get done" in said.err
    assert said.out == ""


def test_a_folder_that_cannot_be_the_copy_is_refused_before_anything(workspace, store):
    with (
        pytest.raises(InputError),
        copying(Copy(workspace, store, workspace.path / "copy"), store, SCREEN),
    ):
        pytest.fail("nothing runs with a copy inside its original")


def test_a_session_in_postgres_is_not_copied_and_that_is_said(workspace, postgres, capsys):
    store = open_url(new_database(postgres))
    folder = workspace.path.parent / "copy"
    with copying(Copy(workspace, store, folder), store, SCREEN):
        sessions.start(store)
    store.close()
    assert "The session is in postgresql" in capsys.readouterr().out
    assert (folder / "samenspel.toml").exists()
    assert not (folder / "session.db").exists()


def test_without_a_copy_nothing_is_said(store, capsys):
    with copying(None, store, SCREEN):
        pass
    assert capsys.readouterr() == ("", "")
