"""What a consultant hands over, made from the worst there is: it runs nothing and tells nothing."""

from __future__ import annotations

import csv
import getpass
import io
import json
import re
import shutil
import socket
import sys
import tempfile
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.reports.test_answer_cards import text as pdf_text
from tests.security.hostile import CLIENT, OUTSIDE, SEALED, UNNAMED, Scene, scene
from tests.security.opened import layers, spellings
from workshop.i18n import Translator
from workshop.questions.which import Beside
from workshop.reports.make import Report, make_report
from workshop.reports.pdf import as_pdf
from workshop.session import ledger, rounds, sessions
from workshop.session.results import results
from workshop.session.store import open_store
from workshop.views.display import Chart
from workshop.views.invitations import invitations_of, rituals
from workshop.views.look import Look
from workshop.views.room.result import Setting, result

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
TOKEN = "teken-dat-geheim-is"
LOOKS = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[-+]?[\d.,]*")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Scene, Report]:
    """Make the report with secrets in the environment, as a consultant's machine has them."""
    stage = scene(tmp_path_factory.mktemp("hostile"))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_TOKEN", "SAMENSPEL_STORE_PASSWORD"):
            patch.setenv(name, TOKEN)
        report = make_report(stage.workspace, "session", "nl", as_of="2026-01-31")
    return stage, report


@pytest.fixture(scope="module")
def projected(made):
    """Return what the projector shows of the rounds, and their pictures."""
    store = open_store(made[0].workspace)
    look = Look(Translator("nl"), "#1f4e79")
    setting = Setting(look, Beside(lambda about: None, lambda which: None), "EUR", 4, others=False)
    session = sessions.running(store)
    shown = [
        result(results(store, one.round_id), setting)
        for one in rounds.rounds_of(store, session.session_id)
        if one.state == "revealed"
    ]
    store.close()
    return shown


class TestTellsNothing:
    def test_no_secret_and_no_trace_of_the_machine_is_in_any_file(self, made):
        stage, report = made
        place = stage.workspace.path
        machine = {
            "workspace": str(place.parent),
            "folder": place.parent.name,
            "temporary": tempfile.gettempdir() + "/",
            "home": str(Path.home()) + "/",
            "python": sys.prefix,
            "kit": str(Path(__file__).parents[2]) + "/",
            "token": TOKEN,
            **({"host": socket.gethostname()} if len(socket.gethostname()) > 5 else {}),
            **({"user": getpass.getuser()} if len(getpass.getuser()) > 5 else {}),
        }
        sought = {what: spellings(one) for what, one in (machine | stage.secrets).items()}
        opened = [layer for file in report.files for layer in layers(file)]
        found = [
            (what, name)
            for name, content in opened
            for what, ways in sought.items()
            if any(way in content for way in ways)
        ]
        assert found == []
        kinds = {name.partition("/")[0].rpartition(".")[2] for name, _ in opened}
        assert kinds >= {"html", "ipynb", "csv", "xlsx"}
        assert len(opened) > 2 * len(report.files)

    @pytest.mark.skipif(as_pdf("<p>") is None, reason="needs the system's Pango")
    def test_nor_in_what_the_pdf_says(self, made):
        stage, report = made
        (file,) = [one for one in report.files if one.suffix == ".pdf"]
        said = " ".join(pdf_text(file).split())
        for what, secret in stage.secrets.items():
            assert secret not in said, what
        assert stage.workspace.path.parent.name not in said
        assert CLIENT.split("<")[0].strip() in said

    def test_the_notebook_says_where_its_workspace_is_without_saying_where_that_is(self, made):
        report = made[1]
        notebook = json.loads((report.folder / "report.ipynb").read_text("utf-8"))
        assert set(notebook["metadata"]) <= {"kernelspec", "language_info"}
        sources = ["".join(cell["source"]) for cell in notebook["cells"]]
        (given,) = [one for one in sources if re.search(r'workspace = "\.\./\.\."', one)]
        assert CLIENT not in given
        allowed = {"tags"}
        assert {key for cell in notebook["cells"] for key in cell["metadata"]} <= allowed

    def test_what_was_promised_to_stay_apart_does(self, projected):
        for one in projected:
            assert SEALED not in one.html() + one.plain()
            assert UNNAMED not in one.html() + one.plain()


