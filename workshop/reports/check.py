"""Hold a page to what every report promises: read by anyone, and from nothing but itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import NamedTuple

from workshop.errors import ReportError

NO_ALTERNATIVE = "No description has been provided for this image"
"""What nbconvert puts where an image has no text alternative."""

_ADDRESSES = {"href", "src", "srcset", "action", "data", "poster", "xlink:href", "background"}
_INSIDE = re.compile(r"#|data:image/(svg\+xml|png|jpeg);base64,")
_ACTIVE = {"script", "iframe", "object", "embed", "form", "link", "base", "video", "audio"}
_OUTSIDE_STYLE = re.compile(r"@import|url\(\s*[\"']?(?!data:|#)", re.IGNORECASE)


class Problem(NamedTuple):
    """One broken promise: its code, what was found, and the heading it stands under."""

    code: str
    found: str
    heading: str


def check_page(html: str) -> None:
    """Raise ``ReportError`` for the first broken promise of a page, in the order of the page.

    The codes: ``chart_without_alternative``, ``table_without_headers``, ``external_address``,
    ``active_content``, ``page_skips_heading``, ``repeated_id``.
    """
    for problem in problems(html):
        raise ReportError(problem.code, found=problem.found, heading=problem.heading)


def problems(html: str) -> list[Problem]:
    """Return all broken promises of a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.problems


class _Reader(HTMLParser):
    """Read a page once, noting what is wrong and where."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[Problem] = []
        self._ids: set[str] = set()
        self._heading = ""
        self._level = 0
        self._inside: str | None = None
        self._headed = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._check_addresses(tag, given)
        if tag in _ACTIVE:
            self._note("active_content", f"<{tag}>")
        if "id" in given:
            if given["id"] in self._ids:
                self._note("repeated_id", given["id"])
            self._ids.add(given["id"])
        if tag == "img" and given.get("alt", "").strip() in {"", NO_ALTERNATIVE}:
            self._note("chart_without_alternative", "<img>")
        self._follow(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = None
        if tag == "table" and not self._headed:
            self._note("table_without_headers", "<table>")

    def handle_data(self, data: str) -> None:
        if self._inside == "style" and _OUTSIDE_STYLE.search(data):
            self._note("external_address", "url()")
        elif self._inside and self._inside != "style":
            self._heading += data

    def _follow(self, tag: str) -> None:
        """Keep where the reader is: in a heading, a stylesheet, a table."""
        if re.fullmatch(r"h[1-6]", tag):
            level = int(tag[1])
            if level > self._level + 1 or (level == 1 and self._level):
                self._note("page_skips_heading", tag)
            self._inside, self._heading, self._level = tag, "", level
        elif tag == "style":
            self._inside = tag
        elif tag in {"table", "th"}:
            self._headed = tag == "th"

    def _check_addresses(self, tag: str, given: dict[str, str]) -> None:
        for name, value in given.items():
            if name.startswith("on"):
                self._note("active_content", name)
            if name in _ADDRESSES and not _INSIDE.match(value):
                self._note("external_address", value[:80])
            if name == "style" and _OUTSIDE_STYLE.search(value):
                self._note("external_address", value[:80])
            if tag == "meta" and value.lower() == "refresh":
                self._note("active_content", "<meta refresh>")

    def _note(self, code: str, found: str) -> None:
        self.problems.append(Problem(code, found, " ".join(self._heading.split())))
