"""A participant's text on everybody's phone: shown as it was typed, and nothing more."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.security.hostile import TEXTS, answered, asked
from workshop.room.base import COOKIE
from workshop.session import people, rounds
from workshop.session.answers import Given, save

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
NAME = TEXTS[2]


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium on the PATH")
def test_on_a_phone_without_its_policy_nothing_runs_either(room, store, session):
    """Open, name, answer and result, in a browser that is told to leave the policy aside."""
    reader = people.new_token()
    people.join(store, session.session_id, reader, "marketing", "nl")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(bypass_csp=True)
        context.add_cookies([{"name": COOKIE, "value": reader, "url": room.url}])
        page, elsewhere = context.new_page(), []
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(room.url) else elsewhere.append(asked.url),
        )
        for named in (False, True):
            found = rounds.open_round(store, session.session_id, "a", asked(named=named))
            for n, token in enumerate([people.new_token() for _ in range(8)] + [reader]):
                team = ("sales", "marketing")[n % 2]
                who = people.join(store, session.session_id, token, team, "nl")
                people.give_name(store, token, NAME)
                rows = [
                    Given(
                        found.round_id, who.participant_id, item, value, f"key-{named}-{n}-{item}"
                    )
                    for item, value in answered(n).items()
                ]
                assert set(save(store, rows)) == {"saved"}
            page.goto(f"{room.url}/room")
            page.locator("#answers").wait_for()
            _is_quiet(page)
            rounds.reveal(store, found.round_id, early=True)
            page.locator(".result").first.wait_for()
            _is_quiet(page)
            said = " ".join(page.inner_text("body").split())
            assert [text for text in TEXTS[:12] if " ".join(text.split()) not in said] == []
        page.goto(f"{room.url}/me")
        _is_quiet(page)
        browser.close()
    assert elsewhere == []


def _is_quiet(page) -> None:
    assert page.evaluate("window.pwned === undefined")
    assert (
        page.locator("main script, main iframe, main svg[onload], main img, main style").count()
        == 0
    )


def test_no_page_makes_an_element_of_a_text(room, store, session, phone):
    """The same without a browser, as a phone without scripts gets it."""
    found = rounds.open_round(store, session.session_id, "a", asked())
    one = phone()
    assert set(one.states(one.send(found.round_id, answered(0)))) == {"saved"}
    one.save(found.round_id, v_text=TEXTS[2])
    page = one.page()
    assert "&lt;script&gt;window.pwned=1&lt;/script&gt;" in page
    assert not re.search(r"<(?:iframe|svg|img|object|style)\b", page.split("<main")[1])
