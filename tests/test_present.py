"""`samenspel present` as a room sees it: large, without code, live, and gone after Ctrl-C."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.command import call
from tests.test_open import all_gone, free, until
from tests.views.played import answer
from workshop.session import rounds, sessions
from workshop.session.room_file import RoomFile, write_room
from workshop.session.store import open_store
from workshop.workspace import Workspace

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium on the PATH")

ROOT = Path(__file__).parents[1]
SLOW = 120_000
ROOM = RoomFile(address="192.0.2.7:8484", code="ABC234", url="http://192.0.2.7:8484/j/ABC234")


class Presented:
    """A running `samenspel present`, and what it says."""

    def __init__(self, path: Path, notebook: str) -> None:
        self.out = path.with_suffix(".out")
        more = ("--no-browser", "--port", free())
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "workshop", "present", str(path), notebook, *more],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=ROOT,
                start_new_session=True,
            )  # fmt: skip
        until(lambda: "?token=" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        (self.url,) = re.findall(r"http://127\S+", self.said())
        self.address, _, self.token = self.url.partition("?token=")

    def said(self) -> str:
        return self.out.read_text("utf-8")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.create(tmp_path / "client", "Rekvast & zoon", language="nl")


@pytest.fixture
def presented(workspace) -> Iterator[Presented]:
    running = Presented(workspace.path, "01")
    yield running
    if running.process.poll() is None:
        family = running.family()
        running.process.kill()
        for one in family:
            if one.is_running():
                one.kill()


@pytest.fixture
def page():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.set_default_timeout(SLOW)
        page.asked, page.faults = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("websocket", lambda socket: page.asked.append(socket.url))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        yield page
        browser.close()


def test_a_round_on_the_wall_from_the_welcome_to_the_answers(presented, workspace, page):
    assert "samenspel open" in presented.said()
    page.goto(presented.url)
    button = page.get_by_role("button", name="Open voor antwoorden").first
    button.wait_for()
    assert presented.token not in page.url
    assert page.locator("html").get_attribute("lang") == "nl"
    text = page.inner_text("main")
    assert "programme." not in text and "import" not in text
    assert "Voor de begeleider" not in text

    # The room opens after the page: nobody has to load it again.
    assert "Telefoons kunnen nog niet meedoen" in text
    write_room(workspace, ROOM)
    page.locator(".kit-code").filter(has_text="ABC234").wait_for()

    store = open_store(workspace)
    button.click()
    until(lambda: sessions.running(store) is not None)
    session = sessions.running(store)
    until(lambda: rounds.shown_now(store, session.session_id) is not None)
    asked = rounds.shown_now(store, session.session_id)
    items = [item.name for item in asked.content.items()]
    for n, team in enumerate(["sales", "marketing"] * 4):
        answer(store, asked, team, {item: (n + k) % 5 + 1 for k, item in enumerate(items)})
    page.locator(".kit-panel .kit-value").filter(has_text="8").first.wait_for()
    page.get_by_role("button", name="Toon de antwoorden").first.click()
    page.locator(".kit-projector figcaption").first.wait_for()
    assert rounds.round_of(store, asked.round_id).state == "revealed"
    store.close()

    page.keyboard.press("d")
    assert page.evaluate("document.documentElement.classList.contains('night')")
    before = page.evaluate("scrollY")
    page.keyboard.press("n")
    assert page.evaluate("scrollY") > before
    assert page.faults == []
    outside = [
        url for url in page.asked if not re.match(r"(data|blob):|\w+://127\.0\.0\.1[:/]", url)
    ]
    assert outside == []

    nobody_else_comes_in(presented)
    assert "is on a projector" in call("forget", workspace.path, "--person", "x").stderr
    family = presented.family()
    assert not [one for one in family if presented.token in " ".join(one.cmdline())]
    assert len(family) >= 2
    assert presented.stop() == 0
    assert all_gone(family, 5)
    assert "Traceback" not in presented.said()


def nobody_else_comes_in(presented: Presented) -> None:
    """Hold the page to its token, to this machine's own names, and to what it may load."""
    without = httpx.get(presented.address, follow_redirects=False)
    assert without.status_code in (302, 403)
    assert "Rekvast" not in without.text
    other = {"Host": "room.example.org"}
    assert httpx.get(presented.url, headers=other).status_code == 403
    login = httpx.get(f"{presented.address}login?token={presented.token}")
    policy = login.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "http:" not in policy and "https:" not in policy
    kernel = httpx.post(f"{presented.address}api/kernels", params={"token": presented.token})
    assert kernel.status_code in (403, 404, 405)


def test_a_notebook_that_is_none_is_one_line(workspace):
    done = call("present", workspace.path, "12")
    assert (done.returncode, done.stdout) == (2, "")
    assert "“12”" in done.stderr and "02-shared-terms" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
