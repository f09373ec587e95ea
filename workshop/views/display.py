"""What a notebook's cell shows: charts, tables, key figures, call-outs and sentences.

Each shows itself in JupyterLab and in a report's page by the same HTML, written by a template that
escapes every value: names come from a client's CRM. A chart or table also carries the frame behind
it as `TABLE_TYPE`, from which a report writes its CSV files and its workbook.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, Literal

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as MplFigure

from workshop.i18n import Translator
from workshop.views.fragment import Shown, check_name, fill, paragraphs
from workshop.views.style import fixed_rendering
from workshop.views.table import Column, Table

__all__ = [
    "Chart",
    "Column",
    "Figures",
    "KeyFigure",
    "Note",
    "Prose",
    "Shown",
    "Table",
    "collected",
    "show",
]

NoteKind = Literal["caveat", "limits", "next", "session", "method", "example"]


@dataclass(frozen=True)
class Chart(Shown):
    """A figure whose title stands above it as text, and whose content can be heard.

    ``title`` states the finding, ``alt`` says what the figure shows to who cannot see it,
    ``reading`` how to read it; one that stands ``apart``, as an image beside the words, is smaller
    on paper. The figure is taken off pyplot's list, or a notebook would show it
    a second time.
    """

    figure: MplFigure
    title: str
    alt: str
    table: Table | None = None
    name: str | None = None
    reading: str | None = None
    apart: bool = False

    def __post_init__(self) -> None:
        if not self.alt.strip() or not self.title.strip():
            raise ValueError(f"chart {self.title!r} needs a title and a text alternative")
        if self.name is not None:
            check_name(self.name)
        plt.close(self.figure)

    @cached_property
    def svg(self) -> bytes:
        """The image: text as outlines, the same bytes for the same figure."""
        buffer = io.BytesIO()
        with mpl.rc_context(fixed_rendering()):
            _lay_out(self.figure)
            self.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        return buffer.getvalue()

    def html(self) -> str:
        """Return the figure with its title, its image and how to read it."""
        width, height = (round(inches * 96) for inches in self.figure.get_size_inches())
        data = base64.b64encode(self.svg).decode()
        return fill("chart.html.j2", chart=self, data=data, width=width, height=height)

    def plain(self) -> str:
        """Return the title and the text alternative."""
        return f"{self.title}\n{self.alt}"

    def behind(self) -> dict[str, Any] | None:
        """Return the table that the figure draws."""
        return self.table.behind() if self.table else None


def _lay_out(figure: MplFigure) -> None:
    """Place what a figure holds, for good: left to itself it is drawn a first time for that."""
    engine = figure.get_layout_engine()
    if engine is not None:
        FigureCanvasSVG(figure)  # measures letters as it draws them
        figure.dpi = FigureCanvasSVG.fixed_dpi
        engine.execute(figure)
        figure.set_layout_engine(None)


@dataclass(frozen=True)
class Note(Shown):
    """A call-out: what to mind, what is not shown, what comes next, how it was done, an example."""

    kind: NoteKind
    text: str
    t: Translator

    def html(self) -> str:
        """Return the call-out under its label."""
        return fill("note.html.j2", note=self, label=self._label, paragraphs=paragraphs(self.text))

    def plain(self) -> str:
        """Return label and text."""
        return f"{self._label}: {self.text}"

    @property
    def _label(self) -> str:
        return self.t(f"display.note.{self.kind}")


@dataclass(frozen=True)
class KeyFigure:
    """One number with its label, and an interval or a base under it."""

    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True)
class Figures(Shown):
    """A row of three or four key figures."""

    figures: tuple[KeyFigure, ...]

    def html(self) -> str:
        """Return a list of terms and values."""
        return fill("figures.html.j2", figures=self.figures)

    def plain(self) -> str:
        """Return one line a figure."""
        return "\n".join(f"{f.label}: {f.value} {f.detail}".rstrip() for f in self.figures)


@dataclass(frozen=True)
class Prose(Shown):
    """Sentences with numbers in them: paragraphs apart by a blank line, then points of a list."""

    text: str
    points: tuple[str, ...] = ()

    def html(self) -> str:
        """Return paragraphs and a list."""
        return fill("prose.html.j2", paragraphs=paragraphs(self.text), points=self.points)

    def plain(self) -> str:
        """Return the text as it stands."""
        return "\n".join([self.text, *(f"- {point}" for point in self.points)])


_collecting: ContextVar[list[Shown] | None] = ContextVar("_collecting", default=None)


def show(*parts: Shown) -> None:
    """Show several parts from one cell, in this order."""
    collecting = _collecting.get()
    if collecting is not None:
        collecting.extend(parts)
        return
    display: Any = import_module("IPython.display")
    display.display(*parts)


def collected(cell: Callable[[], None]) -> tuple[Shown, ...]:
    """Return what a cell would show, and show nothing."""
    parts: list[Shown] = []
    token = _collecting.set(parts)
    try:
        cell()
    finally:
        _collecting.reset(token)
    return tuple(parts)
