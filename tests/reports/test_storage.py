"""Clients on shared storage: what is fetched, what comes back in which order, what is refused."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from workshop.cli.many import places_of
from workshop.errors import WorkshopError
from workshop.reports.inputs import MARK, finished
from workshop.reports.order import Measure, Order, Outcome
from workshop.reports.storage import at_hand, hand_in, named_there, write_there
from workshop.reports.work import work_on

URL = "memory://clients/acme"
AUDIT = Order("audit", ("html",))


@pytest.fixture
def storage():
    """Return the files of a storage, by their names; a client lies there."""
    system = fsspec.filesystem("memory")
    system.store.clear()
    for name, content in {
        "samenspel.toml": 'client = "Acme"\n',
        "goal.yaml": "kind: pipeline\n",
        "definitions/mql.yaml": "term: mql\n",
        "data/manifest.json": "{}",
        "data/leads-1.parquet": "leads",
        "session.db": "secret",
        "session.db-wal": "secret",
        ".secret": "secret",
        "notebooks/00-kick-off.ipynb": "{}",
        "reports/audit-2026-01-31-en/report.html": "page",
        "reports/audit-2026-01-31-en/report.ipynb": "{}",
        f"reports/audit-2026-01-31-en/{MARK}": "{}",
    }.items():
        system.pipe_file(f"/clients/acme/{name}", content.encode())
    yield system
    system.store.clear()


def present(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def there(system, under: str = "/clients/acme") -> set[str]:
    return {path.removeprefix(f"{under}/") for path in system.find(under)}


def report(folder: Path, **files: str) -> Path:
    """Lay down a made report; return one of its files."""
    made = folder / "reports" / "audit-2026-01-31-en"
    (made / "tables").mkdir(parents=True)
    for name, content in files.items():
        (made / name.replace("__", "/").replace("_", ".")).write_text(content)
    (made / MARK).write_text(json.dumps({"made_of": "1f", "files": []}))
    return made / next(iter(files)).replace("__", "/").replace("_", ".")


def failure(url: str, order=AUDIT) -> str:
    return work_on(url, order).failure.code


class TestFetched:
    def test_it_is_what_a_report_reads_and_nothing_else(self, storage):
        with at_hand(URL, AUDIT) as (folder, elsewhere):
            assert present(folder) == {
                "samenspel.toml",
                "goal.yaml",
                "definitions/mql.yaml",
                "data/manifest.json",
                "data/leads-1.parquet",
                "reports/audit-2026-01-31-en/report.ipynb",
                f"reports/audit-2026-01-31-en/{MARK}",
            }
            assert PurePosixPath("reports/audit-2026-01-31-en/report.html") in elsewhere
        assert not folder.exists()

    def test_a_name_that_leads_elsewhere_is_not_followed(self, storage, monkeypatch):
        found = [
            f"/clients/acme/{name}"
            for name in ("samenspel.toml", "data/../../x", "reports/../report.ipynb")
        ]
        monkeypatch.setattr(MemoryFileSystem, "find", lambda *given, **options: found)
        with at_hand(URL, AUDIT) as (folder, _):
            assert present(folder.parent) == {"client/samenspel.toml"}

    def test_tables_that_change_meanwhile_are_fetched_again(self, storage, monkeypatch):
        real, changes = MemoryFileSystem.get_file, []

        def get_file(self, source, target, **options):
            real(self, source, target, **options)
            if len(changes) < 1:
                changes.append(source)
                self.pipe_file("/clients/acme/data/manifest.json", b'{"sequence": 2}')

        monkeypatch.setattr(MemoryFileSystem, "get_file", get_file)
        with at_hand(URL, AUDIT) as (folder, _):
            assert (folder / "data" / "manifest.json").read_text() == '{"sequence": 2}'

    def test_tables_that_never_come_to_rest_are_refused(self, storage, monkeypatch):
        real = MemoryFileSystem.get_file
        moments = iter(range(100))

        def get_file(self, source, target, **options):
            real(self, source, target, **options)
            self.pipe_file("/clients/acme/data/manifest.json", b"%d" % next(moments))

        monkeypatch.setattr(MemoryFileSystem, "get_file", get_file)
        assert failure(URL) == "changing"

    @pytest.mark.parametrize("kind", ["session", "stand-up", "retro"])
    def test_a_session_in_a_file_is_refused(self, storage, kind):
        found = work_on(URL, Order(kind, ("html",), as_of="2026-01-31"))
        assert found.failure == ("session_in_file", {"path": URL})

    def test_a_session_in_postgres_is_not(self, storage):
        settings = 'client = "Acme"\nstore = "postgresql://db.example/acme"\n'
        storage.pipe_file("/clients/acme/samenspel.toml", settings.encode())
        with at_hand(URL, Order("session", ("html",))) as (folder, _):
            assert (folder / "samenspel.toml").is_file()

    def test_where_no_client_is_that_is_said(self, storage):
        assert failure("memory://clients/nobody") == "no_workspace_there"
        assert failure("nowhere://clients/acme") == "no_storage"

    def test_what_the_storage_says_is_passed_on_in_one_line(self, storage, monkeypatch):
        def refuse(*given, **options):
            raise PermissionError("not you\nnor him")

        monkeypatch.setattr(MemoryFileSystem, "find", refuse)
        found = work_on(URL, AUDIT).failure
        assert found == ("storage", {"path": URL, "problem": "PermissionError: not you"})


class TestHandedIn:
    def test_the_manifest_leaves_first_and_comes_last(self, storage, tmp_path, monkeypatch):
        done = []
        for name in ("rm_file", "put_file", "pipe_file"):
            real = getattr(MemoryFileSystem, name)

            def noted(self, *given, real=real, name=name, **options):
                place = given[1] if name == "put_file" else given[0]
                done.append((name, place.rpartition("/")[2]))
                return real(self, *given, **options)

            monkeypatch.setattr(MemoryFileSystem, name, noted)
        file = report(tmp_path, report_html="new", report_ipynb="{}", tables__a_csv="a")
        hand_in(file, tmp_path, URL)
        assert done[0] == ("rm_file", MARK)
        assert done[-1] == ("pipe_file", MARK)
        assert sorted(name for _, name in done[1:-1]) == ["a.csv", "report.html", "report.ipynb"]

    def test_the_manifest_names_all_files_and_the_old_ones_go(self, storage, tmp_path):
        folder = "/clients/acme/reports/audit-2026-01-31-en"
        storage.pipe_file(f"{folder}/tables/old.csv", b"old")
        hand_in(report(tmp_path, report_html="new", tables__a_csv="a"), tmp_path, URL)
        content = json.loads(storage.cat_file(f"{folder}/{MARK}"))
        assert content == {"made_of": "1f", "files": ["report.html", "tables/a.csv"]}
        assert there(storage, folder) == {"report.html", "tables/a.csv", MARK}
        assert storage.cat_file(f"{folder}/report.html") == b"new"

    def test_cut_short_no_manifest_says_that_it_is_whole(self, storage, tmp_path, monkeypatch):
        real = MemoryFileSystem.put_file

        def put_file(self, source, target, **options):
            if target.endswith("report.ipynb"):
                raise ConnectionError("gone")
            real(self, source, target, **options)

        monkeypatch.setattr(MemoryFileSystem, "put_file", put_file)
        file = report(tmp_path, report_html="new", report_ipynb="{}")
        with pytest.raises(ConnectionError):
            hand_in(file, tmp_path, URL)
        assert f"reports/audit-2026-01-31-en/{MARK}" not in there(storage)

    def test_what_is_on_the_storage_counts_as_there(self, storage, tmp_path):
        hand_in(report(tmp_path, report_html="new", tables__a_csv="a"), tmp_path, URL)
        with at_hand(URL, AUDIT) as (folder, elsewhere):
            made = folder / "reports" / "audit-2026-01-31-en"
            names = [Path(*name.parts[2:]) for name in elsewhere if "reports" in name.parts]
            assert [path.name for path in finished(made, "1f", names)] == ["report.html", "a.csv"]
            assert finished(made, "2e", names) == ()
            assert finished(made, "1f", [Path("report.html")]) == ()

    def test_one_file_of_a_client_can_be_written(self, storage):
        write_there(URL, "benchmark.yaml", b"figures: []\n")
        assert "benchmark.yaml" in there(storage)


def test_an_outcome_is_said_in_the_names_of_the_storage(tmp_path):
    made = tmp_path / "reports" / "audit-2026-01-31-en" / "report.html"
    named = named_there(Outcome(tmp_path, (made,)), tmp_path, URL)
    assert named.path == URL
    assert named.files == (f"{URL}/reports/audit-2026-01-31-en/report.html",)


def test_a_failure_shows_no_folder_of_the_worker(storage):
    found = work_on(URL, Measure()).failure
    assert isinstance(WorkshopError(found.code, **found.fields), Exception)
    assert not any("samenspel-" in str(value) for value in found.fields.values())


def test_each_client_counts_once_however_it_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = ["s3://clients/a", "s3://clients/a/", "b", str(tmp_path / "b"), "./c/../b", "c"]
    assert places_of(given) == ["s3://clients/a", Path("b"), Path("c")]
