"""The audit report: which audit came before, what it kept, and every cell on what clients bring."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat.v4 as v4
import pytest

from tests.reports.test_session import CASES, unworded
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.i18n import Translator
from workshop.questions.figures import moved
from workshop.reports import audit
from workshop.reports.make import make_report
from workshop.reports.previous import previous_audit
from workshop.workspace import Workspace

CELLS = (audit.one_page, audit.status_use, audit.changed, audit.kept)
LAST = dt.date(2026, 10, 31)
BARE = ("one_deal", "no_won_deals", "all_open", "no_dates", "only_leads", "only_deals")
"""What clients bring of which an audit can say little."""


@pytest.fixture
def shown(monkeypatch):
    """Collect what the cells show."""
    parts = []
    monkeypatch.setattr(audit, "show", lambda *given: parts.extend(given))
    return parts


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    """A workspace without data."""
    return Workspace.create(tmp_path / "client", "A")


def keep(workspace: Workspace, name: str, *tables) -> Path:
    """Write the notebook of a report with these tables, as the engine does."""
    outputs = [v4.new_output("display_data", one._repr_mimebundle_()) for one in tables]
    folder = workspace.reports / name
    folder.mkdir(parents=True)
    cell = v4.new_code_cell("", outputs=outputs)
    (folder / "report.ipynb").write_text(v4.writes(v4.new_notebook(cells=[cell])), "utf-8")
    return folder


@pytest.fixture(scope="module")
def audits(example, tmp_path_factory):
    """The example's audit of March, whose figures were kept in Dutch, and that of October."""
    folder = tmp_path_factory.mktemp("audits") / "rekvast"
    shutil.copytree(example.path, folder)
    earlier = audit.opened(str(folder), "nl", "2026-03-31")
    parts = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "show", lambda *given: parts.extend(given))
        audit.kept(earlier)
    keep(earlier.workspace, "audit-2026-03-31-nl", parts[-1])
    return SimpleNamespace(earlier=earlier, later=audit.opened(str(folder), "en", "2026-10-31"))


def of(found: audit.Audit, language: str = "en", **since) -> audit.Audit:
    """Return an audit in a language, something of its change replaced."""
    look = replace(found.look, t=Translator(language))
    other = replace(found, look=look)
    known = ("funnel", "channels", "velocity", "hand_over", "won_lost", "figures", "working")
    other.__dict__.update({name: getattr(found, name) for name in known})
    other.__dict__["since"] = found.since._replace(**since)
    return other


class TestPrevious:
    def test_the_first_has_none(self, workspace):
        assert previous_audit(workspace, LAST) is None
        keep(workspace, "session-2026-03-31-en")
        assert previous_audit(workspace, LAST) is None

    def test_it_is_the_last_one_before_the_day(self, workspace):
        for name in ("audit-2026-01-31-nl", "audit-2026-03-31-en", "audit-2026-12-31-en"):
            keep(workspace, name)
        assert previous_audit(workspace, LAST).as_of == dt.date(2026, 3, 31)
        assert previous_audit(workspace, dt.date(2026, 3, 1)).as_of == dt.date(2026, 1, 31)
        assert previous_audit(workspace, dt.date(2026, 1, 31)) is None

    def test_the_same_day_in_another_language_is_the_same_audit(self, workspace):
        keep(workspace, "audit-2026-03-31-nl")
        keep(workspace, "audit-2026-10-31-nl")
        assert previous_audit(workspace, LAST).as_of == dt.date(2026, 3, 31)

    @pytest.mark.parametrize("name", ["audit-2026-13-01-en", "audit-2026-03-31-en-copy", "audit-x"])
    def test_a_folder_that_is_no_audit_is_left_alone(self, workspace, name):
        keep(workspace, name)
        assert previous_audit(workspace, LAST) is None

    @pytest.mark.parametrize("text", ["", "{", '{"cells": []}', None])
    def test_one_that_cannot_be_read_has_no_figures(self, workspace, text):
        folder = keep(workspace, "audit-2026-03-31-en")
        file = folder / "report.ipynb"
        file.unlink() if text is None else file.write_text(text, "utf-8")
        found = previous_audit(workspace, LAST)
        assert (found.as_of, found.figures) == (dt.date(2026, 3, 31), None)

    def test_another_language_helps_out(self, audits):
        keep(audits.later.workspace, "audit-2026-03-31-en")
        found = previous_audit(audits.later.workspace, LAST)
        assert moved(found.figures, audits.earlier.figures).empty


