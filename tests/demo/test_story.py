"""The example session as it was played: everything is shown, agreed, marked, and the same again."""

from __future__ import annotations

import datetime as dt
import filecmp
import sqlite3

import pytest
import sqlalchemy as sa

from tests.played import played, sitting_of
from workshop.crm.tables import open_tables
from workshop.definition_file import read_definition
from workshop.demo import AGREED, agreed_file, example_workspace, later_export
from workshop.demo.story import story
from workshop.errors import InputError, WorkspaceError
from workshop.resources import kit
from workshop.session import ledger
from workshop.session.floor import INSIDE
from workshop.session.results import results
from workshop.session.rounds import rounds_of
from workshop.session.rules import RULES_FILE, read_rules
from workshop.session.schema import metadata
from workshop.session.sessions import all_sessions, running, start
from workshop.session.store import open_file, open_store
from workshop.session.voting import is_vote
from workshop.workspace import Workspace

RANDOM = {"token_hash", "code"}
"""What a played session draws by lot: nobody sees it."""


@pytest.fixture
def store(example_played):
    found = open_store(example_played)
    yield found
    found.close()


def test_the_sittings_have_their_days_and_are_over(store):
    sessions = all_sessions(store)
    days = [one.opened_at.date().isoformat() for one in sessions]
    assert days == ["2026-11-03", "2026-11-10", "2026-12-01"]
    assert all(one.ended_at is not None for one in sessions)
    assert running(store) is None


def test_every_exercise_shows_both_teams_on_every_question(store):
    asked = {one.exercise: one for s in all_sessions(store) for one in rounds_of(store, s[0])}
    exercises = {path.stem for path in kit("templates", "exercises").glob("*.yaml")}
    assert {name for name, one in asked.items() if not is_vote(one)} == exercises
    for found in asked.values():
        assert found.state == "revealed"
        groups = results(store, found.round_id).groups
        inside = groups[groups["team"].isin(INSIDE)]
        assert inside["shown"].all(), found.exercise
        assert (inside["people"] > 0).all() or found.named, found.exercise


def test_the_ledger_has_votes_dissent_promises_and_what_became_of_them(store):
    found = ledger.ledger(store)
    kinds = {one.kind for one in found}
    assert {"definition", "rules", "goal", "promise", "experiment", "other"} <= kinds
    voted = [one for one in found if one.vote]
    assert {one.subject for one in voted} == {"mql", "sql", "hand-over", "goal"}
    assert all(one.dissent for one in voted)
    assert {one.review.outcome for one in found if one.review} == {"done", "not_done", "kept"}
    assert "(fictief)" in found[0].owner


@pytest.mark.parametrize("term", ["mql", "sql"])
def test_the_files_come_from_the_ledger(example_played, term):
    agreed = read_definition(example_played.path, term)
    written = read_definition(kit("datasets", "example"), term)
    assert agreed.sides == written.sides
    assert agreed.joint.text == written.joint.text
    file = example_played.path / "definitions" / f"{term}.yaml"
    assert "(#" in file.read_text("utf-8").splitlines()[0]


def test_the_rules_come_from_the_ledger_too(example_played):
    assert read_rules(example_played.path) == read_rules(agreed_file("nl", RULES_FILE).parent)


def test_the_newest_export_was_imported(example_played):
    assert open_tables(example_played).as_of == dt.date(2026, 11, 28)


def rows(path) -> dict[str, list[dict[str, object]]]:
    """Return what a session database holds, but for what is drawn by lot."""
    store = open_file(path)
    with store.read() as connection:
        found = {
            table.name: [
                {name: value for name, value in row._mapping.items() if name not in RANDOM}
                for row in connection.execute(sa.select(table))
            ]
            for table in metadata.sorted_tables
        }
    store.close()
    return found


def test_the_same_is_played_each_time(tmp_path):
    kept = []
    for name in ("one", "two"):
        workspace = example_workspace(tmp_path / name, "en")
        played(workspace, sitting_of("ask terms", "vote definition mql", "decide mql"))
        kept.append(rows(tmp_path / name / "session.db"))
    assert kept[0]["answers"]
    assert kept[0] == kept[1]


def test_what_was_played_is_not_played_again(example_played, tmp_path, monkeypatch):
    monkeypatch.setattr("workshop.demo.story.import_example", lambda *_: iter(()))
    assert list(story(example_played, 4)) == []


def test_a_story_that_broke_off_is_not_taken_up(tmp_path, monkeypatch):
    workspace = example_workspace(tmp_path / "demo")
    store = open_store(workspace)
    start(store)
    store.close()
    monkeypatch.setattr("workshop.demo.story.import_example", lambda *_: iter(()))
    with pytest.raises(WorkspaceError, match="example_unfinished"):
        list(story(workspace, 4))


def test_a_client_s_folder_is_left_alone(tmp_path):
    Workspace.create(tmp_path / "client", "Acme")
    with pytest.raises(InputError, match="not_the_example"):
        example_workspace(tmp_path / "client")


def test_a_later_export_is_the_same_each_time_and_has_more(tmp_path):
    workspace = example_workspace(tmp_path / "demo")
    first = later_export(workspace, 1)
    assert first == workspace.path / "exports" / "2026-11-07"
    kept = first.rename(tmp_path / "kept")
    second = later_export(workspace, 1)
    names = sorted(path.name for path in second.iterdir())
    same, _, _ = filecmp.cmpfiles(kept, second, names, shallow=False)
    assert sorted(same) == names
    lines = [len(path.read_bytes().splitlines()) for path in
             (kit("datasets", "example") / "leads.csv", second / "leads.csv")]  # fmt: skip
    assert lines[0] < lines[1]
    with pytest.raises(ValueError, match="not 9"):
        later_export(workspace, 9)


def test_the_session_database_stays_whole(example_played):
    with sqlite3.connect(example_played.path / "session.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert set(AGREED) <= {
        str(path.relative_to(example_played.path)) for path in example_played.path.rglob("*.yaml")
    }
