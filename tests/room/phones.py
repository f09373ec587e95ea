"""A server to test, and phones that talk to it over the wire."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import httpx
from tornado.netutil import bind_sockets

from workshop.room.base import COOKIE
from workshop.room.desk import Desk
from workshop.room.hosts import Hosts
from workshop.room.server import http_server
from workshop.session.exercise import Exercise
from workshop.session.store import Store
from workshop.workspace import Workspace

_keys = itertools.count()


class Served:
    """A server that runs in a thread of its own, on a port of its own."""

    def __init__(self, workspace: Workspace, store: Store, public_url: str | None) -> None:
        self.workspace, self.store = workspace, store
        self.hosts = Hosts("127.0.0.1", public_url)
        self.loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        assert self._ready.wait(20)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._serve())
        self.loop.close()

    async def _serve(self) -> None:
        self.desk = Desk.of(self.workspace, self.store, self.hosts)
        server = http_server(self.desk)
        sockets = bind_sockets(0, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        server.add_sockets(sockets)
        watching = asyncio.create_task(self.desk.board.watch())
        self.stopped = asyncio.Event()
        self._ready.set()
        await self.stopped.wait()
        watching.cancel()
        server.stop()
        self.desk.streams.end_all()
        await server.close_all_connections()
        self.desk.close()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.stopped.set)
        self.thread.join(20)
        assert not self.thread.is_alive()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(workspace: Workspace, store: Store, public_url: str | None = None) -> Iterator[Served]:
    running = Served(workspace, store, public_url)
    try:
        yield running
    finally:
        running.stop()


class Phone:
    """A browser without scripts, or what the page's script would send."""

    opened: ClassVar[list[Phone]] = []

    def __init__(self, url: str, **headers: str) -> None:
        self.opened.append(self)
        self.url = url
        self.web = httpx.Client(
            base_url=url, headers={"Origin": url, **headers}, timeout=20, follow_redirects=True
        )

    def join(self, code: str, team: str = "sales", language: str = "nl", **more: str) -> Phone:
        answer = self.web.post(f"/j/{code}", data={"team": team, "language": language, **more})
        assert answer.status_code == 200, answer.text
        return self

    def page(self) -> str:
        answer = self.web.get("/room")
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, round_id: int, answers: dict[str, Any], key: str = "") -> httpx.Response:
        entries = [
            {"item": item, "value": value, "key": key or f"key-{next(_keys):08}"}
            for item, value in answers.items()
        ]
        return self.raw({"round": round_id, "answers": entries})

    def raw(self, body: object) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        return self.web.post("/answers", content=json.dumps(body), headers=headers)

    def save(self, round_id: int, **form: Any) -> httpx.Response:
        """Send the form as it is; field names come with `v_` for `v/`."""
        fields = {name.replace("v_", "v/", 1): value for name, value in form.items()}
        return self.web.post("/room", data={"round": str(round_id), **fields})

    def states(self, answer: httpx.Response) -> list[str]:
        assert answer.status_code == 200, answer.text
        return [one["state"] for one in answer.json()["answers"]]

    @property
    def token(self) -> str:
        return self.web.cookies[COOKIE]


def words(text: str) -> dict[str, str]:
    return {"nl": f"{text} nl", "en": f"{text} en"}


def options(*ids: str) -> list[dict[str, Any]]:
    return [{"id": one, "text": words(f"option {one}")} for one in ids]


KINDS: dict[str, dict[str, Any]] = {
    "statement": {},
    "text": {},
    "lines": {"most": 3},
    "choice": {"options": options("a", "b", "c")},
    "choices": {"options": options("a", "b", "c"), "most": 2},
    "label": {
        "options": options("mql", "sql"),
        "cards": [
            {
                "lead_id": f"secret-{n}",
                "facts": [
                    ["sector", "Bouw"],
                    ["role", None],
                    ["activities.Webinar", "2"],
                    ["Budget 2026", "<50k>"],
                    ["outcome", "the outcome"],
                    ["name", "the name"],
                    ["owner", "the owner"],
                ],
            }
            for n in range(3)
        ],
    },
    "number": {"lowest": 0, "highest": 100, "unit": "percent"},
    "involvement": {"stages": options("a", "b"), "customer_types": ["Bouwers"]},
    "ranking": {"options": options("a", "b", "c")},
    "dots": {"options": options("a", "b", "c"), "dots": 3},
}
"""A question of each kind; its id is its kind."""


def exercise(*kinds: str, **fields: Any) -> Exercise:
    """Return an exercise with a question of each of these kinds, or of all."""
    questions = [
        {"id": kind, "kind": kind, "text": words(f"asked {kind}"), **KINDS[kind]}
        for kind in kinds or KINDS
    ]
    return Exercise.model_validate({"title": words("title"), "questions": questions, **fields})
