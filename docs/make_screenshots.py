"""Make the facilitator's guide's pictures: a real session of the example company, as it is run.

Opens the projector as a facilitator does, has the example's fictional people answer (one of them
on a phone), and takes what is then on the screens, in both languages.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from workshop.demo import example_workspace, import_example, lay_down_agreed
from workshop.demo.answering import answers
from workshop.demo.script import read_script
from workshop.i18n import LANGUAGES
from workshop.reports.run_sheet import make_run_sheet
from workshop.session import people, rounds, sessions
from workshop.session.agenda_file import take_programme
from workshop.session.answers import Given, save, say_done
from workshop.session.room_file import RoomFile, write_room
from workshop.session.rounds import Round
from workshop.session.store import Store, open_store
from workshop.workspace import Workspace

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images" / "guide"
LARGEST = 150_000
WALL = {"width": 1600, "height": 900}
PHONE = {"width": 390, "height": 700}
PLACE = "192.168.1.20:8484"
PAPER_DPI = "70"
PATIENCE = 120.0
LOCALES = {"nl": "nl_BE.UTF-8", "en": "en_GB.UTF-8"}


def main() -> None:
    """Write the guide's pictures in each language."""
    browser_path = shutil.which("chromium")
    if browser_path is None:
        raise SystemExit("needs chromium on the PATH")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for language in LANGUAGES:
            with tempfile.TemporaryDirectory() as folder:
                _pictures(browser, Path(folder), language)
        browser.close()


def _pictures(browser: Browser, folder: Path, language: str) -> None:
    workspace = example_workspace(folder / "rekvast", language)
    for _ in import_example(workspace):
        pass
    lay_down_agreed(workspace)
    take_programme(workspace, "half-day")
    _run_sheet(workspace, language)
    store = open_store(workspace)
    session = sessions.resume_or_start(store)
    code = session.code
    # As at a venue: what stands in the pictures is nobody's address.
    write_room(workspace, RoomFile(address=PLACE, code=code, url=f"http://{PLACE}/j/{code}"))
    wall = browser.new_page(viewport=WALL)
    wall.set_default_timeout(PATIENCE * 1000)
    with _presented(workspace, "00", language) as address:
        wall.goto(address)
        wall.locator(".kit-code").wait_for()
        _take(wall, ".kit-welcome", f"welcome-{language}")
    with _presented(workspace, "01", language) as address, _room(workspace) as port:
        wall.goto(address)
        found = _ask(wall, store, session.session_id, language)
        _phone(browser, f"http://127.0.0.1:{port}/j/{code}?lang={language}", language)
        _show(wall, store, found, language)
    wall.close()
    store.close()


def _ask(wall: Page, store: Store, session_id: int, language: str) -> Round:
    """Open the diagnosis and have the example's people answer."""
    wall.locator(".jupyter-button.mod-primary").first.click()
    found: Round = _until(lambda: rounds.shown_now(store, session_id))
    script = read_script(language)
    for person in script.people:
        said = dict(answers(script, "diagnosis", found.content, person))
        _answer(store, found, person.team, language, said, done=person.number % 3 > 0)
    return found


def _phone(browser: Browser, address: str, language: str) -> None:
    """Join on a phone, begin to answer, and take what it shows."""
    context = browser.new_context(viewport=PHONE, locale=language, device_scale_factor=1.5)
    phone = context.new_page()
    phone.set_default_timeout(PATIENCE * 1000)
    phone.goto(address)
    phone.locator("label:has(input[value=marketing])").click()
    phone.locator("main button.main").click()
    phone.locator("fieldset.item").first.wait_for()
    for n, item in enumerate(phone.locator("fieldset.item").all()[:2]):
        item.locator(".scale label").nth(1 + 2 * n).click()
    phone.locator("[data-state=saving]").first.wait_for(state="detached")
    _write(phone.screenshot(), f"phone-{language}")
    context.close()


