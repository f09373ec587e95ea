"""The session database: on disk before it is said, on both databases, and worded when it fails."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from tests.session.conftest import Room, new_database
from workshop.errors import InputError, WorkshopError, WorkspaceError
from workshop.session import migrate, sessions
from workshop.session.schema import metadata, now
from workshop.session.store import Store, open_file, open_store, open_url
from workshop.workspace import Workspace


class TestTables:
    def test_the_migrations_make_what_the_code_expects(self, store: Store) -> None:
        with store.read() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []

    def test_head_is_the_newest_migration(self) -> None:
        folder = Path(migrate.__file__).parent / "migrations"
        assert ScriptDirectory(str(folder)).get_current_head() == migrate.HEAD

    def test_opening_again_keeps_what_is_there(self, store: Store) -> None:
        made = sessions.start(store)
        reopened = open_file(store.file) if store.file else open_url(_address(store))
        assert sessions.running(reopened) == made
        reopened.close()

    def test_a_moment_comes_back_as_it_went_in(self, room: Room) -> None:
        found = sessions.session_of(room.store, room.session.session_id)
        assert found.opened_at == room.session.opened_at
        assert found.opened_at.utcoffset() is not None
        assert abs((now() - found.opened_at).total_seconds()) < 60


def _address(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")


class TestSqlite:
    def test_it_is_on_disk_before_it_is_said(self, tmp_path: Path) -> None:
        store = open_file(tmp_path / "session.db")
        with store.write() as connection:
            said = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
        assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}

    def test_a_reader_sees_one_moment_while_another_writes(self, tmp_path: Path) -> None:
        store = open_file(tmp_path / "session.db")
        count = sa.text("SELECT count(*) FROM sessions")
        with store.read() as reading:
            assert reading.scalar(count) == 0
            sessions.start(open_file(tmp_path / "session.db"))
            assert reading.scalar(count) == 0
        with store.read() as reading:
            assert reading.scalar(count) == 1

    def test_a_write_that_fails_leaves_nothing(self, tmp_path: Path) -> None:
        store = open_file(tmp_path / "session.db")

        def failing() -> None:
            with store.write() as connection:
                connection.exec_driver_sql("INSERT INTO people (name, team) VALUES ('A', 'sales')")
                raise KeyError("a fault in the middle")

        with pytest.raises(KeyError):
            failing()
        with store.read() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM people")) == 0

    def test_two_processes_write_without_losing_a_row(self, tmp_path: Path) -> None:
        path = tmp_path / "session.db"
        open_file(path).close()
        spawned = multiprocessing.get_context("spawn")
        writers = [spawned.Process(target=_write_many, args=(path, n)) for n in range(2)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(60)
        with open_file(path).read() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM people")) == 2 * 50


def _write_many(path: Path, writer: int) -> None:
    store = open_file(path)
    for n in range(50):
        with store.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO people (name, team) VALUES (?, 'sales')", (f"{writer}-{n}",)
            )


class TestFaults:
    def test_a_database_of_a_newer_kit_is_left_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "session.db"
        store = open_file(path)
        with store.write() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        store.close()
        before = path.read_bytes()
        assert _fault(lambda: open_file(path)).code == "store_newer"
        assert path.read_bytes() == before

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        path = tmp_path / "session.db"
        path.write_bytes(b"this is a shopping list, not a database\n" * 100)
        assert _fault(lambda: open_file(path)).code == "store_damaged"

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        assert _fault(lambda: open_file(tmp_path / "no" / "session.db")).code == "store_unreadable"

    def test_a_full_disk(self, tmp_path: Path) -> None:
        store = open_file(tmp_path / "session.db")

        def fill() -> None:
            with store.write() as connection:
                pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
                connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
                for n in range(2_000):
                    connection.exec_driver_sql(
                        "INSERT INTO people (name, team) VALUES (?, 'sales')", (f"{n:0100}",)
                    )

        assert _fault(fill).code == "store_full"
        with store.read() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM people")) == 0

    def test_a_database_that_another_holds(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("workshop.session.store._PATIENCE_MS", 50)
        path = tmp_path / "session.db"
        store = open_file(path)
        other = sqlite3.connect(path)
        other.execute("BEGIN IMMEDIATE")
        assert _fault(lambda: sessions.start(store)).code == "store_busy"
        other.rollback()
        other.close()
        assert sessions.start(store).code

    def test_a_short_wait_for_another_is_no_fault(self, tmp_path: Path) -> None:
        path = tmp_path / "session.db"
        store = open_file(path)
        other = sqlite3.connect(path, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, other.rollback)
        release.start()
        assert sessions.start(store).code
        release.join()
        other.close()

    def test_a_server_that_is_not_there(self, tmp_path: Path) -> None:
        fault = _fault(lambda: open_url(f"postgresql://tester@/none?host={tmp_path}"))
        assert fault.code == "store_unreachable"
        assert str(fault.fields["path"]).startswith("postgresql")

    def test_a_fault_of_ours_is_not_called_the_databases(self, store: Store) -> None:
        with pytest.raises(sa.exc.DatabaseError), store.write() as connection:
            connection.exec_driver_sql("SELECT nothing FROM nowhere")


def _fault(call: object) -> WorkshopError:
    with pytest.raises(WorkspaceError) as caught:
        call()  # type: ignore[operator]
    return caught.value


class TestAddress:
    @pytest.mark.parametrize("address", ["mysql://host/x", "no address", "sqlite:///x.db"])
    def test_only_postgres_has_an_address(self, address: str) -> None:
        with pytest.raises(InputError) as caught:
            open_url(address)
        assert caught.value.code == "bad_store_url"

    @pytest.mark.parametrize("scheme", ["mysql://", "postgres//", "mysqlx://"])
    def test_a_password_in_a_wrong_address_is_not_repeated(self, scheme: str) -> None:
        with pytest.raises(InputError) as caught:
            open_url(f"{scheme}tester:se:cret@host/x")
        assert "cret" not in str(caught.value.fields["given"])

    def test_a_password_does_not_stand_in_a_file(self) -> None:
        with pytest.raises(InputError) as caught:
            open_url("postgresql://tester:secret@host/x")
        assert caught.value.code == "store_password_in_file"
        assert "secret" not in str(caught.value)

    def test_a_password_comes_from_the_environment(
        self, postgres: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SAMENSPEL_STORE_PASSWORD", "not needed here")
        store = open_url(new_database(postgres))
        assert store.engine.url.password == "not needed here"
        assert "not needed here" not in store.place
        store.close()

    def test_the_settings_say_which(self, tmp_path: Path, postgres: Path) -> None:
        plain = Workspace.create(tmp_path / "plain", "Client")
        file = open_store(plain)
        assert file.file == tmp_path / "plain" / "session.db"
        address = new_database(postgres)
        elsewhere = Workspace.create(tmp_path / "elsewhere", "Client", store=address)
        server = open_store(elsewhere)
        assert not server.is_sqlite
        assert not (tmp_path / "elsewhere" / "session.db").exists()
        file.close()
        server.close()


class TestUpgrading:
    """A database of the first version goes on, with a copy of it as it was."""

    @staticmethod
    def first(path: Path) -> Path:
        """Make a file as the first version had it, with a session in it."""
        engine = sa.create_engine(f"sqlite:///{path}")
        with engine.begin() as connection:
            migrated(connection, "0001")
        engine.dispose()
        with sqlite3.connect(path) as connection:
            connection.execute(
                "INSERT INTO sessions (code, floor, opened_at, running, revision)"
                " VALUES ('ABC234', 4, '2026-11-02 09:00:00', 1, 0)"
            )
        connection.close()
        return path

    def test_it_keeps_what_is_there_and_a_copy_as_it_was(self, tmp_path: Path) -> None:
        path = self.first(tmp_path / "session.db")
        store = open_file(path)
        assert sessions.running(store).code == "ABC234"
        with store.read() as connection:
            assert migrate.version_of(connection) == migrate.HEAD
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        store.close()
        copy = sqlite3.connect(migrate.copy_of(path, "0001"))
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert copy.execute("SELECT code FROM sessions").fetchall() == [("ABC234",)]
        copy.close()

    def test_two_that_open_it_at_once_both_go_on_and_the_copy_is_of_the_first(
        self, tmp_path: Path
    ) -> None:
        path = self.first(tmp_path / "session.db")
        spawned = multiprocessing.get_context("spawn")
        both = [spawned.Process(target=_open, args=(path,)) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join(60)
        assert [one.exitcode for one in both] == [0, 0]
        copy = sqlite3.connect(migrate.copy_of(path, "0001"))
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        copy.close()

    def test_without_a_copy_it_stays_as_it_is(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*given: object) -> None:
            raise OSError(28, "No space left on device")

        path = self.first(tmp_path / "session.db")
        monkeypatch.setattr(migrate, "write_atomically", full)
        error = _fault(lambda: open_file(path))
        assert error.code == "store_not_copied"
        found = sqlite3.connect(path)
        assert found.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        found.close()

    def test_a_server_goes_on_too(self, postgres: Path) -> None:
        address = new_database(postgres)
        engine = sa.create_engine(address.replace("postgresql", "postgresql+psycopg", 1))
        with engine.begin() as connection:
            migrated(connection, "0001")
        engine.dispose()
        store = open_url(address)
        with store.read() as connection:
            assert migrate.version_of(connection) == migrate.HEAD
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        store.close()


def migrated(connection: sa.Connection, version: str) -> None:
    """Bring an empty database to an earlier version."""
    config = Config()
    folder = Path(migrate.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def _open(path: Path) -> None:
    open_file(path).close()
