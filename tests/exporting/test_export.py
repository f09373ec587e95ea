"""An export holds everything, in open formats; a client's folder made of it is an equal one."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import shutil
import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from tests.session.conftest import Room, exercise
from tests.torture import equal, rooms
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.errors import InputError, WorkspaceError
from workshop.exporting.export import export_workspace, workspace_from
from workshop.session import rounds
from workshop.session.store import open_store
from workshop.workspace import Workspace

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
ODD = (
    "Deal-ID;Naam;Fase;Bedrag;Eigenaar;Regio\n"
    'D1;"=1+1; ""x""";Offerte;10,50;An;\'s Hertogenbosch\n'
    'D2;"twee\nregels";Gewonnen;;Bo;"+32"\n'
    "D3;'=x;Nieuw;99999999,99;;NULL\n"
)


@pytest.fixture(scope="module")
def lived(example, tmp_path_factory) -> Workspace:
    """Return a workspace with all that one can hold."""
    folder = tmp_path_factory.mktemp("lived") / "rekvast"
    shutil.copytree(example.path, folder, ignore=shutil.ignore_patterns("reports", ".held-*"))
    workspace = Workspace.open(folder)
    changed = folder.parent / "verkoopkansen.csv"
    changed.write_text("Kans-ID;Fase;Bedrag\nVK-0001;Gewonnen;1,00\nVK-0002;Verloren;x\n", "utf-8")
    import_files(workspace, Request((changed,), table="deals", columns={"Kans-ID": "deal_id"}))
    rooms.lively(workspace)
    (folder / "reports" / "session-2026-10-31-nl").mkdir(parents=True)
    (folder / "reports" / "session-2026-10-31-nl" / "report.html").write_text("<p>é", "utf-8")
    (folder / "exercises").mkdir()
    (folder / "exercises" / "own.yaml").write_text("# eigen\n", "utf-8")
    return workspace


@pytest.fixture(scope="module")
def exported(lived, tmp_path_factory):
    return export_workspace(lived, tmp_path_factory.mktemp("out") / "export", NOW)


@pytest.fixture(scope="module")
def again(exported, tmp_path_factory) -> Workspace:
    return workspace_from(exported, tmp_path_factory.mktemp("again") / "rekvast")


class TestEqual:
    def test_the_tables(self, lived, again):
        before, after = equal.tables(lived), equal.tables(again)
        assert list(before) == list(after)
        assert any(name.startswith("changes") for name in before)
        for name, frame in before.items():
            pd.testing.assert_frame_equal(frame, after[name])
        assert equal.manifest(lived) == equal.manifest(again)

    def test_the_answers_to_all_questions(self, lived, again):
        assert equal.answers(lived) == equal.answers(again)

    def test_the_session_but_for_what_was_never_shown(self, lived, again):
        before, after = equal.session(lived), equal.session(again)
        (shut,) = [row for row in before["rounds"] if row[2] == "shut"]
        before["answers"] = [row for row in before["answers"] if row[1] != shut[0]]
        assert before == after
        assert len(after["answers"]) == 40
        assert len(after["decisions"]) == 2

    def test_every_other_file(self, lived, again):
        assert equal.files(lived.path) == equal.files(again.path)
        assert lived.settings == again.settings

    def test_a_second_export_is_the_same(self, exported, again, tmp_path):
        second = export_workspace(again, tmp_path / "second", NOW)
        names = [path.relative_to(exported) for path in exported.rglob("*") if path.is_file()]
        assert len(names) > 25
        for name in names:
            if name.name not in ("session.db", "export.json", "manifest.json"):
                assert (second / name).read_bytes() == (exported / name).read_bytes(), name

    def test_values_of_every_kind(self, tmp_path):
        workspace = Workspace.create(tmp_path / "odd", "Ödd")
        source = tmp_path / "odd.csv"
        source.write_text(ODD, "utf-8")
        import_files(workspace, Request((source,), traits=("Regio",)))
        out = export_workspace(workspace, tmp_path / "out", NOW)
        back = workspace_from(out, tmp_path / "back")
        for name, frame in equal.tables(workspace).items():
            pd.testing.assert_frame_equal(frame, equal.tables(back)[name])
        with next((out / "data").glob("deals-*.csv")).open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        assert not import_files(back, Request((source,), traits=("Regio",))).changed


