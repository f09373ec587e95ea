"""A page as PDF: tagged for assistive technology (PDF/UA), the same bytes for the same page."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from types import ModuleType
from typing import cast


def as_pdf(html: str) -> bytes | None:
    """Return a page as PDF, or none where the system's Pango is missing."""
    weasyprint = _weasyprint()
    if weasyprint is None:
        return None
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols={"data"})
    document = weasyprint.HTML(string=html, url_fetcher=fetcher)
    return cast(bytes, document.write_pdf(pdf_variant="pdf/ua-1"))


def _weasyprint() -> ModuleType | None:
    """Import WeasyPrint, which loads Pango at once, and prints advice where it cannot."""
    try:
        with redirect_stdout(io.StringIO()):
            import weasyprint
    except OSError:
        return None
    return cast(ModuleType, weasyprint)
