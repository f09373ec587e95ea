import nbformat.v4 as v4
import pytest

from workshop.errors import ReportError
from workshop.reports.outline import nearest_heading, outlined


def notebook(*sources):
    return v4.new_notebook(cells=[v4.new_markdown_cell(source) for source in sources])


def test_chapters_are_numbered_and_sections_are_not():
    outline = outlined(
        notebook("# Report\n\nIntro", "## One\n\n### A\n\n### B", "## Two ##", "### A"), "x"
    )
    assert outline.title == "Report"
    assert outline.headings == (
        (2, "One", "chapter-1", 1),
        (3, "A", "section-1-1", None),
        (3, "B", "section-1-2", None),
        (2, "Two", "chapter-2", 2),
        (3, "A", "section-2-1", None),
    )


def test_the_title_leaves_the_body_and_headings_become_html():
    outline = outlined(notebook("# Report\n\nIntro", "## R&D <b>\n\nText"), "x")
    first, second = (cell.source for cell in outline.notebook.cells)
    assert first.strip() == "Intro"
    assert '<h2 id="chapter-1"><span class="number">1</span> R&amp;D &lt;b&gt;</h2>' in second
    assert second.rstrip().endswith("Text")


def test_the_notebook_is_left_alone():
    given = notebook("# Report", "## One")
    outlined(given, "x")
    assert [cell.source for cell in given.cells] == ["# Report", "## One"]


def test_a_comment_in_code_is_no_heading():
    outline = outlined(notebook("# Report", "## One\n\n```\n# not this\n## nor this\n```"), "x")
    assert [heading.text for heading in outline.headings] == ["One"]


def test_a_chapter_may_stay_on_the_page():
    given = notebook("# Report", "## One")
    given.cells[1].metadata["tags"] = ["same-page"]
    source = outlined(given, "x").notebook.cells[1].source
    assert '<h2 id="chapter-1" class="same-page">' in source


@pytest.mark.parametrize(
    ("shown", "same_page"),
    [
        (["<p>Not yet.</p>", "<ul><li>a date</li></ul>"], True),
        (["<p>Not yet.</p>", '<div><table class="x"></table></div>'], False),
        (["<figure><img src=''></figure>"], False),
        ([""], False),
        ([], False),
    ],
)
def test_a_chapter_of_words_only_stays_on_the_page(shown, same_page):
    given = notebook("# Report", "## One", "## Two")
    outputs = [v4.new_output("display_data", {"text/html": text}) for text in shown]
    given.cells.insert(2, v4.new_code_cell("", outputs=outputs))
    cells = outlined(given, "x").notebook.cells
    assert ("same-page" in cells[1].source) is same_page
    assert "same-page" not in cells[3].source


@pytest.mark.parametrize("cells", [(), ("Text",), ("## One",), ("# A", "# B"), ("## One", "# A")])
def test_a_report_has_one_title_first(cells):
    with pytest.raises(ReportError) as caught:
        outlined(notebook(*cells), "x.ipynb")
    assert (caught.value.code, caught.value.fields) == ("no_title", {"notebook": "x.ipynb"})


@pytest.mark.parametrize("cells", [("# A", "### Deep"), ("# A", "## One", "#### Deep")])
def test_a_heading_skips_no_level(cells):
    with pytest.raises(ReportError) as caught:
        outlined(notebook(*cells), "x.ipynb")
    assert caught.value.code == "headings_out_of_order"
    assert caught.value.fields["heading"] == "Deep"


def test_the_nearest_heading_is_the_last():
    assert nearest_heading(notebook("# A", "text", "## B\n\ntext").cells) == "B"
    assert nearest_heading(notebook("text").cells) == ""
