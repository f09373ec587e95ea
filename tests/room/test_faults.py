"""When things break: killed, locked, full, orphaned. What was acknowledged is there, once."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from tests.room.phones import Phone, exercise, served
from workshop.session import answers, people, rounds, sessions
from workshop.session.schema import answers as table
from workshop.session.store import FILE, open_store
from workshop.workspace import Workspace

PEOPLE = 50
ITEMS = 10


@contextmanager
def process(workspace: Workspace, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run the server as the command does; kill what is left of it."""
    command = [sys.executable, "-m", "workshop.room", str(workspace.path), "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    try:
        told = running.stdout.readline()
        assert told, running.stderr.read()
        yield running, json.loads(told)["port"]
    finally:
        running.kill()
        running.communicate()


class Sender(threading.Thread):
    """A phone that sends on until all is acknowledged, with the same keys, as the page does."""

    def __init__(self, port: int, code: str, number: int) -> None:
        super().__init__()
        self.number = number
        self.phone = Phone(f"http://127.0.0.1:{port}").join(
            code, ("sales", "marketing")[number % 2]
        )
        self.acknowledged: dict[str, int] = {}
        self.tries = 0
        self.gave_up = False

    def begin(self, found, items) -> None:
        self.found, self.items = found, items
        self.start()

    def run(self) -> None:
        for n, item in enumerate(self.items):
            value, key = 1 + (self.number + n) % 5, f"phone-{self.number:03}-{n:03}"
            deadline = time.monotonic() + 40
            while item not in self.acknowledged:
                self.tries += 1
                try:
                    answer = self.phone.send(self.found.round_id, {item: value}, key)
                    if answer.status_code == 200:
                        assert self.phone.states(answer)[0] in ("saved", "repeated")
                        self.acknowledged[item] = value
                except httpx.TransportError:
                    time.sleep(0.2)
                if time.monotonic() > deadline:
                    self.gave_up = True
                    return
            time.sleep(0.02)


def many_items() -> object:
    from workshop.session.exercise import Exercise

    words = {"nl": "x", "en": "x"}
    asked = [{"id": f"s{n}", "kind": "statement", "text": words} for n in range(ITEMS)]
    return Exercise.model_validate({"title": words, "questions": asked})


@pytest.mark.parametrize("backend", ["sqlite", "postgres"])
def test_killed_while_fifty_answer_and_no_acknowledged_answer_is_missing(
    tmp_path, request, backend
):
    url = request.getfixturevalue("postgres_url") if backend == "postgres" else None
    workspace = Workspace.create(tmp_path / "client", "Kill", store=url)
    store = open_store(workspace)
    session = sessions.start(store)
    with process(workspace) as (first, port):
        found = rounds.open_round(store, session.session_id, "a", many_items())
        senders = [Sender(port, session.code, n) for n in range(PEOPLE)]
        for one in senders:
            one.begin(found, [item.name for item in found.content.items()])
        deadline = time.monotonic() + 30
        while sum(len(one.acknowledged) for one in senders) < PEOPLE * ITEMS / 4:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        before = [dict(one.acknowledged) for one in senders]
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert sum(map(len, before)) < PEOPLE * ITEMS
        for one, had in zip(senders, before, strict=True):
            who = people.participant(store, one.phone.token)
            held = answers.mine(store, found.round_id, who.participant_id)
            assert {item: held.get(item) for item in had} == had
        with process(workspace, port):
            for one in senders:
                one.join(60)
    assert not any(one.gave_up for one in senders)
    assert sum(one.tries for one in senders) > PEOPLE * ITEMS
    for one in senders:
        who = people.participant(store, one.phone.token)
        held = answers.mine(store, found.round_id, who.participant_id)
        assert held == one.acknowledged
        assert len(held) == ITEMS
    with store.read() as connection:
        rows = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
    assert rows == PEOPLE * ITEMS
    store.close()


def test_a_locked_database_only_delays(workspace, store, session, phone):
    found = rounds.open_round(store, session.session_id, "a", exercise("statement"))
    one = phone()
    script = (
        "import sqlite3, sys, time\n"
        "held = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "held.execute('BEGIN IMMEDIATE')\n"
        "print('held', flush=True)\n"
        "time.sleep(2)\n"
        "held.execute('ROLLBACK')\n"
    )
    command = [sys.executable, "-c", script, str(workspace.path / FILE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        begin = time.monotonic()
        answer = one.send(found.round_id, {"statement": 4})
        took = time.monotonic() - begin
    assert one.states(answer) == ["saved"]
    assert 1 < took < 5
    assert 'value="4"' in one.page()


def test_reading_goes_on_while_the_database_is_locked(workspace, store, session, phone):
    rounds.open_round(store, session.session_id, "a", exercise("statement"))
    one = phone()
    held = sqlite3.connect(workspace.path / FILE, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    begin = time.monotonic()
    assert 'id="answers"' in one.page()
    assert time.monotonic() - begin < 1
    held.execute("ROLLBACK")
    held.close()


def test_a_lock_that_does_not_end_is_said_and_nothing_typed_is_lost(
    workspace, store, session, phone
):
    found = rounds.open_round(store, session.session_id, "a", exercise("text"))
    one = phone()
    held = sqlite3.connect(workspace.path / FILE, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    answer = one.save(found.round_id, v_text="wat ik typte")
    held.execute("ROLLBACK")
    held.close()
    assert answer.status_code == 503
    assert "Opslaan duurt langer" in answer.text
    assert ">wat ik typte</textarea>" in answer.text
    assert one.save(found.round_id, v_text="wat ik typte").status_code == 200


def test_a_full_disk_is_said_and_the_room_recovers(workspace, store, session):
    pages: list[int] = []

    def limit(connection, record):
        if pages:
            connection.execute(f"PRAGMA max_page_count = {pages[0]}")

    sa.event.listen(store.engine, "connect", limit)
    with served(workspace, store) as room:
        found = rounds.open_round(store, session.session_id, "a", exercise("text", "lines"))
        one = Phone(room.url).join(session.code, language="en")
        with store.read() as connection:
            pages.append(connection.exec_driver_sql("PRAGMA page_count").scalar())
        store.engine.dispose()
        answer = one.send(found.round_id, {"text": "x" * 600})
        for n in range(40):
            if answer.status_code != 200:
                break
            answer = one.send(found.round_id, {"text": f"{n}" + "x" * 590})
        assert answer.status_code == 503
        assert "disk is full" in answer.json()["text"]
        form = one.save(found.round_id, v_text="y" * 600)
        assert form.status_code == 503
        assert "disk is full" in form.text
        assert "y" * 600 in form.text
        before = answers.mine(store, found.round_id, people.participant(store, one.token)[0])
        assert "y" * 600 not in before.values()
        pages[0] = 10**6
        store.engine.dispose()
        assert one.states(one.send(found.round_id, {"text": "z"})) == ["saved"]


class TestProcess:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_it_ends_when_told_to(self, workspace, number):
        with process(workspace) as (running, port):
            sessions.start(open_store(workspace))
            assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
            running.send_signal(number)
            assert running.wait(10) == 0
            assert running.stderr.read() == ""

    def test_it_ends_when_told_to_with_phones_listening(self, workspace):
        store = open_store(workspace)
        session = sessions.start(store)
        with process(workspace) as (running, port):
            phone = Phone(f"http://127.0.0.1:{port}").join(session.code)
            with phone.web.stream("GET", "/events"):
                running.send_signal(signal.SIGTERM)
                assert running.wait(10) == 0
        store.close()

    def test_it_ends_with_the_one_that_started_it(self, workspace):
        script = (
            "import subprocess, sys\n"
            "room = subprocess.Popen([sys.executable, '-m', 'workshop.room', sys.argv[1]],"
            " stdout=subprocess.PIPE, text=True)\n"
            "room.stdout.readline()\n"
            "print(room.pid, flush=True)\n"
            "sys.stdin.read()\n"
        )
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        parent = subprocess.Popen(
            [sys.executable, "-c", script, str(workspace.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        room = int(parent.stdout.readline())
        assert alive(room)
        parent.kill()
        parent.communicate()
        deadline = time.monotonic() + 10
        while alive(room) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not alive(room)

    def test_an_address_that_is_taken_is_one_line(self, workspace):
        with process(workspace) as (_, port):
            command = [sys.executable, "-m", "workshop.room", str(workspace.path)]
            done = subprocess.run(
                [*command, "--port", str(port)],
                capture_output=True,
                text=True,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            )
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.splitlines() == [
            f"Nothing can listen on 127.0.0.1, port {port}: the port is taken, or the address is "
            "not one of this computer. Choose another port or address."
        ]


def alive(number: int) -> bool:
    """Tell whether a process runs; one that ended and nobody asked for does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
