"""`samenspel open` as a facilitator runs it: started, joined, killed in parts, stopped, resumed."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.room.phones import Phone
from workshop.session.copy import MARK
from workshop.workspace import Workspace

ROOT = Path(__file__).parents[1]
PATIENCE = 120.0


class Opened:
    """A running `samenspel open`, what it says, and all it started."""

    def __init__(self, path: Path, folder: Path, *options: str, lang: str = "en_GB.UTF-8") -> None:
        self.path = path
        self.out, self.err = (folder / f"{name}-{time.monotonic_ns()}" for name in ("out", "err"))
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "workshop", "open", str(path), "--no-browser", *options],
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
                env={**os.environ, "LANG": lang, "LC_ALL": ""},
                # As in a terminal: what Ctrl-C reaches is this group.
                start_new_session=True,
            )

    def said(self) -> str:
        return self.out.read_text("utf-8") + self.err.read_text("utf-8")

    def ready(self) -> Opened:
        until(lambda: "/lab" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        return self

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, module: str) -> psutil.Process:
        (found,) = [one for one in self.family() if module in one.cmdline()]
        return found

    def room(self) -> dict[str, str]:
        return json.loads((self.path / ".room.json").read_text("utf-8"))

    @property
    def place(self) -> str:
        return f"http://{self.room()['address']}"

    def lab(self) -> tuple[str, str]:
        address, token = re.search(r"(http://127\S+?)/lab\S*token=(\w+)", self.said()).groups()
        return address, token

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        os.killpg(self.process.pid, number)
        return self.process.wait(60)

    def end(self) -> None:
        """Leave nothing, whatever a test found."""
        if self.process.poll() is None:
            family = self.family()
            self.process.kill()
            self.process.wait()
            for one in family:
                if one.is_running():
                    one.kill()


def until(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def all_gone(family: list[psutil.Process], patience: float = 30.0) -> bool:
    _, alive = psutil.wait_procs(family, timeout=patience)
    return not alive


def answers(address: str, token: str) -> bool:
    try:
        return httpx.get(address, params={"token": token}).status_code == 200
    except httpx.TransportError:
        return False


def free() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.create(tmp_path / "client", "Rekvast", language="en")


@pytest.fixture
def opened(workspace, tmp_path) -> Iterator[Callable[..., Opened]]:
    started: list[Opened] = []

    def start(*options: str, path: Path | None = None) -> Opened:
        ports = ("--port", free(), "--room-port", free(), "--address", "127.0.0.1")
        started.append(Opened(path or workspace.path, tmp_path, *ports, *options))
        return started[-1]

    yield start
    for one in started:
        one.end()


def test_a_sitting_from_start_to_resumption(opened, workspace, tmp_path):
    copy = tmp_path / "copy"
    first = opened("--copy-to", str(copy)).ready()
    room = first.room()
    assert room["url"] == f"{first.place}/j/{room['code']}"
    said = first.said()
    assert room["address"] in said and room["code"] in said and "█" in said

    phone = Phone(first.place).join(room["code"], "sales", "en")
    address, token = first.lab()
    assert httpx.get(f"{address}/api/contents").status_code == 403
    contents = httpx.get(f"{address}/api/contents/notebooks", params={"token": token}).json()
    assert "01-diagnosis.ipynb" in {one["name"] for one in contents["content"]}
    page = httpx.get(f"{address}/lab", params={"token": token}).text
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[1])
    disabled = json.dumps(config["disabledExtensions"])
    assert "@jupyterlab/apputils-extension:announcements" in disabled
    assert "@jupyterlab/extensionmanager-extension" in disabled
    assert config["news"] == {"disabled": True}
    # A token on a command line can be read by anyone on the machine.
    assert not [one for one in first.family() if token in " ".join(one.cmdline())]

    again = subprocess.run(
        [sys.executable, "-m", "workshop", "open", str(workspace.path), "--no-browser"],
        capture_output=True, text=True, cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert (again.returncode, again.stdout) == (2, "")
    assert "is open already" in again.stderr
    assert first.room() == room

    dead = first.child("workshop.room")
    dead.kill()
    until(lambda: "was started again" in first.said())
    assert first.child("workshop.room").pid != dead.pid
    assert first.room() == room
    assert phone.web.get("/room").status_code == 200
    until(lambda: (copy / "session.db").exists() and (copy / MARK).exists())

    first.child("workshop.opening.lab").kill()
    until(lambda: "JupyterLab stopped" in first.said())
    until(lambda: answers(f"{address}/api/contents", token))

    family = first.family()
    assert first.stop(signal.SIGINT) == 0
    assert all_gone(family, 0)
    assert not (workspace.path / ".room.json").exists()
    assert "Traceback" not in first.said()

    second = opened().ready()
    assert second.room()["code"] == room["code"]
    assert "goes on" in second.said()
    cookies = phone.web.cookies
    other_port = httpx.get(f"{second.place}/room", cookies=cookies, follow_redirects=False)
    assert other_port.status_code == 200
    family = second.family()
    assert second.stop(signal.SIGTERM) == 0
    assert all_gone(family, 0)

    third = opened(path=copy).ready()
    assert third.room()["code"] == room["code"]
    assert "was a copy" in third.said()
    assert not (copy / MARK).exists()
    third.stop()


def test_nothing_is_orphaned_when_it_is_killed_outright(opened):
    one = opened().ready()
    family = one.family()
    assert len(family) >= 2
    one.process.kill()
    one.process.wait()
    assert all_gone(family)
    resumed = opened().ready()
    assert "goes on" in resumed.said()
    resumed.stop()


def broken(workspace: Workspace, *names: str) -> None:
    folder = workspace.path / "exercises"
    folder.mkdir()
    for name in names:
        (folder / f"{name}.yaml").write_text("title: {nl: Kort}\nquestions: []\n")


def refused(path: Path, *options: str, lang: str = "en_GB.UTF-8") -> str:
    """Run a call that has to be refused; return its one line."""
    done = subprocess.run(
        [sys.executable, "-m", "workshop", "open", str(path), "--no-browser", *options],
        capture_output=True, text=True, cwd=ROOT, timeout=120,
        env={**os.environ, "LANG": lang, "LC_ALL": ""},
    )  # fmt: skip
    assert done.returncode == 2, done.stdout
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert not (path / ".room.json").exists()
    return done.stderr


class TestRefused:
    @pytest.mark.parametrize("lang", ["en_GB.UTF-8", "nl_BE.UTF-8"])
    def test_an_address_of_another_machine(self, workspace, lang):
        assert "203.0.113.9" in refused(workspace.path, "--address", "203.0.113.9", lang=lang)

    def test_an_address_for_outside_without_https(self, workspace):
        said = refused(workspace.path, "--public-url", "http://room.example.org")
        assert "https://room.example.org" in said

    def test_a_port_that_is_taken(self, workspace):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            for option in ("--port", "--room-port"):
                assert port in refused(workspace.path, "--address", "127.0.0.1", option, port)

    def test_a_folder_that_is_no_workspace(self, tmp_path):
        assert "samenspel new" in refused(tmp_path)

    def test_a_copy_within_the_workspace(self, workspace):
        copy = workspace.path / "copy"
        assert str(copy) in refused(
            workspace.path, "--address", "127.0.0.1", "--copy-to", str(copy)
        )

    def test_a_damaged_session(self, workspace):
        (workspace.path / "session.db").write_bytes(b"no database at all" * 100)
        assert "session.db" in refused(workspace.path)


def test_faulty_files_are_said_before_the_session_and_the_rest_goes_on(opened, workspace):
    broken(workspace, "diagnosis")
    agenda = "title: {nl: Dag, en: Day}\nsteps: [{notebook: 12-party}]\n"
    (workspace.path / "agenda.yaml").write_text(agenda)
    one = opened().ready()
    assert re.search(r"diagnosis\.yaml.*\b2\b|diagnosis\.yaml.*questions", one.said())
    assert re.search(r"agenda\.yaml.*“12-party”", one.said())
    assert len(list((workspace.path / "notebooks").glob("*.ipynb"))) == 11
    one.stop()


def test_no_exercise_that_can_be_read_is_no_session(workspace):
    from workshop.session.exercise_file import exercise_files

    broken(workspace, *exercise_files(workspace))
    done = subprocess.run(
        [sys.executable, "-m", "workshop", "open", str(workspace.path), "--no-browser"],
        capture_output=True, text=True, cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == len(exercise_files(workspace)) + 1


def test_a_folder_that_is_synchronised_is_warned_about(opened, tmp_path):
    (tmp_path / "OneDrive").mkdir()
    path = tmp_path / "OneDrive" / "client"
    made = subprocess.run(
        [sys.executable, "-m", "workshop", "new", str(path), "--client", "Rekvast", "--lang", "en"],
        capture_output=True, text=True, cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert made.returncode == 0
    assert "OneDrive synchronises" in made.stderr
    one = opened(path=path)
    until(lambda: "OneDrive synchronises" in one.err.read_text("utf-8"))
    one.ready().stop()
