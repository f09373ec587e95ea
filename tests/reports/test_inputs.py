import datetime as dt
import shutil

import pytest

from workshop.reports.inputs import MARK, finished, made_of, write_mark
from workshop.warehouse import Warehouse
from workshop.workspace import Workspace

DAY = dt.date(2026, 1, 31)
ASKED = {"language": "en", "seed": 0, "formats": ["html"]}


@pytest.fixture
def client(workspace):
    """A workspace with a file in every place where one can lie."""
    for name in (
        "data/leads.parquet",
        "definitions/mql.yaml",
        "session.db",
        "reports/audit-2025-12-31-en/report.ipynb",
        "reports/session-2026-01-31-en/report.ipynb",
        "notebooks/00-kick-off.ipynb",
        ".lock",
        "session.db-shm",
    ):
        file = workspace.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("before")
    return workspace


def number(client, kind="session", day=DAY, **other):
    return made_of(Workspace.open(client.path), kind, day, {**ASKED, **other})


@pytest.mark.parametrize("name", ["data/leads.parquet", "definitions/mql.yaml", "session.db"])
def test_a_changed_input_is_another_number(client, name):
    before = number(client)
    assert number(client) == before
    (client.path / name).write_text("after")
    changed = number(client)
    assert changed != before
    (client.path / name).unlink()
    assert number(client) not in (before, changed)


@pytest.mark.parametrize(
    "name",
    [".lock", "session.db-shm", "notebooks/00-kick-off.ipynb", "reports/new", "reports/x/y"],
)
def test_what_no_report_reads_changes_nothing(client, name):
    before = number(client)
    (client.path / name).parent.mkdir(exist_ok=True)
    (client.path / name).write_text("after")
    assert number(client) == before


def test_what_is_asked_is_part_of_it(client):
    asked = [
        number(client),
        number(client, seed=1),
        number(client, language="nl"),
        number(client, formats=["html", "pdf"]),
        number(client, kind="audit"),
        number(client, day=DAY + dt.timedelta(days=1)),
    ]
    assert len(set(asked)) == len(asked)


def test_an_audit_is_also_made_of_the_audits_before_it(client):
    earlier = client.reports / "audit-2025-12-31-en" / "report.ipynb"
    before, session = number(client, "audit"), number(client)
    earlier.write_text("after")
    assert number(client, "audit") != before
    assert number(client) == session
    shutil.rmtree(earlier.parent)
    assert number(client, "audit") not in (before, None)


def test_a_client_of_another_name_is_another_report(client):
    before = number(client)
    client.write_settings(client.settings.model_copy(update={"client": "Other"}))
    assert number(client) != before


def test_what_lies_elsewhere_cannot_be_told(client):
    store = {"store": "postgresql://db.example.org/acme"}
    client.write_settings(client.settings.model_copy(update=store))
    assert number(client) is None
    assert number(client, "audit") is not None  # it does not read the session
    warehouse = {"warehouse": Warehouse(url="postgresql://x/y")}
    client.write_settings(client.settings.model_copy(update=warehouse))
    assert number(client, "audit") is None


def test_a_report_is_finished_where_all_its_files_are_there(tmp_path):
    folder = tmp_path / "report"
    (folder / "tables").mkdir(parents=True)
    for name in ("report.html", "tables/a.csv"):
        (folder / name).write_text("x")
    assert finished(folder, "one") == ()
    write_mark(folder, "one")
    assert finished(folder, "one") == (folder / "report.html", folder / "tables" / "a.csv")
    assert finished(folder, "two") == finished(folder, None) == ()
    (folder / "tables" / "a.csv").unlink()
    assert finished(folder, "one") == ()


@pytest.mark.parametrize("content", ["", "[]", '{"made_of": "one"}', '{"files": 3}', "\0"])
def test_a_damaged_mark_is_none(tmp_path, content):
    (tmp_path / MARK).write_text(content)
    assert finished(tmp_path, "one") == ()
