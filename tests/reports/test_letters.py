"""A word that is styled once looks as if each of its letters had been."""

from __future__ import annotations

import base64
import importlib
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from workshop.reports import pdf
from workshop.reports.letters import words_at_once
from workshop.views.display import Chart

pytest.importorskip("weasyprint", exc_type=OSError, reason="Pango is not installed")

OUTLINE = "M 0 0 L 900 0 Q 1200 600 900 1200 L 0 1200 z"
WORD = """
<g style="fill: {fill}" transform="translate({x} 40) rotate(-{turn}) scale(0.2 -0.2)"{more}>
 <defs><path id="A-{x}" d="{outline}" transform="scale(0.1)"/></defs>
 <use xlink:href="#A-{x}"/><use xlink:href="#A-{x}" transform="translate(150 9) scale(0.5)"/>
</g>
"""


def drawn(*, at_once: bool, svg: bytes, monkeypatch) -> tuple[bytes, int]:
    """Return the PDF of a page with an image, and how often an element was drawn for it."""
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
    page = f'<html lang="en"><title>A</title><body><img alt="a" src="{address}"></body></html>'
    drawing, count = importlib.import_module("weasyprint.svg").SVG, [0]
    draw_node = drawing.draw_node

    def counted(*given, **more) -> None:
        count[0] += 1
        draw_node(*given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(drawing, "draw_node", counted)
        if not at_once:
            patch.setattr(pdf, "words_at_once", nullcontext)
        return pdf.as_pdf(page), count[0]


def picture(document: bytes, folder: Path) -> bytes:
    """Return what a reader sees of a document's first page."""
    pdftoppm = shutil.which("pdftoppm")
    if pdftoppm is None:
        pytest.skip("needs pdftoppm")
    (folder / "page.pdf").write_bytes(document)
    subprocess.run([pdftoppm, "-r", "150", "-singlefile", "page.pdf", "page"], cwd=folder)
    return (folder / "page.ppm").read_bytes()


def words(**more: str) -> bytes:
    """Return a chart of words; ``more`` is what the attributes of some say besides."""
    parts = [
        WORD.format(x=x, turn=turn, fill=fill, outline=OUTLINE, more=more.get(name, ""))
        for name, x, turn, fill in (
            ("first", 10, 0, "#aa0000"),
            ("second", 80, 30, "none; stroke: #0000aa; stroke-width: 90"),
            ("third", 150, 90, "#008800"),
        )
    ]
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    style = "<style>path { stroke-linejoin: round } use { fill-opacity: 0.5 }</style>"
    return f'{head} viewBox="0 0 220 60" width="440">{style}{"".join(parts)}</svg>'.encode()


@pytest.fixture
def chart() -> bytes:
    """Return a chart as the kit writes it: words straight, turned and in colours."""
    figure = Figure(figsize=(6, 3), layout="constrained")
    ax = figure.subplots()
    ax.plot([0, 1, 3], marker="o", label="Jaar na jaar")
    ax.set_ylabel("Aandeel gewonnen (%)", color="#aa0000", alpha=0.5)
    ax.set_xticks([0, 1, 2], ["één", "twee", "drie vier"], rotation=30)
    ax.legend()
    return Chart(figure, "Titel", "Alt").svg


def test_a_chart_looks_the_same_and_takes_far_fewer_steps(chart, tmp_path, monkeypatch, caplog):
    seen = {}
    for at_once in (True, False):
        document, steps = drawn(at_once=at_once, svg=chart, monkeypatch=monkeypatch)
        seen[at_once] = picture(document, tmp_path), steps
    assert not caplog.records
    assert (seen[True][0] == seen[False][0]) is True
    assert seen[True][1] < 0.6 * seen[False][1]
    empty, _ = drawn(at_once=True, svg=b'<svg xmlns="http://www.w3.org/2000/svg"/>',
                     monkeypatch=monkeypatch)  # fmt: skip
    assert (picture(empty, tmp_path) == seen[True][0]) is False


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"first": ' opacity="0.4"', "second": ' clip-path="url(#x)"', "third": ' display="none"'},
        {"first": ' visibility="hidden"', "third": ' font-size="2em"'},
    ],
    ids=["plain", "drawn-apart", "hidden"],
)
def test_words_look_as_their_letters_would(more, tmp_path, monkeypatch):
    once, apart = (
        picture(drawn(at_once=how, svg=words(**more), monkeypatch=monkeypatch)[0], tmp_path)
        for how in (True, False)
    )
    assert (once == apart) is True


def test_a_letter_with_more_than_an_outline_is_left_to_weasyprint(tmp_path, monkeypatch):
    svg = words().replace(b'<use xlink:href="#A-80"/>', b'<use xlink:href="#A-80" x="40"/>')
    svg = svg.replace(b'<use xlink:href="#A-10"/>', b'<use xlink:href="#nowhere"/>')
    once, apart = (
        picture(drawn(at_once=how, svg=svg, monkeypatch=monkeypatch)[0], tmp_path)
        for how in (True, False)
    )
    assert (once == apart) is True


def test_places_may_be_in_any_unit(tmp_path, monkeypatch):
    svg = words().replace(b"translate(150 9)", b"translate(2em 1%)")
    once, apart = (
        picture(drawn(at_once=how, svg=svg, monkeypatch=monkeypatch)[0], tmp_path)
        for how in (True, False)
    )
    assert (once == apart) is True


def test_weasyprint_is_left_as_it_was():
    drawing = importlib.import_module("weasyprint.svg").SVG
    draw_node = drawing.draw_node
    with pytest.raises(ZeroDivisionError), words_at_once():
        assert drawing.draw_node is not draw_node
        raise ZeroDivisionError
    assert drawing.draw_node is draw_node
