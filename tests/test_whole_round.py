"""A round from beginning to end: a room opened, eight phones, a reveal, a signature, a report."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.test_open import Opened, free, until
from workshop.errors import InputError
from workshop.resources import kit
from workshop.session import ledger, rounds, sessions
from workshop.session.results import results
from workshop.session.store import open_store
from workshop.workspace import Workspace

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium on the PATH")

SLOW = 120_000
TEAMS = ["sales", "marketing"] * 4
LANGUAGES = ["nl", "nl", "en", "en"] * 2
SIGNING = [
    "from workshop import programme",
    'room = programme.opened("..", "nl")',
    'programme.vote(room, "definition", "mql")\nprogramme.decide(room, "definition", "mql")',
]
ASKED = ["--kind", "session", "--format", "html", "--lang", "nl"]
WHY = "Omdat de helft van de telefoontjes te vroeg kwam <b>in maart</b>."


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(example, tmp_path) -> Iterator[Opened]:
    path = tmp_path / "rekvast"
    shutil.copytree(example.path, path)
    shutil.copytree(
        kit("datasets", "example", "definitions"), path / "definitions", dirs_exist_ok=True
    )
    ports = ("--port", free(), "--room-port", free(), "--address", "127.0.0.1")
    started = Opened(path, tmp_path, *ports)
    yield started.ready()
    started.end()


def test_a_room_from_the_first_phone_to_the_report(browser, opened):
    workspace = Workspace.open(opened.path)
    store = open_store(workspace)
    screen = run_notebook(browser, opened, "01-diagnosis.ipynb")
    screen.get_by_role("button", name="Open voor antwoorden").first.click()
    phones = [join(browser, opened, *who) for who in zip(TEAMS, LANGUAGES, strict=True)]
    session = sessions.running(store)
    asked = rounds.shown_now(store, session.session_id)
    for n, phone in enumerate(phones):
        for item in phone.locator("fieldset.item").all():
            item.locator(".scale label").nth((n + 2) % 5).click()
        phone.locator("[data-state=saving]").wait_for(state="detached")

    # A phone that reloads finds its answers; nobody finds anyone else's before their time.
    phones[0].reload()
    given = len(list(asked.content.items()))
    assert phones[0].locator("fieldset.item input:checked").count() == given
    with pytest.raises(InputError, match="sealed"):
        results(store, asked.round_id)
    assert screen.locator(".kit-projector figcaption").count() == 0

    for phone in phones:
        phone.locator("button[name=done][value=yes]").click()
        phone.locator("button[name=done][value=no]").wait_for()
    assert rounds.progress(store, asked.round_id).pending == 0
    screen.get_by_role("button", name="Toon de antwoorden").first.click()
    screen.locator(".kit-projector figcaption").first.wait_for(timeout=SLOW)
    phones[0].locator("[data-mark^=revealed], .result").first.wait_for()
    shown = results(store, asked.round_id)
    assert shown.groups["shown"][shown.groups["team"] != "other"].all()

    sign(browser, opened, phones)
    (decision,) = ledger.ledger(store)
    assert (decision.signed_sales, decision.signed_marketing) == ("Eva Peeters", "Tom Janssens")
    assert decision.vote == {"sales": {"yes": 4, "no": 0}, "marketing": {"yes": 4, "no": 0}}
    store.close()

    made = subprocess.run(
        [sys.executable, "-m", "workshop", "report", str(opened.path), *ASKED],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LANG": "nl_BE.UTF-8"},
    )
    (page,) = [Path(line) for line in made.stdout.splitlines() if line.endswith("report.html")]
    html = page.read_text("utf-8")
    assert "Omdat de helft van de telefoontjes te vroeg kwam &lt;b&gt;in maart&lt;/b&gt;." in html
    assert asked.content.title.nl in html
    assert not re.search("Eva Peeters.{0,200}(eens|oneens)", html, re.S)


def run_notebook(browser, opened: Opened, name: str):
    address, token = opened.lab()
    screen = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
    screen.set_default_timeout(SLOW)
    screen.goto(f"{address}/lab/workspaces/{name[:2]}/tree/notebooks/{name}?token={token}")
    screen.locator(".jp-Notebook").wait_for()
    # JupyterLab asks for a kernel, or drops what is run, before its own is there.
    until(lambda: is_idle(address, token, name))
    screen.wait_for_timeout(2_000)
    screen.get_by_role("menuitem", name="Run", exact=True).click()
    screen.get_by_text("Run All Cells", exact=True).first.click()
    return screen


def is_idle(address: str, token: str, name: str) -> bool:
    found = httpx.get(f"{address}/api/sessions", params={"token": token}).json()
    states = [one["kernel"]["execution_state"] for one in found if one["path"].endswith(name)]
    return states == ["idle"]


def join(browser, opened: Opened, team: str, language: str):
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale=language)
    phone = context.new_page()
    room = opened.room()
    phone.goto(f"{room['url']}?lang={language}")
    phone.locator(f"label:has(input[value={team}])").click()
    phone.locator("main button.main").click()
    phone.locator("#answers").wait_for()
    return phone


def sign(browser, opened: Opened, phones) -> None:
    """Put the definition to the room, have all say yes, and one of each team sign it."""
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{n}",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for n, source in enumerate(SIGNING)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4}
    path = opened.path / "notebooks" / "sign.ipynb"
    path.write_text(json.dumps({**notebook, "nbformat_minor": 5}), "utf-8")
    screen = run_notebook(browser, opened, path.name)
    screen.get_by_role("button", name="Open voor antwoorden").click()
    for n, phone in enumerate(phones):
        phone.locator("#name").wait_for()
        phone.locator("#name").fill(f"Persoon {n}")
        phone.locator("main form button").first.click()
        phone.locator("label:has(input[value=yes])").click()
        phone.locator("[data-state=saving]").wait_for(state="detached")
        phone.locator("button[name=done][value=yes]").click()
        phone.locator("button[name=done][value=no]").wait_for()
    screen.get_by_role("button", name="Toon de antwoorden").click()
    screen.get_by_role("button", name="Vraag opnieuw").wait_for()
    form = screen.locator(".kit-form").last
    texts = ["", WHY, "Geen lead zonder functie.", "Belt binnen een werkdag."]
    for field, text in zip(form.locator("textarea").all(), texts, strict=True):
        if text:
            field.fill(text)
            field.blur()
    names = ["Eva Peeters", "Eva Peeters", "Tom Janssens"]
    for field, text in zip(form.locator("input[type=text]").all(), names, strict=True):
        field.fill(text)
        field.blur()
    form.locator("select").first.select_option("Sales")
    screen.get_by_role("button", name="Leg deze afspraak vast").click()
    screen.locator(".kit-decision").first.wait_for()
