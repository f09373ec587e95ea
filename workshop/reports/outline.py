"""The headings of a notebook: one title, numbered chapters, their sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from workshop.errors import ReportError
from workshop.reports.jupyter import jupyter

if TYPE_CHECKING:
    from nbformat import NotebookNode

SAME_PAGE = "same-page"
"""The tag of a markdown cell whose chapter need not start on a new page.

Nor does a chapter of which the cells show words only, such as that it cannot be answered.
"""

_FIGURE = re.compile(r"<(table|img|dl)\b")

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")


class Heading(NamedTuple):
    """One heading below the title; only chapters (level 2) have a number."""

    level: int
    text: str
    anchor: str
    number: int | None


class Outline(NamedTuple):
    """A notebook's title, the headings below it, and the notebook with these as HTML."""

    title: str
    headings: tuple[Heading, ...]
    notebook: NotebookNode


class _Line(NamedTuple):
    cell: int
    line: int
    level: int
    text: str


def outlined(notebook: NotebookNode, name: str) -> Outline:
    """Return the outline of a notebook, whose title leaves its body (the cover has it).

    Raises ``ReportError``: ``no_title`` where the first heading is no title or where there are two,
    ``headings_out_of_order`` where one skips a level.
    """
    lines = list(_lines(notebook.cells))
    if not lines or [line for line in lines if line.level == 1] != lines[:1]:
        raise ReportError("no_title", notebook=name)
    headings = tuple(_numbered(lines))
    written = {(line.cell, line.line): "" for line in lines[:1]}
    for line, heading in zip(lines[1:], headings, strict=True):
        same_page = SAME_PAGE in notebook.cells[line.cell].metadata.get("tags", ())
        brief = heading.level == 2 and _is_brief(notebook.cells[line.cell :])
        written[line.cell, line.line] = _html(heading, same_page or brief)
    cells = [_rewritten(number, cell, written) for number, cell in enumerate(notebook.cells)]
    rewritten = jupyter("nbformat").from_dict({**notebook, "cells": cells})
    return Outline(lines[0].text, headings, rewritten)


def nearest_heading(cells: Sequence[NotebookNode]) -> str:
    """Return the last heading in these cells, or nothing."""
    return next((line.text for line in reversed(list(_lines(cells)))), "")


def _lines(cells: Sequence[NotebookNode]) -> Iterator[_Line]:
    """Yield the heading lines of the markdown cells, not those in a block of code."""
    for number, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            continue
        fenced = False
        for position, text in enumerate(cell.source.split("\n")):
            fenced ^= bool(_FENCE.match(text))
            found = None if fenced else _HEADING.fullmatch(text)
            if found:
                yield _Line(number, position, len(found[1]), found[2])


def _is_brief(cells: Sequence[NotebookNode]) -> bool:
    """Tell whether the chapter that these cells begin with has outputs, all of them words only."""
    starts = [line.cell for line in _lines(cells) if line.level == 2 and line.cell]
    shown = [
        output.get("data", {}).get("text/html", "")
        for cell in cells[: starts[0] if starts else None]
        for output in cell.get("outputs", ())
    ]
    return bool(shown) and not any(not text or _FIGURE.search(text) for text in shown)


def _numbered(lines: Sequence[_Line]) -> Iterator[Heading]:
    chapter = section = 0
    for before, line in pairwise(lines):
        if line.level > before.level + 1:
            raise ReportError("headings_out_of_order", heading=line.text, level=line.level)
        if line.level == 2:
            chapter, section = chapter + 1, 0
            yield Heading(2, line.text, f"chapter-{chapter}", chapter)
        else:
            section += 1
            yield Heading(line.level, line.text, f"section-{chapter}-{section}", None)


def _html(heading: Heading, same_page: bool) -> str:
    number = f'<span class="number">{heading.number}</span> ' if heading.number else ""
    flow = f' class="{SAME_PAGE}"' if same_page else ""
    tag = f"h{heading.level}"
    return f'\n<{tag} id="{heading.anchor}"{flow}>{number}{escape(heading.text)}</{tag}>\n'


def _rewritten(
    number: int, cell: NotebookNode, written: dict[tuple[int, int], str]
) -> dict[str, Any]:
    if cell.cell_type != "markdown":
        return dict(cell)
    lines = enumerate(cell.source.split("\n"))
    source = "\n".join(written.get((number, position), text) for position, text in lines)
    return {**cell, "source": source}