class TestRunsNothing:
    def test_no_cell_of_any_csv_is_a_formula_whatever_it_is_split_at(self, made):
        stage, report = made
        files = [one for one in report.files if one.suffix == ".csv"]
        files += list(stage.workspace.data.glob("*.csv"))
        assert len(files) > 5
        for file in files:
            text = file.read_bytes().decode("utf-8-sig")
            for separator in ",;\t":
                for row in csv.reader(io.StringIO(text), delimiter=separator):
                    for cell in row:
                        assert NUMBER.fullmatch(cell) or not LOOKS.match(cell), (file.name, cell)

    def test_no_cell_of_the_workbook_is_a_formula_or_an_address(self, made):
        with zipfile.ZipFile(made[1].folder / "tables.xlsx") as book:
            for member in book.namelist():
                content = book.read(member)
                assert b"<f>" not in content and b"<f " not in content, member
                assert OUTSIDE.encode() not in content or member == "xl/sharedStrings.xml"
                if member.endswith(".rels"):
                    assert b'TargetMode="External"' not in content

    def test_every_text_is_there_as_a_text(self, made):
        page = (made[1].folder / "report.html").read_text("utf-8")
        assert "&lt;script&gt;window.pwned=1&lt;/script&gt;" in page
        elements = _Elements()
        elements.feed(page)
        assert elements.found >= {"figure", "table"}
        assert not elements.found & {"script", "iframe", "object", "embed", "form", "base", "link"}
        assert not [name for name in elements.attributes if name.startswith("on")]
        assert not [one for one in elements.addresses if not one.startswith(("#", "data:image/"))]
        assert "50337" not in page  # 7 * 7191, had a template been filled in
        assert "{{ 7 * 7191 }}" in page

    def test_charts_take_names_for_text(self, projected):
        charts = [part for one in projected for part in one.parts if isinstance(part, Chart)]
        assert len(charts) >= 4
        for chart in charts:
            drawn = chart.svg.decode()
            assert "<script" not in drawn.lower()
            assert not re.search(r'(?:href|src)="(?!#|data:)', drawn)
        said = [t.get_text() for one in charts for t in one.figure.findobj(match=_is_text)]
        assert any("window.pwned" in text for text in said)

    def test_a_calendar_holds_what_we_put_in_it(self, made):
        workspace = made[0].workspace
        store = open_store(workspace)
        decided = ledger.ledger(store)
        store.close()
        t = workspace.translator()
        planned = rituals(workspace.settings, decided[0].review_on)
        files = invitations_of(decided, planned, workspace, t)
        assert {one.name for one in files} == {"reviews.ics", "stand-up.ics", "retro.ics"}
        for one in files:
            calendar = Calendar.from_ical(one.content)
            kinds = {kind for event in calendar.walk("VEVENT") for kind in event}
            assert not kinds & {"ATTACH", "URL", "ATTENDEE", "ORGANIZER", "X-ALT-DESC"}
        (reviews,) = [one for one in files if one.name == "reviews.ics"]
        assert len(Calendar.from_ical(reviews.content).walk("VEVENT")) == len(decided)

    def test_a_client_with_an_odd_name_has_it(self, made):
        """It went through the settings, the notebook's parameters, the page and its title."""
        workspace = made[0].workspace
        assert type(workspace).open(workspace.path).settings.client == CLIENT


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium on the PATH")
class TestInABrowser:
    def test_nothing_runs_and_nothing_is_fetched(self, made, projected, tmp_path):
        """Open the report, and what JupyterLab would show, the latter without any policy."""
        report = made[1]
        notebook = json.loads((report.folder / "report.ipynb").read_text("utf-8"))
        outputs = [
            "".join(output["data"]["text/html"])
            for cell in notebook["cells"]
            for output in cell.get("outputs", ())
            if "text/html" in output.get("data", {})
        ]
        assert len(outputs) > 10
        cells = tmp_path / "cells.html"
        bodies = [*outputs, *(one.html() for one in projected)]
        cells.write_text("<!DOCTYPE html><meta charset=utf-8>" + "\n".join(bodies), "utf-8")
        with playwright.sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for address in ((report.folder / "report.html").as_uri(), cells.as_uri()):
                _stays_quiet(browser, address, address)
            browser.close()


def _stays_quiet(browser, address: str, allowed: str) -> None:
    page, asked_for, said = browser.new_page(), [], []
    page.on("request", lambda request: asked_for.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.wait_for_timeout(300)
    assert [one for one in asked_for if not one.startswith(("data:", allowed))] == []
    assert said == []
    assert page.evaluate("window.pwned === undefined")
    assert "window.pwned=1" in page.inner_text("body")
    page.close()


class _Elements(HTMLParser):
    """The elements of a page, their attributes, and what they point to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src")}


def _is_text(artist) -> bool:
    return hasattr(artist, "get_text") and bool(artist.get_text())
