"""The facilitator's run sheet: the session by the clock on paper, with what is decided when."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment
from markupsafe import Markup, escape

from workshop.colors import palette
from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.reports.check import check_page
from workshop.reports.pdf import as_pdf, page_count
from workshop.resources import kit, templates
from workshop.session.agenda_file import programmes
from workshop.session.exercise_file import read_exercise
from workshop.views.agenda import FOLDER
from workshop.views.playbook import Playbook
from workshop.views.running_order import Order, Slot, clock, order
from workshop.workspace import Workspace, write_atomically

MOST_HARD = 3
"""Hard moments that a notebook has on paper; the others are in its folds."""


class RunSheet(NamedTuple):
    """The file, and whether it is the PDF: without the system's Pango it is a page."""

    path: Path
    is_pdf: bool


class Part(NamedTuple):
    """A step of a notebook by the clock, and what its exercises are called."""

    clock: str
    name: str
    minutes: int
    exercises: tuple[str, ...]


def make_run_sheet(
    workspace: Workspace, language: str | None = None, start: str | None = None
) -> RunSheet:
    """Write the run sheet as ``reports/agenda/run-sheet-<language>.pdf``.

    ``start`` is when the session begins, if not when the agenda says. Raises ``InputError``:
    ``no_agenda``, or what `order` says of one that cannot be used.
    """
    t = workspace.translator(language)
    found = order(workspace, t, start)
    if found is None:
        raise InputError("no_agenda", path=str(workspace.path), allowed=list(programmes()))
    html = _that_fits(*(_html(workspace, found, t, close=close) for close in (False, True)))
    check_page(html)
    content = as_pdf(html)
    folder = workspace.reports / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"run-sheet-{t.language}{'.html' if content is None else '.pdf'}"
    write_atomically(path, html.encode() if content is None else content)
    return RunSheet(path, content is not None)


def parts(workspace: Workspace, slot: Slot, t: Translator) -> list[Part]:
    """Return the steps of a slot by the clock, stretched to the minutes that it has."""
    if slot.book is None:
        return []
    own, passed, found = slot.book.minutes, 0, []
    for step in slot.book.steps:
        begin, passed = passed, passed + step.minutes
        # Rounded where a step begins, so that the rounded minutes add up as well.
        first, last = (round(at * slot.minutes / own) for at in (begin, passed))
        names = tuple(
            read_exercise(workspace, name).title.of(t.language) for name in step.exercises
        )
        found.append(Part(clock(slot.start + first), step.name, last - first, names))
    return found


def beforehand(books: list[Playbook]) -> list[str]:
    """Return what has to be ready, as keys ``run_sheet.ready.<what>``."""
    exercises = {name for book in books for name in book.exercises}
    asked = [
        ("network", bool(exercises)),
        ("cards", bool(exercises)),
        ("crm", any(book.needs_crm for book in books)),
        ("goal", any(book.name.endswith("pipeline-goal") for book in books)),
        ("room", True),
        ("copy", True),
    ]
    return [f"run_sheet.ready.{name}" for name, wanted in asked if wanted]


def _that_fits(roomy: str, close: str) -> str:
    """Return the sheet laid out closer where that saves a page, and with air where it does not."""
    pages = page_count(roomy) or 1
    return close if pages > 1 and (page_count(close) or pages) < pages else roomy


def _html(workspace: Workspace, found: Order, t: Translator, *, close: bool) -> str:
    books = [slot.book for slot in found.slots if slot.book is not None]
    return (
        _templates()
        .get_template("run-sheet.html.j2")
        .render(
            t=t,
            client=workspace.settings.client,
            example=workspace.settings.example,
            colors=palette(workspace.settings.brand.color),
            order=found,
            slots=[(slot, parts(workspace, slot, t)) for slot in found.slots],
            first=clock(found.slots[0].start),
            end=clock(found.end),
            ready=beforehand(books),
            path=str(workspace.path),
            most=MOST_HARD,
            style=_style(),
            close=close,
        )
    )


def _bold(text: str) -> Markup:
    """Return a paragraph of a notebook with what stands between double stars in bold."""
    parts = text.replace("\n", " ").split("**")
    return Markup("").join(
        Markup("<b>{}</b>").format(part) if n % 2 else escape(part) for n, part in enumerate(parts)
    )


@cache
def _style() -> str:
    return kit("templates", "run-sheet", "run-sheet.css").read_text("utf-8")


@cache
def _templates() -> Environment:
    environment = templates("run-sheet")
    environment.filters["bold"] = _bold
    return environment
