"""A letter that is read once is drawn as if it were read every time."""

from __future__ import annotations

import base64
import importlib
from contextlib import nullcontext

import pytest

from workshop.reports import pdf
from workshop.reports.glyphs import each_shape_once

pytest.importorskip("weasyprint", exc_type=OSError, reason="Pango is not installed")

LETTER = "M 0 0 L 10 0 C 12 3 12 5 10 8 Q 5 9 4 8 L 2 7 z"
ARROW = "M 10 10 h 20 v 20"
CHART = f"""
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
     viewBox="0 0 100 60" width="300" height="180">
 <defs>
  <path id="a" d="{LETTER}" transform="scale(0.5)"/>
  <marker id="tip" markerWidth="4" markerHeight="4" orient="auto"><path d="M0 0 L4 2"/></marker>
 </defs>
 <use xlink:href="#a" x="5" y="5"/><use xlink:href="#a" x="20" y="5" style="fill: #a00"/>
 <path d="{LETTER}" transform="translate(40 5) scale(2)" style="opacity: 0.5"/>
 <path d="{ARROW}" fill="none" stroke="black" marker-end="url(#tip)" marker-mid="url(#tip)"/>
 <path d="{ARROW}" fill="none" stroke="red" transform="translate(30 10)" marker-end="url(#tip)"/>
 <path d="broken"/><path d="M 1"/><path d="M 1"/><path/>
</svg>
"""


def page(chart: str) -> str:
    """Return a page with a chart, large and small."""
    address = f"data:image/svg+xml;base64,{base64.b64encode(chart.encode()).decode()}"
    images = f'<img alt="a" src="{address}"><img alt="b" width="50" src="{address}">'
    return f'<html lang="en"><title>A</title><body>{images}</body></html>'


PAGE = page(CHART)


@pytest.fixture
def tags():
    return importlib.import_module("weasyprint.svg").TAGS


def test_the_page_is_the_same_byte_for_byte(monkeypatch, caplog):
    once = pdf.as_pdf(PAGE)
    monkeypatch.setattr(pdf, "each_shape_once", nullcontext)
    assert pdf.as_pdf(PAGE) == once
    head, rest = CHART.split("<defs>")
    assert len(pdf.as_pdf(page(f"{head}{rest[-7:]}"))) < len(once)
    assert not caplog.records


def test_each_outline_is_read_once(monkeypatch, tags):
    read = []
    draw = tags["path"]

    def counted(svg, node, size):
        read.append(node.get("d"))
        draw(svg, node, size)

    monkeypatch.setitem(tags, "path", counted)
    pdf.as_pdf(PAGE)
    assert (read.count(LETTER), read.count(ARROW)) == (1, 1)


def test_weasyprint_is_left_as_it_was(tags):
    draw = tags["path"]
    with pytest.raises(ZeroDivisionError), each_shape_once():
        assert tags["path"] is not draw
        raise ZeroDivisionError
    assert tags["path"] is draw
