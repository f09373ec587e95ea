import json
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from workshop.i18n import Translator
from workshop.views import TABLE_TYPE
from workshop.views.display import (
    Chart,
    Column,
    Figures,
    KeyFigure,
    Note,
    Prose,
    Table,
)
from workshop.views.style import house_style

EVIL = "<script>alert(1)</script> & \"Zonen\" 'x'"
NL, EN = Translator("nl"), Translator("en")


class Reader(HTMLParser):
    """Keep every tag with its attributes, and the text of each cell."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if data.strip():
            self.texts.append(data.strip())

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def frame():
    return pd.DataFrame(
        {
            "sector": ["Bouw", EVIL, None],
            "rate": [0.285, np.nan, 1.0],
            "won": [1200, 3, 0],
            "day": pd.to_datetime(["2026-03-01", None, "2026-01-31"]),
            "p": [0.0414, 0.00004, None],
        }
    )


COLUMNS = (
    Column("sector", "Sector"),
    Column("rate", "Slaagpercentage", "percent-1"),
    Column("won", "Gewonnen", "count"),
    Column("p", "p", "p"),
)


def table(t=NL, **changes):
    given = {"name": "won-lost", "title": "Gewonnen", "columns": COLUMNS, **changes}
    return Table(frame(), given.pop("name"), given.pop("title"), given.pop("columns"), t, **given)


def chart(**changes):
    with house_style("#1f4e79"):
        figure, ax = plt.subplots()
        ax.plot([1, 2, 3], marker="o")
        ax.set_xlabel("maanden")
    given = {"title": "De lijn stijgt", "alt": "Een lijn van 1 naar 3", **changes}
    return Chart(figure, given.pop("title"), given.pop("alt"), **given)


class TestTable:
    def test_numbers_are_the_reader_s(self):
        cells = Reader(table().html()).texts
        assert cells[5:9] == ["Bouw", "28,5%", "1.200", "0,041"]
        assert Reader(table(EN).html()).texts[5:9] == ["Bouw", "28.5%", "1,200", "0.041"]

    def test_what_is_undefined_is_a_dash_and_a_tiny_p_a_bound(self):
        assert Reader(table().html()).texts[10:13] == ["–", "3", "< 0,001"]

    def test_headers_are_marked(self):
        page = Reader(table().html())
        assert [th["scope"] for th in page.all("th")] == ["col"] * 4 + ["row"] * 3
        assert len(page.all("caption")) == 1
        assert page.texts[0] == "Gewonnen"

    def test_numbers_are_aligned_at_the_end(self):
        headers = [th["class"] for th in Reader(table().html()).all("th")[:4]]
        assert headers == ["kit-start", "kit-end", "kit-end", "kit-end"]

    def test_text_is_never_markup(self):
        html = table(title=EVIL, notes=(EVIL,)).html()
        assert "<script" not in html
        assert Reader(html).texts.count(EVIL) == 3

    def test_a_long_table_says_where_the_rest_is(self):
        html = table(shown=1).html()
        assert len(Reader(html).all("tr")) == 2
        assert Reader(html).texts[-2:] == [
            "Nog 2 rijen, in de tabellen bij het rapport.",
            "Cijfers: tables.xlsx, blad won-lost",
        ]
        assert "Nog 1 rij, in de tabellen bij het rapport." in table(shown=2).html()
        assert "kit-more" not in table(shown=3).html()

    def test_all_of_the_frame_goes_along(self):
        carried = table(shown=1)._repr_mimebundle_()[TABLE_TYPE]
        assert carried["name"] == "won-lost"
        assert [column["type"] for column in carried["columns"]] == [
            "string", "number", "integer", "number", "date",
        ]  # fmt: skip
        assert carried["columns"][4] == {
            "field": "day", "header": "day", "kind": "plain", "type": "date",
        }  # fmt: skip
        assert carried["records"][1] == {
            "sector": EVIL, "rate": None, "won": 3, "p": 0.00004, "day": None,
        }  # fmt: skip
        assert carried["records"][2]["day"] == "2026-01-31"
        json.dumps(carried, allow_nan=False)

    def test_the_frame_is_left_alone(self):
        given = frame()
        Table(given, "a", "A", COLUMNS, NL)._repr_mimebundle_()
        pd.testing.assert_frame_equal(given, frame())

    def test_a_function_writes_a_value(self):
        columns = (Column("won", "Waarde", lambda value: f"€{value}"),)
        shown = table(columns=columns)
        assert Reader(shown.html()).texts[2] == "€1200"
        assert shown.behind()["columns"][0]["kind"] == "plain"

    def test_money_has_its_currency(self):
        columns = (Column("won", "Waarde", "money-EUR"),)
        assert Reader(table(columns=columns).html()).texts[2] == "€\u00a01.200"

    def test_an_empty_frame_is_a_table_without_rows(self):
        shown = Table(frame().head(0), "a", "A", COLUMNS, NL)
        assert len(Reader(shown.html()).all("tr")) == 1
        assert shown.behind()["records"] == []

    @pytest.mark.parametrize("name", ["Won", "a b", "../a", "", "a" * 32, "-a"])
    def test_a_name_that_no_file_can_have_is_refused(self, name):
        with pytest.raises(ValueError, match="is no name"):
            table(name=name)

    def test_a_column_that_is_not_there_is_refused(self):
        with pytest.raises(ValueError, match=r"no column \['lost'\].*sector"):
            table(columns=(Column("lost", "Verloren"),))

    def test_an_unknown_kind_is_refused(self):
        with pytest.raises(ValueError, match="kind 'percentage'; allowed are"):
            Column("rate", "Rate", "percentage")


class TestChart:
    def test_title_is_text_and_image_has_its_alternative(self):
        page = Reader(chart(reading="Van links naar rechts.").html())
        assert page.texts == ["De lijn stijgt", "Van links naar rechts."]
        (image,) = page.all("img")
        assert image["alt"] == "Een lijn van 1 naar 3"
        assert image["src"].startswith("data:image/svg+xml;base64,")

    def test_the_image_needs_no_font_and_no_title(self):
        svg = chart().svg.decode()
        assert "<text" not in svg
        assert "De lijn stijgt" not in svg

    def test_text_is_never_markup(self):
        html = chart(title=EVIL, alt=EVIL, reading=EVIL).html()
        assert "<script" not in html
        assert Reader(html).all("img")[0]["alt"] == EVIL

    def test_the_table_behind_it_goes_along(self):
        bundle = chart(table=table())._repr_mimebundle_()
        assert bundle[TABLE_TYPE]["name"] == "won-lost"
        assert "Cijfers: tables.xlsx, blad won-lost" in bundle["text/html"]
        assert bundle["text/plain"] == "De lijn stijgt\nEen lijn van 1 naar 3"
        assert TABLE_TYPE not in chart()._repr_mimebundle_()

    def test_a_notebook_shows_it_once(self):
        assert plt.get_fignums() == []
        chart()
        assert plt.get_fignums() == []

    @pytest.mark.parametrize("missing", [{"alt": " "}, {"title": ""}])
    def test_without_a_title_or_an_alternative_it_is_refused(self, missing):
        with pytest.raises(ValueError, match="needs a title and a text alternative"):
            chart(**missing)
        plt.close("all")

    def test_the_same_chart_is_the_same_bytes(self):
        assert chart().svg == chart().svg

    def test_the_same_bytes_in_another_process(self, monkeypatch):
        script = (
            "import hashlib, sys; sys.path[:0] = sys.argv[1:]\n"
            "import runpy; chart = runpy.run_path(sys.argv[2])['chart']\n"
            "print(hashlib.sha256(chart().svg).hexdigest())"
        )
        found = set()
        for seed in ("1", "2"):
            monkeypatch.setenv("PYTHONHASHSEED", seed)
            command = [sys.executable, "-c", script, ".", __file__]
            found.add(subprocess.run(command, capture_output=True, check=True).stdout)
        assert len(found) == 1


def test_a_note_has_a_label_and_its_paragraphs():
    page = Reader(Note("limits", "Eén.\n\nTwee.", NL).html())
    assert page.texts == ["Wat dit niet laat zien", "Eén.", "Twee."]
    assert page.all("div")[0]["role"] == "note"
    assert Note("next", "Do it.", EN).plain() == "Next step: Do it."


def test_figures_are_terms_and_values():
    shown = Figures((KeyFigure("45%", "gewonnen", "interval 40–50%"), KeyFigure("3", "deals")))
    page = Reader(shown.html())
    assert page.texts == ["gewonnen", "45%", "interval 40–50%", "deals", "3"]
    assert len(page.all("dt")) == 2
    assert shown.plain() == "gewonnen: 45% interval 40–50%\ndeals: 3"


def test_prose_is_paragraphs_and_points():
    page = Reader(Prose("Eén.\n\nTwee.", ("punt",)).html())
    assert page.texts == ["Eén.", "Twee.", "punt"]
    assert (len(page.all("p")), len(page.all("li"))) == (2, 1)


@pytest.mark.parametrize(
    "shown",
    [Note("caveat", EVIL, NL), Figures((KeyFigure(EVIL, EVIL, EVIL),)), Prose(EVIL, (EVIL,))],
)
def test_text_is_never_markup(shown):
    html = shown.html()
    assert "<script" not in html
    assert EVIL in Reader(html).texts


def test_jupyterlab_gets_a_few_rules_along():
    html = Prose("Eén.")._repr_mimebundle_()["text/html"]
    assert html.startswith('<style class="kit-lab">')
    assert html.count("<style") == 1
    # The workbook is a report's: on a screen there is none to refer to.
    assert ".kit-source{display:none}" in html
