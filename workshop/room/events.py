"""Live updates: a stream that says that there is something new, never what."""

from __future__ import annotations

import asyncio

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError

from workshop.room.base import Base

HEARTBEAT_SECONDS = 15.0
RETRY_MS = 2_000
FULL_SECONDS = 10


class Events(Base):
    """Server-sent events: the revision of what phones show, whenever it changes."""

    async def get(self) -> None:
        """Send the revision now and at each change, and a heartbeat between."""
        if self.who is None:
            raise HTTPError(401)
        participant_id = self.who.participant_id
        ended = self.desk.streams.enter(participant_id)
        if ended is None:
            self.wait = FULL_SECONDS
            raise HTTPError(503)
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        # As it is: a compressor a stream would cost more memory than all else.
        self.set_header("Content-Encoding", "identity")
        self.set_header("X-Accel-Buffering", "no")
        self._ended = ended
        try:
            await self._stream(ended)
        except StreamClosedError:
            return
        finally:
            self.desk.streams.leave(participant_id, ended)

    async def _stream(self, ended: asyncio.Event) -> None:
        board = self.desk.board
        revision = board.latest.revision
        await self._send(f"retry: {RETRY_MS}\ndata: {revision}\n\n")
        while not ended.is_set():
            if await board.changed(revision, ended, HEARTBEAT_SECONDS):
                revision = board.latest.revision
                await self._send(f"data: {revision}\n\n")
            elif not ended.is_set():
                await self._send(": \n\n")
        # A newer tab of the same person took its place; this one looks now and then instead.
        await self._send("event: full\ndata: \n\n")

    async def _send(self, text: str) -> None:
        self.write(text)
        await self.flush()

    def on_connection_close(self) -> None:
        """End at once when the phone has gone."""
        ended: asyncio.Event | None = getattr(self, "_ended", None)
        if ended is not None:
            ended.set()
