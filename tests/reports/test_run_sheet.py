"""The run sheet on paper: the clock, what is decided, and a page for each half day."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.reports.test_answer_cards import pages, text
from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.reports import run_sheet
from workshop.reports.pdf import as_pdf
from workshop.reports.run_sheet import beforehand, make_run_sheet, parts
from workshop.session.agenda_file import AGENDA_FILE, programmes, take_programme
from workshop.views.playbook import playbook
from workshop.views.running_order import Slot, order
from workshop.workspace import Workspace

EN = Translator("en")
needs_pango = pytest.mark.skipif(as_pdf("<p>") is None, reason="needs the system's Pango")


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.create(tmp_path / "client", "Rekvast <BV>", language="nl")


@needs_pango
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", programmes())
def test_half_a_day_is_a_page_and_no_more_is_left_for_a_second(workspace, name, language):
    take_programme(workspace, name)
    made = make_run_sheet(workspace, language)
    assert made.is_pdf and made.path.name == f"run-sheet-{language}.pdf"
    assert pages(made.path) == (2 if name == "audit-day" else 1)
    said = text(made.path)
    slots = order(workspace, Translator(language)).slots
    for slot in slots:
        assert slot.clock in said and slot.title in said


@needs_pango
def test_no_part_is_torn_over_two_pages(workspace):
    take_programme(workspace, "audit-day")
    command = ["pdftotext", "-layout", "-f", "2", str(make_run_sheet(workspace).path), "-"]
    second = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.match(r"\s*\d\d:\d\d ", second), second[:80]


@pytest.mark.parametrize(
    ("roomy", "close", "kept"),
    [(1, 1, "roomy"), (2, 1, "close"), (2, 2, "roomy"), (3, 2, "close"), (None, None, "roomy")],
)
def test_it_is_laid_out_closer_only_where_that_saves_a_page(monkeypatch, roomy, close, kept):
    counted = {"roomy": roomy, "close": close}
    monkeypatch.setattr(run_sheet, "page_count", counted.get)
    assert run_sheet._that_fits("roomy", "close") == kept


@needs_pango
def test_it_has_what_is_decided_the_steps_the_exercises_and_hard_moments(workspace):
    take_programme(workspace, "half-day")
    said = text(make_run_sheet(workspace, "en", "13:00").path)
    assert "Rekvast <BV>" in said
    assert "13:00–15:50" in said
    for expected in (
        "To decide: three things to work on.",
        "13:28 2. What stands out",
        "on the phones: Where does it hurt?",
        "If it goes quiet: two minutes in pairs",
    ):
        assert expected in said, expected


def test_steps_are_stretched_to_the_minutes_that_there_are(workspace):
    # 8, 11, 4 and 7 minutes of 30: doubled, and shortened by a third.
    book = playbook("01-diagnosis", EN)
    doubled = parts(workspace, Slot(600, 60, "", book), EN)
    assert [(part.clock, part.minutes) for part in doubled] == [
        ("10:00", 16), ("10:16", 22), ("10:38", 8), ("10:46", 14)
    ]  # fmt: skip
    shortened = parts(workspace, Slot(600, 20, "", book), EN)
    assert sum(part.minutes for part in shortened) == 20
    assert shortened[1].exercises == ()
    assert parts(workspace, Slot(600, 15, "Break", None), EN) == []


def test_only_what_is_needed_has_to_be_ready():
    stand_up, goal = playbook("09-stand-up", EN), playbook("07-pipeline-goal", EN)
    assert "run_sheet.ready.goal" not in beforehand([stand_up])
    assert {"run_sheet.ready.goal", "run_sheet.ready.crm"} <= set(beforehand([goal]))


def test_without_pango_it_is_a_page(workspace, monkeypatch):
    monkeypatch.setattr(run_sheet, "as_pdf", lambda html: None)
    take_programme(workspace, "quarterly")
    made = make_run_sheet(workspace)
    assert not made.is_pdf and made.path.suffix == ".html"
    html = made.path.read_text("utf-8")
    assert "Rekvast &lt;BV&gt;" in html
    assert re.search(r"<b>[^<]+</b>", html)


def test_no_agenda_and_one_that_cannot_be_used_leave_nothing_behind(workspace):
    for content in (None, "title: {nl: D, en: D}\nsteps: [{notebook: none}]\n"):
        if content:
            (workspace.path / AGENDA_FILE).write_text(content)
        with pytest.raises(InputError):
            make_run_sheet(workspace)
        assert not workspace.reports.exists()
