"""What comes from outside is data: files, names, paths, and no code of ours that would run it."""

from __future__ import annotations

import ast
import json
import time
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

import workshop
from tests.command import call as command
from tests.reports.test_session import deals
from tests.security.hostile import CLIENT, TEXTS
from workshop.cells import inert
from workshop.cli.answers import _write_csv
from workshop.crm.importing import import_files
from workshop.crm.sql import identifier, literal
from workshop.crm.staging import Request
from workshop.crm.store import MANIFEST, Store, digest_of
from workshop.crm.tables import open_tables
from workshop.errors import InputError, ReportError, WorkshopError
from workshop.exporting.export import LIST, export_workspace, workspace_from
from workshop.exporting.tables import _as_it_was, _inert
from workshop.reports.brand import logo_address
from workshop.reports.execute import executed
from workshop.reports.jupyter import jupyter
from workshop.resources import kit
from workshop.session.exercise_file import read_exercise
from workshop.workspace import SETTINGS_FILE, Mapping, Workspace

PACKAGE = Path(workshop.__file__).parent
NOW = datetime(2026, 11, 23, tzinfo=UTC)
RUNS = {"eval", "exec", "compile", "__import__"}
LOADS = {("pickle", "load"), ("pickle", "loads"), ("yaml", "load"), ("yaml", "unsafe_load")}
UNSAFE = {"shell", "description_allow_html"}
SHELLS = {("os", "system"), ("os", "popen"), ("subprocess", "getoutput")}
PIPES = {"reports/batch.py", "reports/worker.py"}
"""A batch and the worker that it started, over a pipe that nobody else writes to."""
SQL = {"execute", "raw_sql", "exec_driver_sql"}
QUOTING = ("crm/", "exporting/tables.py")
"""Where SQL is put together: of names and values quoted by `workshop.crm.sql`."""
OF_OURS = {"session/health.py", "session/scrub.py", "session/store.py"}
"""Where the name of a table, a trigger or a bound stands in SQL, none of them typed by anyone."""
NAMES = (
    *TEXTS,
    'a"b',
    "a'b",
    'x" AS y, (SELECT 1) AS "z',
    "a\\",
    "--",
    "/*",
    ";",
    "NULL",
    "é" * 300,
)


@cache
def calls() -> list[tuple[str, ast.Call]]:
    """Return every call in the package, with the file that it is in."""
    return [
        (path.relative_to(PACKAGE).as_posix(), node)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    ]


class TestOurCode:
    def test_nothing_runs_a_text(self):
        found = []
        for file, call in calls():
            function = call.func
            if isinstance(function, ast.Name) and function.id in RUNS:
                found.append((file, function.id))
            if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
                name = (function.value.id, function.attr)
                if name in LOADS | SHELLS and not (name[0] == "pickle" and file in PIPES):
                    found.append((file, name))
            found += [(file, one.arg) for one in call.keywords if one.arg in UNSAFE]
        assert found == []
        assert len(calls()) > 5_000

    def test_sql_is_put_together_where_names_and_values_are_quoted(self):
        found = {
            file
            for file, call in calls()
            if isinstance(call.func, ast.Attribute) and call.func.attr in SQL
            if call.args and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
            if not file.startswith(QUOTING)
        }
        assert found <= OF_OURS

    def test_every_template_escapes_but_for_a_style_and_what_was_escaped_before(self):
        folder = kit("templates")
        marked = {
            line.strip()
            for path in folder.rglob("*")
            if path.suffix in (".j2", ".html")
            for line in path.read_text("utf-8").splitlines()
            if "|safe" in line.replace(" ", "") or "autoescape" in line
        }
        assert marked == {"<style>{{ style|safe }}</style>", "{{ part | safe }}"}


class TestDatabase:
    def test_a_name_is_a_name_and_a_value_is_a_value(self):
        connection = duckdb.connect()
        for name in NAMES:
            row = connection.execute(f"SELECT {literal(name)} AS {identifier(name)}")
            assert row.description[0][0] == name
            assert row.fetchall() == [(name,)]

    def test_a_hostile_export_is_imported_as_it_stands(self, tmp_path):
        made = Workspace.create(tmp_path / "client", CLIENT)
        heads = ["deal_id", "stage", "created_at", "closed_at", *NAMES]
        rows = [[f"D{n}", "Won", "2025-01-13", "2025-02-13", *NAMES] for n in range(9)]
        quoted = [
            ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (heads, *rows)
        ]
        (tmp_path / "x.csv").write_text("\n".join(quoted), "utf-8")
        imported = import_files(made, Request((tmp_path / "x.csv",), traits=NAMES[10:18]))
        assert imported.kept == 9
        frame = open_tables(made).deals.execute()
        assert len(frame) == 9
        assert {inert(name) for name in frame.columns} >= {"deal_id", "stage"}

    @settings(max_examples=40, deadline=None, database=None)
    @given(st.text(alphabet="=+-@＝'\";,|\t\r\n a", max_size=10))
    def test_what_a_sheet_would_run_comes_back_as_it_was(self, text):
        connection, sent, kept = duckdb.connect(), text, text
        for step in (_inert("c", "VARCHAR"), _as_it_was("c", "VARCHAR")):
            given = connection.execute(f"SELECT {step} FROM (SELECT $1 AS c)", [text])
            kept, text = text, given.fetchone()[0]
        connection.close()
        assert text == sent
        assert kept == inert(text) or text.startswith("'")


