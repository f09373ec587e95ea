"""Make the pictures in the README from the example company's real report.

Run ``make demo`` first; this opens its pages in Debian's Chromium and crops the funnel chapter.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "demo" / "reports"
CHAPTER = {"en": "The funnel", "nl": "De trechter"}
SIZE = {"width": 900, "height": 1080}


def main() -> None:
    """Write one picture a language."""
    browser_path = shutil.which("chromium")
    if browser_path is None:
        raise SystemExit("needs chromium on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, device_scale_factor=1.5)
        for language, words in CHAPTER.items():
            report = REPORTS / f"session-2026-10-31-{language}" / "report.html"
            page.goto(report.as_uri())
            heading = page.locator("main h2", has_text=words).first.bounding_box()
            if heading is None:
                raise SystemExit(f"{report} has no chapter {words!r}")
            target = ROOT / "docs" / "images" / f"report-{language}.png"
            target.parent.mkdir(exist_ok=True)
            clip = {"x": 0, "y": heading["y"] - 30, **SIZE}
            page.screenshot(path=target, full_page=True, clip=clip)
        browser.close()


if __name__ == "__main__":
    main()
