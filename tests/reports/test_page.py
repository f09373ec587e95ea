import re
from html.parser import HTMLParser
from itertools import pairwise

from workshop.i18n import Translator
from workshop.reports.check import problems

EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Page(HTMLParser):
    """Keep every element with its attributes and the text inside it."""

    def __init__(self, html):
        super().__init__()
        self.elements, self._open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.elements.append(element)
        if tag not in EMPTY:
            self._open.append(element)

    def handle_endtag(self, tag):
        if tag not in EMPTY:
            assert self._open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, *tags):
        return [element for element in self.elements if element["tag"] in tags]


def read(report):
    html = (report.folder / "report.html").read_text("utf-8")
    return html, Page(html)


def test_the_page_keeps_its_promises(full_report):
    html, _ = read(full_report[1])
    assert problems(html) == []


def test_the_page_says_its_language_and_its_title(full_report):
    language, report = full_report
    _, page = read(report)
    assert page.all("html")[0]["lang"] == language
    title = {"nl": "Sessierapport", "en": "Session report"}[language]
    day = {"nl": "31 januari 2026", "en": "31 January 2026"}[language]
    assert page.all("title")[0]["text"] == f"{title} · Drukkerij De Meulemeester & Zonen · {day}"
    assert [heading["text"] for heading in page.all("h1")] == [title]


def test_the_page_has_its_landmarks_and_a_way_past_the_contents(full_report):
    _, page = read(full_report[1])
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.all(landmark)) == 1
    first = page.all("a")[0]
    assert (first["class"], first["href"]) == ("skip", f"#{page.all('main')[0]['id']}")
    (label,) = [e for e in page.elements if e.get("id") == page.all("nav")[0]["aria-labelledby"]]
    assert label["tag"] == "h2"


def test_headings_go_down_one_level_at_a_time(full_report):
    _, page = read(full_report[1])
    levels = [int(heading["tag"][1]) for heading in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_the_contents_are_the_chapters(full_report):
    _, page = read(full_report[1])
    linked = [link["href"] for link in page.all("a") if link.get("class") != "skip"]
    headed = [h["id"] for h in page.all("h2", "h3") if h["id"] != "contents"]
    assert linked == [f"#{anchor}" for anchor in headed]
    chapters = [h["text"] for h in page.all("h2") if h["id"].startswith("chapter")]
    assert [text.split()[0] for text in chapters] == ["1", "2", "3", "4", "5", "6"]


def test_every_figure_can_be_heard(full_report):
    _, page = read(full_report[1])
    charts = [image for image in page.all("img") if "svg" in image["src"]]
    assert len(charts) == 6  # the logo among them
    assert all(len(image["alt"]) > 20 for image in charts)
    assert len(page.all("figure")) == len(page.all("figcaption")) == 5


def test_every_table_has_a_caption_and_headers(full_report):
    _, page = read(full_report[1])
    assert len(page.all("table")) == len(page.all("caption")) == 3
    assert {th["scope"] for th in page.all("th")} == {"row", "col"}
    assert sum(th["scope"] == "row" for th in page.all("th")) == 5 + 5 + 36


def test_nothing_comes_from_elsewhere_and_nothing_runs(full_report):
    html, page = read(full_report[1])
    visible = re.sub(r"base64,[A-Za-z0-9+/=]+", "", html)
    assert not re.search(r"https?:|//\w|url\(|@import", visible)
    assert not page.all("script", "link", "iframe", "object", "form")
    (policy,) = [m for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policy["content"].startswith("default-src 'none'")


def test_no_code_is_to_be_seen(full_report):
    html, _ = read(full_report[1])
    for code in ("import", "readiness(workspace", "In [", "Out[", "papermill"):
        assert code not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", html)


def test_a_name_from_the_crm_is_text(full_report):
    html, page = read(full_report[1])
    assert "<script" not in html
    assert any("<script>alert(1)</script>" in th["text"] for th in page.all("th"))


def test_numbers_are_the_reader_s(full_reports):
    dutch, english = (read(full_reports[language])[1] for language in ("nl", "en"))
    for page, rate, value in (
        (dutch, "63,2%", "€ 10.005.534"),
        (english, "63.2%", "€10,005,534"),
    ):
        texts = [dd["text"].replace("\N{NO-BREAK SPACE}", " ") for dd in page.all("dd")]
        assert {rate, value} <= set(texts)


def test_both_languages_hold_the_same(full_reports):
    dutch, english = (read(full_reports[language])[1] for language in ("nl", "en"))
    assert [e["tag"] for e in dutch.elements] == [e["tag"] for e in english.elements]
    chapters = [[h["text"] for h in page.all("h2")] for page in (dutch, english)]
    assert all(one != other for one, other in zip(*chapters, strict=True))


def test_the_tables_are_named_at_the_end(full_report):
    language, report = full_report
    _, page = read(report)
    assert page.all("h2")[-1]["text"] == Translator(language)("report.tables")
    assert [code["text"] for code in page.all("code")] == [
        "readiness", "funnel", "history", "goal",
    ]  # fmt: skip
    assert sorted(path.stem for path in (report.folder / "tables").iterdir()) == [
        "funnel", "goal", "history", "readiness",
    ]  # fmt: skip
