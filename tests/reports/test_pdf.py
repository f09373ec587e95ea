import io
import logging
import re
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache

import pytest

from workshop.i18n import Translator
from workshop.reports import pdf

pytest.importorskip("weasyprint", exc_type=OSError, reason="Pango is not installed")
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is missing")

CHAPTERS = {
    "nl": ["In het kort", "Wat deze CRM kan beantwoorden", "De trechter en waar hij lekt"],
    "en": ["The short version", "What this CRM can answer", "The funnel and where it leaks"],
}


def pages(report):
    command = ["pdftotext", "-layout", str(report.folder / "report.pdf"), "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return text.split("\f")[:-1]


def facts(report, *options):
    command = ["pdfinfo", *options, str(report.folder / "report.pdf")]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


@needs_poppler
def test_the_cover_names_client_report_day_and_language(full_report):
    language, report = full_report
    t = Translator(language)
    cover = pages(report)[0]
    for text in ("Drukkerij De Meulemeester & Zonen", t("report.as_of"), t("report.this_language")):
        assert text in cover
    assert t("report.page") not in cover


@needs_poppler
def test_the_contents_have_the_right_pages(full_report):
    language, report = full_report
    found = pages(report)
    lines = [
        re.fullmatch(r"(?:\d+ +)?(.+?)[ .]+\. *(\d+)", line.strip())
        for line in found[1].splitlines()
    ]
    entries = dict(line.groups() for line in lines if line)
    assert len(entries) == 9
    for chapter in CHAPTERS[language]:
        assert chapter in entries
    for text, number in entries.items():
        heading = re.compile(rf"^ *(?:\d +)?{re.escape(text)}$", re.MULTILINE)
        on = [n for n, page in enumerate(found, 1) if heading.search(page) and n > 2]
        assert on[0] == int(number), text


@needs_poppler
def test_every_page_after_the_cover_says_what_it_is(full_report):
    language, report = full_report
    t = Translator(language)
    found = pages(report)
    title = {"nl": "Sessierapport", "en": "Session report"}[language]
    for number, page in enumerate(found[1:], 2):
        assert f"Drukkerij De Meulemeester & Zonen · {title}" in page.strip().splitlines()[0]
        last = page.strip().splitlines()[-1]
        assert last.endswith(f"{t('report.page')} {number} {t('report.of')} {len(found)}")
    assert CHAPTERS[language][2] in found[4].strip().splitlines()[0]


@needs_poppler
def test_a_table_repeats_its_header(full_report):
    language, report = full_report
    header = {"nl": "Slaagpercentage", "en": "Win rate"}[language]
    assert sum(header in page for page in pages(report)[6:9]) == 2


@needs_poppler
def test_the_file_is_tagged_and_titled(full_report):
    _, report = full_report
    found = facts(report)
    assert re.search(r"Tagged: +yes", found)
    assert re.search(r"JavaScript: +no", found)
    assert "Drukkerij De Meulemeester & Zonen" in found
    structure = Counter(line.split()[0] for line in facts(report, "-struct").splitlines())
    assert structure["Figure:"] == 6
    assert structure["Table"] == 4  # one of the three goes on over a page
    assert structure["H1"] == 1
    assert structure["H2"] == 8


def test_text_alternatives_and_language_are_in_the_file(full_reports):
    import weasyprint

    html = (full_reports["nl"].folder / "report.html").read_text("utf-8")
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols={"data"})
    document = weasyprint.HTML(string=html, url_fetcher=fetcher)
    plain = document.write_pdf(pdf_variant="pdf/ua-1", uncompressed_pdf=True)
    assert b"/Lang (nl)" in plain
    assert len(re.findall(rb"/S /Figure", plain)) == len(re.findall(rb"/Alt [(<]", plain)) == 6
    assert b"pdfuaid:part" in plain


def test_the_same_page_is_the_same_file(full_reports):
    report = full_reports["en"]
    html = (report.folder / "report.html").read_text("utf-8")
    assert pdf.as_pdf(html) == (report.folder / "report.pdf").read_bytes()


def test_nothing_is_wrong_in_the_eyes_of_weasyprint(full_reports, caplog):
    """Rules for a screen are ignored with a warning; a missing alternative would be an error."""
    with caplog.at_level(logging.ERROR, "weasyprint"):
        pdf.as_pdf((full_reports["nl"].folder / "report.html").read_text("utf-8"))
    assert caplog.messages == []


def test_a_page_cannot_reach_out(caplog):
    html = '<html lang="en"><title>x</title><img alt="x" src="file:///etc/hostname"><img alt="y" src="http://127.0.0.1:9/">'
    with caplog.at_level(logging.ERROR, "weasyprint"):
        assert pdf.as_pdf(html)
    assert sum("disallowed protocol" in message for message in caplog.messages) == 2


def test_a_missing_pango_is_no_crash_and_prints_nothing(monkeypatch, capsys):
    def fail(name, *given):
        if name == "weasyprint":
            print("advice")
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *given)

    import builtins

    real = builtins.__import__
    # As in a new process: an earlier PDF would have imported it.
    monkeypatch.setattr(pdf, "_weasyprint", cache(pdf._weasyprint.__wrapped__))
    monkeypatch.setattr(builtins, "__import__", fail)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert pdf.as_pdf("<p>x") is None
    assert sys.stdout.getvalue() == ""


@needs_poppler
def test_the_header_names_the_chapter_that_a_page_begins_with(full_report):
    _, report = full_report
    found = [[line.strip() for line in page.splitlines() if line.strip()] for page in pages(report)]
    numbered = (re.fullmatch(r"(\d+) +(.+?)[ .]+\. *\d+", line) for line in found[1])
    chapters = {" ".join(line.groups()) for line in numbered if line}
    current, continued = None, 0
    for header, *body in found[2:]:
        starts = [text for text in (" ".join(line.split()) for line in body) if text in chapters]
        begins = " ".join(body[0].split()) in chapters
        named = starts[0] if begins else current
        if named:
            assert " ".join(header.split()).endswith(named)
            continued += not begins
        current = starts[-1] if starts else current
    assert continued