def _show(wall: Page, store: Store, found: Round, language: str) -> None:
    """Take the round half way, show its answers, and take those."""
    wall.wait_for_timeout(3_000)
    _take(wall, ".kit-panel", f"asking-{language}")
    wall.locator(".jupyter-button.mod-primary").first.click()
    wall.locator(".jupyter-button.mod-warning").click()
    wall.locator(".kit-projector figcaption").first.wait_for()
    _until(lambda: rounds.round_of(store, found.round_id).state == "revealed")
    wall.wait_for_timeout(500)
    _take(wall, ".kit-projector figcaption", f"shown-{language}")


def _answer(
    store: Store, found: Round, team: str, language: str, said: dict[str, Any], *, done: bool
) -> None:
    who = people.join(store, found.session_id, people.new_token(), team, language)
    rows = [
        Given(found.round_id, who.participant_id, item, value, f"{who.participant_id}-{item}"[:60])
        for item, value in said.items()
    ]
    save(store, rows)
    if done:
        say_done(store, found.round_id, who.participant_id)


def _take(page: Page, part: str, name: str) -> None:
    """Take the screen from a little above a part of it."""
    page.locator(part).first.evaluate(
        "part => scrollTo(0, part.getBoundingClientRect().top + scrollY - 90)"
    )
    page.wait_for_timeout(300)
    _write(page.screenshot(), name)


def _run_sheet(workspace: Workspace, language: str) -> None:
    """Take the first page of the run sheet."""
    pdf = str(make_run_sheet(workspace, language).path)
    command = ["pdftoppm", "-r", PAPER_DPI, "-png", "-f", "1", "-l", "1", "-singlefile", pdf]
    target = workspace.path / "page"
    subprocess.run([*command, str(target)], check=True)
    _write(target.with_suffix(".png").read_bytes(), f"run-sheet-{language}")


def _write(content: bytes, name: str) -> None:
    """Write a picture with few colours, which is all that these have."""
    picture = Image.open(io.BytesIO(content)).convert("RGB").quantize(64)
    target = IMAGES / f"{name}.png"
    picture.save(target, optimize=True)
    if target.stat().st_size > LARGEST:
        raise SystemExit(f"{target} is larger than {LARGEST} bytes")


@contextmanager
def _presented(workspace: Workspace, notebook: str, language: str) -> Iterator[str]:
    """Show a notebook on the projector; yield its address."""
    arguments = ["workshop", "present", str(workspace.path), notebook, "--no-browser"]
    with _running(workspace, arguments, "?token=", language) as said:
        yield re.findall(r"http://127\S+token=\w+", said)[-1]


@contextmanager
def _room(workspace: Workspace) -> Iterator[int]:
    """Serve the room on this machine; yield its port."""
    arguments = ["workshop.room", str(workspace.path), "--host", "127.0.0.1", "--port", "0"]
    with _running(workspace, arguments, "port", "en") as said:
        yield int(json.loads(said.splitlines()[0])["port"])


@contextmanager
def _running(
    workspace: Workspace, arguments: list[str], ready: str, language: str
) -> Iterator[str]:
    """Run a module until the block ends; yield what it said when it was ready."""
    said = workspace.path / f".{arguments[0]}.txt"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdout=out, stderr=out, env=_environment(language), start_new_session=True,
        )  # fmt: skip
    try:
        _until(lambda: ready in said.read_text("utf-8") or process.poll() is not None)
        if process.poll() is not None:
            raise SystemExit(said.read_text("utf-8"))
        yield said.read_text("utf-8")
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)


def _environment(language: str) -> dict[str, str]:
    return {**os.environ, "LANG": LOCALES[language], "LC_ALL": ""}


def _until(found: Any) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (value := found()):
        if time.monotonic() > deadline:
            raise SystemExit("it took too long")
        time.sleep(0.2)
    return value


if __name__ == "__main__":
    main()
