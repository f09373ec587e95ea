"""Answer cards: an exercise on paper, for a room without phones."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment

from workshop.colors import palette
from workshop.crm.tables import Tables, open_tables
from workshop.errors import ReportError, WorkspaceError
from workshop.questions.cards import agreed_words, fill, needs_crm
from workshop.reports.check import check_page
from workshop.reports.pdf import as_pdf, page_count
from workshop.resources import kit, templates
from workshop.room import words
from workshop.session.exercise import Exercise, FreeText, Question
from workshop.session.exercise_file import read_exercise
from workshop.session.schema import TEAMS
from workshop.session.sessions import coming
from workshop.session.store import open_store
from workshop.workspace import Workspace, write_atomically

FOLDER = "cards"
LONGEST_SHORT = 60
"""Characters of all options together that still stand well beside each other."""
_LINE = 90
"""Characters that someone writes on a line of paper."""


class Cards(NamedTuple):
    """The file, how many cards stand on a page, and the questions left out for want of leads."""

    path: Path
    on_a_page: int
    left_out: tuple[str, ...]


def make_cards(
    workspace: Workspace, name: str, language: str | None = None, *, seed: int = 0
) -> Cards:
    """Write an exercise's answer cards as ``reports/cards/<exercise>-<language>.pdf``.

    Leads on them are those that the next round of this session, or of the coming one, deals: so
    the seed has to be the notebook's. Raises ``InputError`` for an exercise that is none or has a
    mistake, ``ReportError`` (``pdf_needs_pango``) where the system cannot make a PDF.
    """
    t = workspace.translator(language)
    exercise = read_exercise(workspace, name)
    dealt = needs_crm(exercise)
    number = _session(workspace) if dealt else None
    tables = _tables(workspace) if dealt else None
    filled = fill(exercise, tables, seed + (number or 0), agreed_words(workspace.path))
    pages = {
        "exercise": filled.exercise,
        "groups": grouped(filled.exercise),
        "t": t,
        "client": workspace.settings.client,
        "currency": workspace.settings.currency,
        "colors": palette(workspace.settings.brand.color),
        "number": number if any(one.kind == "label" for one in exercise.questions) else None,
    }
    half = _html(pages, "half", 1)
    check_page(half)
    on_a_page = 2 if page_count(half) == 1 else 1
    content = as_pdf(_html(pages, "two", 2) if on_a_page == 2 else _html(pages, "one", 1))
    if content is None:
        raise ReportError("pdf_needs_pango")
    path = workspace.reports / FOLDER / f"{name}-{t.language}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)
    return Cards(path, on_a_page, filled.left_out)


def grouped(exercise: Exercise) -> list[Sequence[Question]]:
    """Return the questions in order, statements that follow each other as one table."""
    groups: list[Sequence[Question]] = []
    for kind, questions in itertools.groupby(exercise.questions, key=lambda one: one.kind):
        together = list(questions)
        groups += [together] if kind == "statement" else [[one] for one in together]
    return groups


def text_lines(question: FreeText) -> int:
    """Return how many lines of paper a text can need."""
    return min(12, max(3, -(-question.longest // _LINE)))


def _session(workspace: Workspace) -> int:
    store = open_store(workspace)
    try:
        return coming(store)
    finally:
        store.close()


def _tables(workspace: Workspace) -> Tables | None:
    try:
        return open_tables(workspace)
    except WorkspaceError as error:
        if error.code == "no_data":
            return None
        raise


def _html(values: dict[str, Any], layout: str, copies: int) -> str:
    template = _templates().get_template("cards.html.j2")
    return template.render(**values, layout=layout, copies=copies, style=_style())


def _short(question: Any) -> bool:
    texts = [option.text for option in question.options]
    return max(sum(len(text.of(code)) for text in texts) for code in ("nl", "en")) <= LONGEST_SHORT


@cache
def _style() -> str:
    return kit("templates", "cards", "cards.css").read_text("utf-8")


@cache
def _templates() -> Environment:
    environment = templates("cards")
    environment.globals.update(words=words, teams=TEAMS, text_lines=text_lines, short=_short)
    return environment
