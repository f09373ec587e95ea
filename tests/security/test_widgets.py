"""A script in what people write, on the projector: live widgets in a browser show it as text."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.security.hostile import CLIENT, TEXTS
from tests.test_open import until
from tests.test_present import Presented
from tests.views.played import answer
from workshop.session import rounds, sessions
from workshop.session.store import open_store
from workshop.workspace import Workspace

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
OURS = re.compile(r"(data|blob):|\w+://127\.0\.0\.1[:/]")


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium on the PATH")
def test_nothing_runs_in_the_panel_of_a_round(tmp_path):
    """The facilitator opens and shows an exercise; policies that a page has are left aside."""
    workspace = Workspace.create(tmp_path / "client", CLIENT, language="nl")
    presented = Presented(workspace.path, "00")
    try:
        with playwright.sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_context(bypass_csp=True).new_page()
            page.set_default_timeout(120_000)
            elsewhere, said = [], []
            page.on("request", lambda one: OURS.match(one.url) or elsewhere.append(one.url))
            page.on("dialog", lambda dialog: said.append(dialog.message))
            page.goto(presented.url)
            _play(workspace, page)
            text = " ".join(page.inner_text("main").split())
            assert [one for one in TEXTS[:12] if " ".join(one.split()) not in text] == []
            page.wait_for_timeout(300)
            assert page.evaluate("window.pwned === undefined")
            assert page.locator("main iframe, main svg[onload], main img[onerror]").count() == 0
            assert (elsewhere, said) == ([], [])
            browser.close()
    finally:
        presented.stop()


def _play(workspace: Workspace, page) -> None:
    """Open the first exercise by its button, answer it with the worst, and show the answers."""
    page.get_by_role("button", name="Open voor antwoorden").first.click()
    store = open_store(workspace)
    until(lambda: sessions.running(store) is not None)
    session = sessions.running(store)
    until(lambda: rounds.shown_now(store, session.session_id) is not None)
    asked = rounds.shown_now(store, session.session_id)
    texts = [item.name for item in asked.content.items()]
    for n in range(max(8, len(TEXTS))):
        said = {item: TEXTS[n % len(TEXTS)][:200] for item in texts}
        answer(store, asked, ("sales", "marketing")[n % 2], said)
    store.close()
    page.get_by_role("button", name="Toon de antwoorden").first.click()
    page.get_by_text("<iframe srcdoc=").first.wait_for()
