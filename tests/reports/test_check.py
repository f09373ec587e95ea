import pytest

from workshop.errors import ReportError
from workshop.reports.check import NO_ALTERNATIVE, check_page, problems

GOOD = """<!DOCTYPE html><html lang="en"><head><style>a{color:red}</style></head><body>
<h1>Title</h1><h2 id="a">One</h2><a href="#a">x</a>
<img src="data:image/png;base64,AA" alt="A line">
<table><caption>T</caption><tr><th>a</th></tr><tr><td>1</td></tr></table><h3>Two</h3></body></html>
"""


def test_a_good_page_has_no_problems():
    assert problems(GOOD) == []
    check_page(GOOD)


@pytest.mark.parametrize(
    ("html", "code", "found"),
    [
        ('<img src="data:image/png;base64,AA">', "chart_without_alternative", "<img>"),
        ('<img src="data:image/png;base64,AA" alt=" ">', "chart_without_alternative", "<img>"),
        (
            f'<img src="data:image/png;base64,AA" alt="{NO_ALTERNATIVE}">',
            "chart_without_alternative",
            "<img>",
        ),
        ('<img src="https://a.be/x.png" alt="x">', "external_address", "https://a.be/x.png"),
        ('<img src="//a.be/x.png" alt="x">', "external_address", "//a.be/x.png"),
        ('<img src="x.png" alt="x">', "external_address", "x.png"),
        ('<a href="https://a.be">x</a>', "external_address", "https://a.be"),
        ('<a href="javascript:alert(1)">x</a>', "external_address", "javascript:alert(1)"),
        ('<a href="data:text/html,x">x</a>', "external_address", "data:text/html,x"),
        ("<style>@import 'x.css'</style>", "external_address", "url()"),
        ("<style>a{background:url(https://a.be/x)}</style>", "external_address", "url()"),
        ('<p style="background:url(//a.be/x)">', "external_address", "background:url(//a.be/x)"),
        ("<script>1</script>", "active_content", "<script>"),
        ('<iframe srcdoc="x"></iframe>', "active_content", "<iframe>"),
        ('<p onclick="x()">', "active_content", "onclick"),
        ('<svg/onload="x()">', "active_content", "onload"),
        ('<meta http-equiv="refresh" content="0">', "active_content", "<meta refresh>"),
        ('<p id="a"></p><p id="a"></p>', "repeated_id", "a"),
        ("<h2>No title yet</h2>", "page_skips_heading", "h2"),
        ("<h1>A</h1><h3>B</h3>", "page_skips_heading", "h3"),
        ("<h1>A</h1><h1>B</h1>", "page_skips_heading", "h1"),
        ("<table><tr><td>1</td></tr></table>", "table_without_headers", "<table>"),
        ("<table><caption>T</caption></table>", "table_without_headers", "<table>"),
    ],
)
def test_a_broken_promise_is_found(html, code, found):
    assert [(problem.code, problem.found) for problem in problems(html)] == [(code, found)]


def test_a_problem_says_where_it_is():
    html = '<h1>T</h1><h2><span>1</span> The\nfunnel</h2><img src="data:image/png;base64,A">'
    with pytest.raises(ReportError) as caught:
        check_page(html)
    assert caught.value.code == "chart_without_alternative"
    assert caught.value.fields["heading"] == "1 The funnel"


def test_text_that_looks_like_markup_is_text():
    assert problems("<h1>&lt;script&gt; https://a.be</h1>") == []
