"""A day of the room in a few minutes: people come, answer, leave their seat and come back.

The server is the real one, in a process of its own. After each quarter of an hour everybody hangs
up, and what the server then still holds is measured.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import statistics
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import NamedTuple

import psutil

from benchmarks.room import Line, join
from tests.room.phones import exercise
from workshop.questions.cards import Filled
from workshop.session import sessions
from workshop.session.exercise import Exercise
from workshop.session.store import FILE, open_store
from workshop.views.forms.round_state import RoundState
from workshop.workspace import Workspace

PEOPLE = 30
POLLS = 20
"""How often the facilitator's panel looks while a round is open."""
VALUES = {
    "statement": 4,
    "choice": "a",
    "dots": {"a": 1, "b": 2},
    "text": "Bel terug",
    "number": 40,
}
_TYPE = "application/json"
_PATIENCE = 10.0


class Held(NamedTuple):
    """What the server holds when nobody is connected, after so many requests and answers in all.

    ``database`` is the size of its file, ``data`` what the same rows take in a new one,
    ``journal`` what waits to be taken into the file.
    """

    requests: int
    answers: int
    resident: int
    files: int
    threads: int
    database: int
    data: int
    journal: int


class Growth(NamedTuple):
    """What stays behind, by a line through the measurements: bytes a request, the rest in all."""

    resident: float
    files: float
    threads: float


def growth(held: Sequence[Held]) -> Growth:
    """Return what grew, leaving out the first quarter, in which everything is filled for once."""
    later = held[len(held) // 4 :]
    requests = [one.requests for one in later]
    span = requests[-1] - requests[0]

    def slope(values: Sequence[int]) -> float:
        return statistics.linear_regression(requests, values).slope

    return Growth(
        resident=slope([one.resident for one in later]),
        files=slope([one.files for one in later]) * span,
        threads=slope([one.threads for one in later]) * span,
    )


class Day:
    """A session with its people, a panel that looks on, and what was asked of the server."""

    def __init__(self, workspace: Workspace, port: int, server: psutil.Process) -> None:
        self.workspace, self.port, self.server = workspace, port, server
        self.store = open_store(workspace)
        self.session = sessions.start(self.store)
        self.dice = Random("a day")
        self.guests: list[Line] = []
        self.requests = self.answers = 0
        self.refused: list[tuple[str, int]] = []

    def close(self) -> None:
        """Close the panel's own store."""
        self.store.close()

    async def quarter(self) -> Held:
        """Play a quarter of an hour: a round from its opening to its answers; then all hang up."""
        await self._come_and_go()
        panel = self._panel()
        panel.open()
        self._fail_on(panel)
        await asyncio.gather(*(self._answer(guest, panel) for guest in self._present()))
        for _ in range(POLLS):
            panel.look()
        panel.confirming = "reveal"
        panel.reveal()
        self._fail_on(panel)
        await asyncio.gather(*(self._look(guest) for guest in self.guests))
        for guest in self.guests:
            guest.hang_up()
        return await self._held()

    def _panel(self) -> RoundState:
        asked = exercise(*VALUES)

        def fill(one: Exercise, seed: int) -> Filled:
            return Filled(one, ())

        return RoundState(self.store, f"quarter-{self.requests}", asked, fill, 4)

    def _fail_on(self, panel: RoundState) -> None:
        for problem in (panel.problem, panel.trouble):
            if problem is not None:
                raise AssertionError(str(problem))

    async def _come_and_go(self) -> None:
        """Let a few leave for good, and others take their place."""
        if self.guests:
            for _ in range(3):
                self.guests.pop(self.dice.randrange(len(self.guests))).hang_up()
        missing = PEOPLE - len(self.guests)
        teams = [self.dice.choice(["sales", "marketing"]) for _ in range(missing)]
        self.guests += await asyncio.gather(
            *(join(self.port, self.session.code, team) for team in teams)
        )
        self.requests += missing

    def _present(self) -> list[Line]:
        """Return those who are awake: a few miss this round."""
        return self.dice.sample(self.guests, k=PEOPLE - 5)

    async def _answer(self, guest: Line, panel: RoundState) -> None:
        """Listen, look, answer each question, and answer one of them again; lose the line once."""
        dice = Random(f"{guest.token}{panel.name}")
        await self._listen(guest)
        await self._ask(guest, "GET", "/room")
        found = panel.round
        assert found is not None
        for item, value in [*VALUES.items(), ("statement", 2)]:
            if dice.random() < 0.15:
                guest.hang_up()
                await self._listen(guest)
            entry = {"item": item, "value": value, "key": f"{dice.getrandbits(64):016x}"}
            body = json.dumps({"round": found.round_id, "answers": [entry]}).encode()
            if dice.random() < 0.1:
                await self._ask(guest, "POST", "/answers", body)
            await self._ask(guest, "POST", "/answers", body)
            self.answers += 1

    async def _look(self, guest: Line) -> None:
        await self._ask(guest, "GET", "/room")
        await self._ask(guest, "GET", "/events-that-are-not-there", expected=404)

    async def _listen(self, guest: Line) -> None:
        self.requests += 1
        await guest.listen()

    async def _ask(
        self, guest: Line, method: str, path: str, body: bytes = b"", expected: int = 200
    ) -> None:
        self.requests += 1
        reply = await guest.ask(method, path, body, _TYPE)
        if reply.status != expected:
            self.refused.append((path, reply.status))

    async def _held(self) -> Held:
        """Measure once the server has noticed that everybody hung up."""
        end = time.monotonic() + _PATIENCE
        while self._connected() and time.monotonic() < end:
            await asyncio.sleep(0.02)
        file = self.workspace.path / FILE
        return Held(
            requests=self.requests,
            answers=self.answers,
            resident=self.server.memory_info().rss,
            files=self.server.num_fds(),
            threads=self.server.num_threads(),
            database=file.stat().st_size,
            data=compact_size(file),
            journal=file.with_name(f"{FILE}-wal").stat().st_size,
        )

    def _connected(self) -> bool:
        return any(one.status != psutil.CONN_LISTEN for one in self.server.net_connections())


def compact_size(file: Path) -> int:
    """Return how large a database would be that was written in one go."""
    copy = file.with_name("compact-copy")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    size = copy.stat().st_size
    copy.unlink()
    return size
