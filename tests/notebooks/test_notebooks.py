"""The notebooks are thin, translated, and run by themselves."""

from __future__ import annotations

import ast
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.notebooks.running import COMPARED
from workshop.i18n import Translator
from workshop.reports.make import make_report

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
REPORTS = sorted((ROOT / "notebooks" / "reports").glob("*.ipynb"))
PARAMETERS = {"workspace", "language", "as_of", "seed"}
"""What the engine passes."""
LONGEST = 8


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    notebook = json.loads(path.read_text("utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestEveryNotebook:
    def test_a_cell_is_short_and_defines_nothing(self, path):
        for cell in cells(path, "code"):
            text = source(cell)
            assert len(text.splitlines()) <= LONGEST, text
            nodes = list(ast.walk(ast.parse(text)))
            kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
            assert not [node for node in nodes if isinstance(node, kinds)], text

    def test_only_the_first_cell_imports(self, path):
        for cell in cells(path, "code")[1:]:
            nodes = ast.walk(ast.parse(source(cell)))
            assert not [n for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)]

    def test_outputs_are_stripped_but_where_they_are_compared(self, path):
        for cell in cells(path, "code"):
            kept = COMPARED in cell["metadata"].get("tags", ())
            assert bool(cell["outputs"]) == kept
            assert cell["execution_count"] is None

    def test_every_markdown_cell_has_its_dutch(self, path):
        t = Translator("nl")
        for cell in cells(path, "markdown"):
            assert t.prose(source(cell)) != source(cell)

    def test_the_dutch_keeps_the_headings_links_and_anchors(self, path):
        t = Translator("nl")
        for cell in cells(path, "markdown"):
            for sign in (r"^#+ ", r"\]\(([^)]*)\)", r'id="[^"]*"', r"^- ", r"\d+%|\d+[.,]\d+"):
                ours, theirs = (
                    [found.replace(",", ".") for found in re.findall(sign, text, re.MULTILINE)]
                    for text in (source(cell), t.prose(source(cell)))
                )
                assert ours == theirs, source(cell)


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_the_parameters_are_those_that_the_engine_passes(path):
    tagged = [c for c in cells(path, "code") if "parameters" in c["metadata"].get("tags", ())]
    assert len(tagged) == 1
    assignments = ast.parse(source(tagged[0])).body
    assert all(isinstance(node, ast.Assign) for node in assignments)
    assert {target.id for node in assignments for target in node.targets} == PARAMETERS
    assert all(isinstance(node.value.value, str) for node in assignments)


class _Page(HTMLParser):
    """What a reader of the page meets: ids, links within, texts, headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids, self.links, self.text = set(), set(), []
        self._style = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self._style = tag == "style"
        self.ids |= {given["id"]} if "id" in given else set()
        if tag == "a" and given.get("href", "").startswith("#"):
            self.links.add(given["href"][1:])

    def handle_data(self, data):
        if not self._style:
            self.text.append(data)


@pytest.fixture
def language(request) -> str:
    """Return the language of a page; the other ones of each notebook run in `test_grid`."""
    return request.param


@pytest.fixture
def page_of(tmp_path, language):
    """Make the session report of a workspace, read-only but for its reports, and read its page."""

    def page_of(workspace, as_of):
        report = make_report(workspace, "session", language, as_of=as_of, formats=("html",))
        assert report.warnings == ()
        return _Page((report.folder / "report.html").read_text("utf-8"))

    return page_of


def held_to_its_promises(page: _Page) -> str:
    """Return the text of a page on which every link has its place and no value is undefined."""
    text = " ".join(" ".join(page.text).split())
    assert page.links <= page.ids
    assert not re.search(r"\b(nan|NaN|NaT|inf)\b|\bNone\b(?! of)", text)
    assert not re.search(r"\{\w+(:\w+)?\}", text)
    return text


@pytest.mark.parametrize("language", ["nl"], indirect=True)
def test_the_example_company_s_report_finds_what_was_planted(example, page_of, language):
    text = held_to_its_promises(page_of(example, "2026-10-31"))
    t = Translator(language)
    assert "MQL → SQL" in text
    for planted in ("sector Bouw", "sector Voeding"):
        assert planted in text
    assert t.percent(197 / 434) in text
    assert not re.search(r"Accountmanager \d", text)


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_the_null_set_s_report_is_silent(maven, page_of, language):
    text = held_to_its_promises(page_of(maven, "2017-12-31"))
    t = Translator(language)
    silent = t("history.silent", closed=6711, rate=4238 / 6711, traits="\0").partition("\0")[0]
    assert " ".join(silent.split()) in text
    assert t.percent(4238 / 6711, 2) in text
    deals = pd.read_csv(next(maven.reports.glob(f"session-*-{language}/tables/deals.csv")))
    assert deals.set_index("Outcome (code)").loc["won", "Value in USD"] == 10_005_534
    for question in ("channels", "definitions", "hand-over"):
        assert t(f"question.{question}") in text
