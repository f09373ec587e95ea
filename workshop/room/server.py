"""The room's server: a process of its own, which ends with the one that started it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable
from contextlib import suppress

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets
from tornado.web import Application

from workshop.errors import InputError
from workshop.room.answering import Answers
from workshop.room.base import NotFound
from workshop.room.desk import Desk
from workshop.room.events import Events
from workshop.room.files import Colors, File
from workshop.room.hosts import Hosts, neighbourhood
from workshop.room.joining import Home, Join, Me, Next
from workshop.room.rounds_page import Name, Page
from workshop.session.store import open_store
from workshop.workspace import Workspace

MOST_BODY = 64 * 1024
MOST_HEADERS = 16 * 1024
IDLE_SECONDS = 30.0
"""How long a connection may take over its headers, or say nothing between requests."""
BODY_SECONDS = 20.0
MOST_CONNECTIONS = 900
MOST_OF_ADDRESS = 600
"""Of them, from one address: a hundred phones behind one fit in, and no caller takes them all."""
PARENT_SECONDS = 1.0


class Server(HTTPServer):
    """An HTTP server that takes so many connections and turns the next away."""

    def handle_stream(self, stream: IOStream, address: tuple[object, ...]) -> None:
        """Serve a connection, or close it where there are too many."""
        if len(self._connections) >= MOST_CONNECTIONS or self._has_enough(str(address[0])):
            stream.close()
            return
        super().handle_stream(stream, address)

    def _has_enough(self, address: str) -> bool:
        """Tell whether an address has its share; a proxy on this machine speaks for many."""
        if address in ("127.0.0.1", "::1"):
            return False
        whole = neighbourhood(address)
        callers = (getattr(one.context, "address", ("",)) for one in self._connections)
        its = sum(neighbourhood(str(caller[0])) == whole for caller in callers)
        return its >= MOST_OF_ADDRESS


def serve(workspace: Workspace, host: str, port: int, public_url: str | None = None) -> None:
    """Serve a workspace's room until told to stop; say its port on stdout when it listens.

    Raises ``InputError`` for an address that cannot be listened on, ``WorkspaceError`` for a
    database that cannot be used.
    """
    asyncio.run(_serve(workspace, host, port, public_url))


def application(desk: Desk) -> Application:
    """Return what answers the room's few addresses."""
    return Application(
        [
            (r"/", Home),
            (r"/j/([^/]{1,40})", Join),
            (r"/room", Page),
            (r"/name", Name),
            (r"/me", Me),
            (r"/next", Next),
            (r"/answers", Answers),
            (r"/events", Events),
            (r"/brand\.css", Colors),
            (r"/static/([a-z.]{1,20})", File),
        ],
        default_handler_class=NotFound,
        compress_response=True,
        desk=desk,
        log_function=_no_log,
    )


def http_server(desk: Desk) -> Server:
    """Return a server with its bounds; not listening yet."""
    return Server(
        application(desk),
        max_body_size=MOST_BODY,
        max_header_size=MOST_HEADERS,
        idle_connection_timeout=IDLE_SECONDS,
        body_timeout=BODY_SECONDS,
    )


async def _serve(workspace: Workspace, host: str, port: int, public_url: str | None) -> None:
    parent = os.getppid()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    try:
        sockets = bind_sockets(port, host)
    except OSError as error:
        raise InputError("room_address_in_use", host=host, port=str(port)) from error
    store = open_store(workspace)
    desk = Desk.of(workspace, store, Hosts(host, public_url))
    server = http_server(desk)
    await desk.board.now()
    server.add_sockets(sockets)
    print(json.dumps({"port": sockets[0].getsockname()[1]}), flush=True)
    watching = asyncio.create_task(desk.board.watch())
    await _first(stopped.wait(), _orphaned(parent))
    watching.cancel()
    server.stop()
    desk.streams.end_all()
    await server.close_all_connections()
    desk.close()
    store.close()


async def _first(*ways: Awaitable[object]) -> None:
    tasks = [asyncio.ensure_future(way) for way in ways]
    _, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


async def _orphaned(parent: int) -> None:
    """Return when the process that started this one is gone."""
    while os.getppid() == parent:
        await asyncio.sleep(PARENT_SECONDS)


def _no_log(handler: object) -> None:
    """Keep no record of who asked for what."""