def test_an_answer_as_csv_holds_no_formula_not_in_its_headers_either(tmp_path):
    file = tmp_path / "answer.csv"
    _write_csv(file, pd.DataFrame({"=1+1": ["@x", "a;=1"], "n": [-1, 2]}))
    assert file.read_text("utf-8-sig").splitlines() == ["'=1+1,n", "'@x,-1", "a;'=1,2"]


class TestPaths:
    @pytest.fixture
    def client(self, tmp_path) -> Workspace:
        made = Workspace.create(tmp_path / "client", "Rekvast")
        (tmp_path / "d.csv").write_text(deals(12), "utf-8")
        import_files(made, Request((tmp_path / "d.csv",)))
        (tmp_path / "outside.txt").write_text("van iemand anders", "utf-8")
        return made

    @pytest.mark.parametrize("place", ["../outside.txt", "/etc/passwd", "link.png"])
    def test_a_logo_is_a_file_of_the_client(self, client, place):
        (client.path / "link.png").symlink_to(client.path.parent / "outside.txt")
        settings_file = client.path / SETTINGS_FILE
        settings_file.write_text(
            settings_file.read_text("utf-8") + f'\n[brand]\nlogo = "{place}"\n', "utf-8"
        )
        with pytest.raises(ReportError, match="logo_outside"):
            logo_address(Workspace.open(client.path))

    @pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "..", "a/../b", "\x00", CLIENT])
    def test_an_exercise_is_one_of_those_that_are_there(self, client, name):
        with pytest.raises(InputError):
            read_exercise(client, name)

    @pytest.mark.parametrize(
        "place", ["../../evil.parquet", "/tmp/evil.parquet", ".hidden", "a\\b"]
    )
    @pytest.mark.parametrize("field", ["table", "changes", "set_aside"])
    def test_a_crafted_export_writes_nothing_outside(self, client, tmp_path, place, field):
        exported = export_workspace(client, tmp_path / "export", NOW)
        manifest = json.loads((exported / "data" / MANIFEST).read_text("utf-8"))
        if field == "table":
            manifest["tables"]["deals"]["file"] = place
        elif field == "changes":
            manifest["changes"] = [place]
        else:
            next(iter(manifest["imports"].values()))["set_aside_file"] = place
        rewrite(exported, "data/" + MANIFEST, json.dumps(manifest))
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(InputError, match="export_altered"):
            workspace_from(exported, tmp_path / "again")
        assert [one for one in sorted(tmp_path.rglob("*")) if one not in before] == []

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("types.json", '{"files": {}}'),
            ("types.json", "[]"),
            (MANIFEST, "{"),
            ("owner-key.txt", "x"),
        ],
    )
    def test_a_crafted_export_is_refused_in_one_message(self, client, tmp_path, name, content):
        exported = export_workspace(client, tmp_path / "export", NOW)
        rewrite(exported, f"data/{name}", content)
        with pytest.raises(InputError, match="export_altered"):
            workspace_from(exported, tmp_path / "again")
        assert not (tmp_path / "again").exists()

    def test_a_link_in_an_export_is_no_part_of_it(self, client, tmp_path):
        exported = export_workspace(client, tmp_path / "export", NOW)
        (exported / "data" / "more.csv").symlink_to(tmp_path / "outside.txt")
        with pytest.raises(InputError, match="export_altered"):
            workspace_from(exported, tmp_path / "again")

    def test_what_links_out_of_a_client_s_folder_is_not_exported(self, client, tmp_path):
        (client.path / "agreed.txt").symlink_to(tmp_path / "outside.txt")
        (client.path / "others").symlink_to(tmp_path, target_is_directory=True)
        exported = export_workspace(client, tmp_path / "export", NOW)
        held = [one.read_bytes() for one in exported.rglob("*") if one.is_file()]
        assert not [one for one in held if b"van iemand anders" in one]

    @pytest.mark.parametrize("place", ["link/inside", "a/../client/inside", "taken", "gone"])
    def test_an_export_goes_where_nothing_stands_and_not_into_its_client(
        self, client, tmp_path, place
    ):
        """Written over nothing, whichever way its place is spelled."""
        (tmp_path / "a").mkdir()
        (tmp_path / "link").symlink_to(client.path, target_is_directory=True)
        (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
        (tmp_path / "taken").symlink_to(tmp_path, target_is_directory=True)
        before = files_below(tmp_path)
        done = command("export", client.path, "--to", tmp_path / place)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert files_below(tmp_path) == before

    @pytest.mark.parametrize("name", ["-rf", "é'\"$(id)`id` %s{0}\n\x1b[2J"])
    def test_an_odd_name_for_an_export_is_a_name(self, client, tmp_path, name):
        done = command("export", client.path, "--to", tmp_path / name)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name / LIST).is_file()
        assert workspace_from(tmp_path / name, tmp_path / "again").settings == client.settings

    @pytest.mark.parametrize("files", ["../*.csv", "**"])
    def test_what_settings_say_of_files_is_held_against_their_names(self, client, tmp_path, files):
        """A mapping picks no files: it is looked up by the name of one that somebody gave."""
        mapping = Mapping(files=files, table="deals", constants={"currency": "XTS"})
        client.write_settings(client.settings.model_copy(update={"mappings": (mapping,)}))
        own = Workspace.open(client.path)
        (tmp_path / "e.csv").write_text(deals(12).replace("D", "E"), "utf-8")
        import_files(own, Request((tmp_path / "e.csv",)))
        stored = open_tables(own).deals.to_pandas()
        assert (stored["currency"] == "XTS").any() == (files == "**")

    @pytest.mark.parametrize("place", ["../../outside.parquet", "/etc/passwd"])
    def test_a_crafted_workspace_reads_nothing_outside(self, client, place):
        file = Store(client).folder / MANIFEST
        manifest = json.loads(file.read_text("utf-8"))
        manifest["tables"]["deals"]["file"] = place
        file.write_text(json.dumps(manifest), "utf-8")
        with pytest.raises(WorkshopError, match="damaged_data"):
            open_tables(client)


