"""Hostile words on answer cards, on the run sheet and in minutes: they stand there as words."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from tests.security.hostile import CLIENT, OUTSIDE, TEXTS, asked
from tests.views.played import answer
from workshop.reports import answer_cards, minutes, run_sheet
from workshop.reports.pdf import as_pdf
from workshop.session import rounds, sessions
from workshop.session.agenda_file import AGENDA_FILE, programmes, take_programme
from workshop.session.exercise_file import read_exercise
from workshop.session.store import open_store
from workshop.views.display import Shown
from workshop.workspace import Workspace

needs_pango = pytest.mark.skipif(as_pdf("<p>") is None, reason="needs the system's Pango")
SCRIPT = "&lt;script&gt;window.pwned=1&lt;/script&gt;"


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.create(tmp_path / "client", CLIENT, language="nl")


@pytest.fixture
def printed(monkeypatch) -> Callable[[object], list[str]]:
    """Return what keeps the pages that a module prints."""

    def keeping(module: object) -> list[str]:
        pages: list[str] = []
        monkeypatch.setattr(module, "as_pdf", lambda html: pages.append(html) or as_pdf(html))
        return pages

    return keeping


class _Page(HTMLParser):
    """The elements of a page, their attributes, and what they point to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.given: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.given |= {(name, value or "") for name, value in attrs}


def runs_nothing(html: str) -> None:
    """Hold a page to texts: no element, handler or address comes of them, no template is filled."""
    page = _Page(html)
    assert not page.elements & {"script", "iframe", "object", "embed", "form", "base", "link"}
    assert not page.elements & {"img", "a"}
    assert not [name for name, _ in page.given if name.startswith("on")]
    assert not [value for _, value in page.given if OUTSIDE in value]
    assert "50337" not in html  # 7 * 7191, had a template been filled in


def lay_down(workspace: Workspace, name: str) -> None:
    """Write the hostile exercise into the client's folder, as someone's template would be."""
    (workspace.path / "exercises").mkdir(exist_ok=True)
    content = asked().model_dump(mode="json", exclude_none=True)
    text = yaml.safe_dump(content, allow_unicode=True)
    (workspace.path / "exercises" / f"{name}.yaml").write_text(text, "utf-8")


@needs_pango
def test_on_answer_cards(workspace, printed):
    pages = printed(answer_cards)
    lay_down(workspace, "own")
    made = answer_cards.make_cards(workspace, "own", "nl")
    assert made.path.read_bytes().startswith(b"%PDF")
    assert pages
    for html in pages:
        runs_nothing(html)
        assert SCRIPT in html
        assert "{{ 7 * 7191 }}" in html


@needs_pango
def test_on_the_run_sheet(workspace, printed):
    pages = printed(run_sheet)
    take_programme(workspace, programmes()[0])
    file = workspace.path / AGENDA_FILE
    agenda = yaml.safe_load(file.read_text("utf-8"))
    agenda["title"] = {"nl": TEXTS[0], "en": TEXTS[0]}
    rests = [{"break": 5, "title": {"nl": text, "en": text}} for text in (TEXTS[1], TEXTS[9])]
    agenda["steps"] = [*rests, *agenda["steps"]]
    file.write_text(yaml.safe_dump(agenda, allow_unicode=True), "utf-8")
    lay_down(workspace, "kick-off")
    made = run_sheet.make_run_sheet(workspace, "nl")
    assert made.is_pdf
    (html,) = pages
    runs_nothing(html)
    assert SCRIPT in html
    assert "{{ 7 * 7191 }}" in html


@pytest.mark.parametrize("kind", ["stand-up", "retro"])
def test_in_minutes(workspace, monkeypatch, kind):
    shown: list[Shown] = []
    monkeypatch.setattr(minutes, "show", lambda *given: shown.extend(given))
    store = open_store(workspace)
    content = read_exercise(workspace, kind)
    session = sessions.start(store)
    found = rounds.open_round(store, session.session_id, kind, content)
    items = [item.name for item in content.items()]
    for n in range(8):
        lines = [TEXTS[(n + k) % len(TEXTS)] for k in range(3)]
        name = TEXTS[n][:80] if content.named else None
        team = ("sales", "marketing")[n % 2]
        answer(store, found, team, dict.fromkeys(items, lines), name=name)
    rounds.reveal(store, found.round_id, early=True)
    store.close()
    told = minutes.opened(kind, str(workspace.path), "nl")
    for cell in (minutes.present, minutes.reviewed, minutes.heard, minutes.next_time):
        cell(told)
    html = "".join(part.html() for part in shown)
    runs_nothing(html)
    assert "&lt;" in html
    assert "<script" not in html.lower()


def test_an_exercise_is_not_asked_for_by_a_path(workspace, tmp_path):
    lay_down(workspace, "own")
    (tmp_path / "outside.yaml").write_bytes(
        (workspace.path / "exercises" / "own.yaml").read_bytes()
    )
    before = sorted(Path(tmp_path).rglob("*"))
    for name in ("../../outside", str(tmp_path / "outside"), "own/../own", "own\x00"):
        with pytest.raises(Exception, match="unknown_exercise"):
            answer_cards.make_cards(workspace, name)
    assert sorted(Path(tmp_path).rglob("*")) == before