@pytest.mark.parametrize("case", BARE)
def test_no_cell_fails_and_no_value_is_undefined(tmp_path, shown, case):
    made = Workspace.create(tmp_path / "client", case)
    (tmp_path / "export.csv").write_text(CASES[case], "utf-8")
    import_files(made, Request((tmp_path / "export.csv",)))
    first = audit.opened(str(made.path), "nl")
    for cell in CELLS:
        cell(first)
    keep(made, "audit-2025-06-30-nl")
    audit.changed(audit.opened(str(made.path), "en"))
    for part in shown:
        text = re.sub(r"data:image[^\"]*", "", part.html())
        assert not re.search(r"\b(nan|NaN|NaT)\b|[>( ]None[<),]", text), text
        assert part.plain().strip()
        assert unworded(part) == []


class TestExample:
    def test_the_past_that_stayed_is_said_to_have(self, audits, shown):
        audit.changed(audits.later)
        text = "\n".join(part.plain() for part in shown)
        assert audits.later.since.kept
        assert "Since the audit of 31 March 2026 nothing can be said to have changed" in text
        assert "The past has stayed the same" in text
        assert "no figures that can be read" not in text

    def test_the_past_that_changed_is_shown(self, audits, shown):
        then = audits.later.since.then.copy()
        row = then["figure"] == "win_rate"
        then.loc[row, ["part", "whole", "value"]] = [100, 250, 0.4]
        audit.changed(of(audits.later, then=then))
        table = next(part for part in shown if getattr(part, "name", "") == "audit-past")
        assert table.frame["figure"].tolist() == ["win_rate"]
        assert "40% (250)" in table.html()
        assert "42% (272)" in table.html()

    def test_a_verdict_that_reads_differently_is_shown(self, audits, shown):
        then = audits.later.since.then.copy()
        then.loc[then["name"] == "LinkedIn", "said"] = "too_few"
        then.loc[then["name"] == "goal", "said"] = "not_answerable"
        audit.changed(of(audits.later, "nl", then=then))
        table = next(part for part in shown if getattr(part, "name", "") == "verdicts-then")
        by = table.frame.set_index("label")
        t = Translator("nl")
        assert by.loc["LinkedIn", "then_text"] == t("verdict.too_few")
        assert by.loc["LinkedIn", "now_text"] == t("verdict.noise")
        assert by.loc[t("question.goal"), "now_text"] == t("status.answerable")

    def test_without_figures_it_is_said_that_they_were_computed_again(self, audits, shown):
        again = audits.later.since.again
        audit.changed(of(audits.later, kept=False, then=again))
        text = "\n".join(part.plain() for part in shown)
        assert "computed again from today’s CRM, as of 31 March 2026" in text
        assert "The past has" not in text

    @pytest.mark.parametrize("language", ["nl", "en"])
    def test_a_change_is_named_in_both_places(self, audits, shown, language):
        rows = audits.later.since.rows.copy()
        rows.loc[rows["figure"] == "win_rate", "verdict"] = "changed"
        opened = of(audits.later, language, rows=rows)
        audit.one_page(opened)
        audit.changed(opened)
        text = "\n".join(part.plain() for part in shown)
        said = {"nl": "één cijfer meer veranderd", "en": "one figure has changed"}[language]
        assert text.count(said) == 2
        point = {"nl": "van 42% naar 52%", "en": "from 42% to 52%"}[language]
        assert point in text

    def test_no_owner_is_named(self, audits, shown):
        audit.status_use(audits.later)
        html = " ".join(part.html() for part in shown)
        files = json.dumps([part.behind() for part in shown if hasattr(part, "behind")])
        assert not re.search(r"Accountmanager \d", html + files)


def test_a_report_keeps_its_figures_for_the_next(tmp_path):
    made = Workspace.create(tmp_path / "client", "A", language="nl")
    (tmp_path / "export.csv").write_text(CASES["only_deals"], "utf-8")
    import_files(made, Request((tmp_path / "export.csv",)))
    report = make_report(made, "audit", "nl", as_of="2025-12-15", formats=("html",))
    assert report.warnings == ()
    page = (report.folder / "report.html").read_text("utf-8")
    assert "Dit is de eerste audit: er is nog niets" in page
    assert not re.search(r">nan<|>NaN<|>None<", page)
    found = previous_audit(made, LAST)
    then = audit.opened(str(made.path), "en", "2025-12-15").figures
    assert len(then) > 5
    assert moved(found.figures, then).empty