def files_below(folder: Path) -> dict[Path, bytes]:
    """Return the files of a folder, but for locks."""
    files = (one for one in folder.rglob("*") if one.is_file() and one.suffix != ".lock")
    return {one: one.read_bytes() for one in files if one.name != ".lock"}


def rewrite(exported: Path, name: str, content: str) -> None:
    """Change a file of an export, and what the export says of itself, as someone crafty would."""
    (exported / name).write_text(content, "utf-8")
    listed = json.loads((exported / LIST).read_text("utf-8"))
    listed["files"][name] = digest_of(exported / name)
    (exported / LIST).write_text(json.dumps(listed), "utf-8")


HOSTILE = (
    CLIENT,
    "a\nimport os; os.abort()",
    "a\\",
    "{workspace}",
    '"""',
    TEXTS[-1],
    "\r\n%%bash\nid",
)


def test_a_parameter_of_a_notebook_is_a_text(tmp_path):
    folder = tmp_path / "room"
    folder.mkdir()
    names = [f"given{n}" for n in range(len(HOSTILE))]
    sources = ["\n".join(f'{name} = ""' for name in names), f"({', '.join(names)})"]
    cells = [
        {
            "cell_type": "code",
            "id": f"c{n}",
            "metadata": {"tags": [tag]},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for n, (source, tag) in enumerate(zip(sources, ("parameters", "said"), strict=True))
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4}
    laid = jupyter("nbformat").from_dict({**notebook, "nbformat_minor": 5})
    ran = executed(laid, "a.ipynb", dict(zip(names, HOSTILE, strict=True)), folder)
    (said,) = ran.cells[-1].outputs
    assert ast.literal_eval(said["data"]["text/plain"]) == HOSTILE


def test_an_entity_in_a_workbook_does_not_grow(tmp_path):
    plain, grown = tmp_path / "plain.xlsx", tmp_path / "deals.xlsx"
    with xlsxwriter.Workbook(plain) as book:
        book.add_worksheet().write_row(0, 0, ["deal_id", "stage"])
        book.worksheets()[0].write_row(1, 0, ["D1", "LOL"])
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' if n else '<!ENTITY e0 "lol">' for n in range(12)
    )
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(grown, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            if name.endswith("sharedStrings.xml"):
                text = text.replace("<sst", f"<!DOCTYPE sst [{entities}]><sst", 1)
                text = text.replace("LOL", "&e11;")
            target.writestr(name, text)
    made = Workspace.create(tmp_path / "client", "Rekvast")
    begin = time.monotonic()
    with suppress(WorkshopError):
        import_files(made, Request((grown,)))
    assert time.monotonic() - begin < 10
    assert sum(one.stat().st_size for one in made.path.rglob("*") if one.is_file()) < 1_000_000
