from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_and_asks_for_nothing(browser, full_report, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    address = (full_report[1].folder / "report.html").as_uri()
    page.goto(address)
    assert [url for url in asked if not url.startswith("data:")] == [address]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    drawn = page.evaluate("[...document.images].map(image => image.complete && image.naturalWidth)")
    assert all(drawn)
    page.close()


def test_what_is_wide_scrolls_in_its_own_box(browser, full_reports):
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto((full_reports["nl"].folder / "report.html").as_uri())
    box = page.locator("#table-history .kit-scroll")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert box.evaluate("box => box.scrollLeft") > 0
    page.close()


def test_the_first_tab_leads_past_the_contents(browser, full_reports):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((full_reports["en"].folder / "report.html").as_uri())
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    assert skip.evaluate("link => link === document.activeElement")
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#report")
    page.close()


def test_text_can_be_read(browser, full_reports):
    """Every text has a contrast of 4.5 with the nearest background that is painted."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((full_reports["nl"].folder / "report.html").as_uri())
    worst = page.evaluate(
        """() => {
          const parts = color => color.match(/[\\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b]
            .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = element => {
            for (let e = element; e; e = e.parentElement) {
              const found = parts(getComputedStyle(e).backgroundColor);
              if (found.length === 3 || found[3] > 0) return found;
            }
            return [255, 255, 255];
          };
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          let worst = 21;
          while (walk.nextNode()) {
            const element = walk.currentNode.parentElement;
            if (!walk.currentNode.textContent.trim()) continue;
            const two = [light(parts(getComputedStyle(element).color)), light(behind(element))];
            worst = Math.min(worst, (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05));
          }
          return worst;
        }"""
    )
    assert worst >= 4.5
    page.close()