class TestWhatIsInIt:
    def test_only_what_a_reveal_shows(self, lived, exported):
        shown = pd.read_csv(exported / "session" / "answers.csv", encoding="utf-8-sig")
        assert set(shown["round"]) == {1, 2}
        assert shown.loc[shown["round"] == 1, "name"].isna().all()
        # One alone in the third team is under the floor in the anonymous round.
        assert "other" not in set(shown.loc[shown["round"] == 1, "team"].dropna())
        assert len(shown[shown["round"] == 1]) == 18
        texts = [
            path.read_text("utf-8", "replace")
            for path in (exported / "session").iterdir()
            if path.suffix != ".db"
        ]
        store = open_store(lived)
        with store.read() as connection:
            rows = connection.exec_driver_sql("SELECT participant_id, token_hash FROM participants")
            secrets = [value for row in rows for value in row]
        store.close()
        assert secrets
        assert not [secret for secret in secrets for text in texts if secret in text]

    def test_nothing_lingers_that_was_never_shown(self, exported):
        with closing(sqlite3.connect(exported / "session" / "session.db")) as database:
            rounds_ = {n for (n,) in database.execute("SELECT DISTINCT round_id FROM answers")}
        assert rounds_ == {1, 2}
        assert not list((exported / "session").glob("session.db-*"))

    def test_the_readme_names_every_folder_in_both_languages(self, exported):
        text = (exported / "README.md").read_text("utf-8")
        for path in exported.iterdir():
            named = f"`{path.name}/`" if path.is_dir() else f"`{path.name}`"
            if path.name != "README.md":
                assert text.count(named) == 2, named
        kinds = {re.sub(r"\d+", "*", path.name) for path in (exported / "session").iterdir()}
        assert [name for name in kinds if f"`{name}`" not in text] == []

    def test_no_path_of_this_machine(self, lived, exported):
        for path in exported.rglob("*"):
            if path.is_file() and path.suffix in (".json", ".csv", ".md", ".yaml", ".toml"):
                assert str(lived.path) not in path.read_text("utf-8", "replace"), path


def refused(call, *given) -> str:
    with pytest.raises((InputError, WorkspaceError)) as caught:
        call(*given)
    return caught.value.code


class TestRefused:
    def test_while_a_round_is_open(self, tmp_path):
        workspace = Workspace.create(tmp_path / "a", "A")
        store = open_store(workspace)
        room = Room(store)
        asked = rounds.open_round(store, room.session.session_id, "asked", exercise())
        target = tmp_path / "out"
        assert refused(export_workspace, workspace, target, NOW) == "export_round_open"
        assert not target.exists()
        assert [path.name for path in tmp_path.iterdir()] == ["a"]
        rounds.close(store, asked.round_id)
        store.close()
        assert export_workspace(workspace, target, NOW) == target

    def test_into_itself_or_over_something(self, tmp_path):
        workspace = Workspace.create(tmp_path / "a", "A")
        for place in (workspace.path, workspace.path / "out", tmp_path):
            assert refused(export_workspace, workspace, place, NOW) == "export_inside"
        (tmp_path / "b").mkdir()
        (tmp_path / "b" / "mine.txt").touch()
        assert refused(export_workspace, workspace, tmp_path / "b", NOW) == "path_in_use"
        away = tmp_path / "not" / "there"
        assert refused(export_workspace, workspace, away, NOW) == "no_folder"

    def test_what_is_damaged(self, tmp_path):
        workspace = Workspace.create(tmp_path / "a", "A")
        source = tmp_path / "odd.csv"
        source.write_text(ODD, "utf-8")
        import_files(workspace, Request((source,)))
        table = next((workspace.path / "data").glob("deals*.parquet"))
        table.write_bytes(table.read_bytes()[:-20])
        assert refused(export_workspace, workspace, tmp_path / "out", NOW) == "damaged_data"
        assert not (tmp_path / "out").exists()

    def test_an_export_that_was_changed(self, exported, tmp_path):
        source = tmp_path / "export"
        shutil.copytree(exported, source)
        (source / "data" / "types.json").write_text("{}", "utf-8")
        with pytest.raises(InputError) as caught:
            workspace_from(source, tmp_path / "back")
        assert caught.value.code == "export_altered"
        assert caught.value.fields["files"] == ["data/types.json"]
        assert not (tmp_path / "back").exists()

    @pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "files/../../secret"])
    def test_an_export_that_reaches_out(self, exported, tmp_path, name):
        source = tmp_path / "export"
        source.mkdir()
        for path in exported.rglob("*"):
            if path.is_file() and "parquet" not in path.name:
                target = source / path.relative_to(exported)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        listed = json.loads((source / "export.json").read_text("utf-8"))
        listed["files"][name] = "0" * 32
        (source / "export.json").write_text(json.dumps(listed), "utf-8")
        assert refused(workspace_from, source, tmp_path / "back") == "export_altered"

    def test_what_is_no_export_or_a_newer_one(self, exported, tmp_path):
        assert refused(workspace_from, tmp_path, tmp_path / "back") == "no_export"
        listed = json.loads((exported / "export.json").read_text("utf-8"))
        (tmp_path / "export.json").write_text(json.dumps({**listed, "format": 2}), "utf-8")
        assert refused(workspace_from, tmp_path, tmp_path / "back") == "export_newer"

    def test_over_a_folder_in_use(self, exported, lived):
        assert refused(workspace_from, exported, lived.path) == "path_in_use"
