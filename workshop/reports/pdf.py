"""A page as PDF: tagged for assistive technology (PDF/UA), the same bytes for the same page."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from functools import cache
from types import ModuleType
from typing import Any, cast

from workshop.reports.glyphs import each_shape_once
from workshop.reports.letters import words_at_once


def as_pdf(html: str) -> bytes | None:
    """Return a page as PDF, or none where the system's Pango is missing."""
    document = _document(html)
    if document is None:
        return None
    with each_shape_once(), words_at_once():
        return cast(bytes, document.write_pdf(pdf_variant="pdf/ua-1"))


def page_count(html: str) -> int | None:
    """Return how many pages a page takes on paper, or none where the system's Pango is missing."""
    document = _document(html)
    return None if document is None else len(document.render().pages)


def _document(html: str) -> Any | None:
    weasyprint = _weasyprint()
    if weasyprint is None:
        return None
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols={"data"})
    return weasyprint.HTML(string=html, url_fetcher=fetcher)


@cache
def _weasyprint() -> ModuleType | None:
    """Import WeasyPrint, which loads Pango at once, and prints advice where it cannot."""
    try:
        with redirect_stdout(io.StringIO()):
            import weasyprint
    except OSError:
        return None
    return cast(ModuleType, weasyprint)
