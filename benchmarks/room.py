"""Fill a room: 100 people join, listen on event streams and answer 20 items each, in bursts.

The server is the real one, in a process of its own; the phones are sockets in this one, on the
same machine. Every acknowledged answer is then looked for in the store.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from workshop.session import rounds, sessions
from workshop.session.answers import mine
from workshop.session.exercise import Exercise
from workshop.session.people import participant
from workshop.session.rounds import Round
from workshop.session.store import Store, open_store
from workshop.workspace import Workspace

HOST = "127.0.0.1"
BURST = 5
COOKIE = "samenspel_room"


class Reply(NamedTuple):
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """One connection of a phone, kept open."""

    def __init__(self, port: int, token: str = "") -> None:
        self.port = port
        self.token = token
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._streams: list[asyncio.StreamWriter] = []

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Reply:
        """Send a request and read its answer."""
        reader, writer = self._ends or await asyncio.open_connection(HOST, self.port)
        self._ends = reader, writer
        here = f"{HOST}:{self.port}"
        lines = [f"{method} {path} HTTP/1.1", f"Host: {here}", f"Origin: http://{here}"]
        if self.token:
            lines.append(f"Cookie: {COOKIE}={self.token}")
        if body:
            lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        status, headers = await head(reader)
        length = int(headers.get("content-length", "0"))
        return Reply(status, headers, await reader.readexactly(length))

    async def listen(self) -> asyncio.StreamReader:
        """Open an event stream and return it after its first event."""
        reader, writer = await asyncio.open_connection(HOST, self.port)
        lines = f"GET /events HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nCookie: {COOKIE}={self.token}"
        writer.write(f"{lines}\r\n\r\n".encode())
        status, _ = await head(reader)
        if status != 200:
            raise SystemExit(f"an event stream was refused: {status}")
        await reader.readuntil(b"data: ")
        self._streams.append(writer)
        return reader

    def hang_up(self) -> None:
        """Close every connection; the next request opens one anew."""
        for writer in (*self._streams, *(self._ends or ())[1:]):
            writer.close()
        self._ends, self._streams = None, []


async def head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Read a status and the headers."""
    text = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = text.strip().split("\r\n")
    pairs = (line.split(": ", 1) for line in lines)
    return int(first.split()[1]), {name.lower(): value for name, value in pairs}


def exercise(items: int) -> Exercise:
    """Return an exercise of so many statements."""
    words = {"nl": "Wij spreken dezelfde taal.", "en": "We speak the same language."}
    questions = [{"id": f"s{n}", "kind": "statement", "text": words} for n in range(items)]
    return Exercise.model_validate({"title": words, "questions": questions})


async def join(port: int, code: str, team: str) -> Line:
    """Join as a phone does and return its connection."""
    line = Line(port)
    body = urlencode({"team": team, "language": "nl"}).encode()
    reply = await line.ask("POST", f"/j/{code}", body, "application/x-www-form-urlencoded")
    if reply.status != 303:
        raise SystemExit(f"could not join: {reply.status}")
    line.token = reply.headers["set-cookie"].split(";")[0].partition("=")[2]
    return line


async def answer_all(line: Line, found: Round, seed: int) -> tuple[list[float], dict[str, int]]:
    """Answer every item in bursts; return how long each took and what was acknowledged."""
    dice = random.Random(seed)
    took, acknowledged = [], {}
    await asyncio.sleep(dice.uniform(0, 2))
    for n, item in enumerate(found.content.items()):
        if n and n % BURST == 0:
            await asyncio.sleep(dice.uniform(1, 3))
        value = dice.randint(1, 5)
        entry = {"item": item.name, "value": value, "key": f"{seed:08}{n:08}"}
        body = json.dumps({"round": found.round_id, "answers": [entry]}).encode()
        begin = time.perf_counter()
        reply = await line.ask("POST", "/answers", body, "application/json")
        took.append(time.perf_counter() - begin)
        if reply.status == 200 and json.loads(reply.body)["answers"][0]["state"] == "saved":
            acknowledged[item.name] = value
    return took, acknowledged


@contextmanager
def server(workspace: Workspace) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run the room's server; give its process and its port."""
    command = [sys.executable, "-m", "workshop.room", str(workspace.path), "--host", HOST]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())["port"]
        finally:
            process.terminate()


def cpu_seconds(process: subprocess.Popen[str]) -> float:
    """Return how long a process has been busy."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mib(process: subprocess.Popen[str]) -> float:
    """Return the most memory that a process held."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    line = next(line for line in text.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


async def run(store: Store, port: int, people: int, items: int) -> dict[str, Any]:
    """Fill the room once; return what it took."""
    session = sessions.resume_or_start(store)
    teams = ["sales" if n % 2 else "marketing" for n in range(people)]
    lines = await asyncio.gather(*(join(port, session.code, team) for team in teams))
    streams = await asyncio.gather(*(line.listen() for line in lines))
    found = rounds.open_round(store, session.session_id, "bench", exercise(items))
    begin = time.perf_counter()
    await asyncio.gather(*(stream.readuntil(b"data: ") for stream in streams))
    noticed = time.perf_counter() - begin
    begin = time.perf_counter()
    told = await asyncio.gather(*(answer_all(line, found, seed) for seed, line in enumerate(lines)))
    seconds = time.perf_counter() - begin
    took = sorted(one for times, _ in told for one in times)
    missing = 0
    for line, (_, acknowledged) in zip(lines, told, strict=True):
        who = participant(store, line.token)
        saved = mine(store, found.round_id, who.participant_id) if who else {}
        missing += sum(saved.get(item) != value for item, value in acknowledged.items())
    return {
        "answers": len(took),
        "acknowledged": sum(len(acknowledged) for _, acknowledged in told),
        "missing": missing,
        "p50": statistics.median(took) * 1000,
        "p99": took[int(len(took) * 0.99)] * 1000,
        "a_second": len(took) / seconds,
        "noticed": noticed * 1000,
    }


def main() -> None:
    """Print the table that the README quotes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--items", type=int, default=20)
    parser.add_argument("--store", help="a Postgres address instead of SQLite")
    call = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.create(Path(folder) / "client", "Bench", store=call.store)
        store = open_store(workspace)
        with server(workspace) as (process, port):
            idle = cpu_seconds(process)
            found = asyncio.run(run(store, port, call.people, call.items))
            busy = cpu_seconds(process) - idle
            memory = peak_mib(process)
        store.close()
    print("| people | answers | acknowledged, then missing | p50 ms | p99 ms | MiB |")
    print("|---|---|---|---|---|---|")
    print(
        f"| {call.people} | {found['answers']:,}, {found['a_second']:.0f} a second "
        f"| {found['acknowledged']:,}, {found['missing']} | {found['p50']:.1f} "
        f"| {found['p99']:.1f} | {memory:.0f} |"
    )
    print(f"\nThe server was busy for {busy:.1f} s in all, joining and pages included.")
    print(f"All phones knew of the open round after {found['noticed']:.0f} ms.")


if __name__ == "__main__":
    main()
