"""What all phones show now: read once for everyone, and noticed when it changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from workshop.errors import WorkshopError
from workshop.session import people, rounds, sessions
from workshop.session.people import Participant
from workshop.session.rounds import Round
from workshop.session.sessions import Session
from workshop.session.store import Store

POLL_SECONDS = 0.3
KNOWN_SECONDS = 5.0
MOST_KNOWN = 2_000

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Now(NamedTuple):
    """The session that runs and the round that its phones show, if any."""

    session: Session | None = None
    round: Round | None = None

    @property
    def revision(self) -> str:
        """A mark that differs whenever phones have something new to show."""
        found = self.session
        return f"{found.session_id}.{found.revision}" if found else "0"


class Board:
    """Reads of the store for many phones: each in a thread, so that none holds up another."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.latest = Now()
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="reader")
        self._changed = asyncio.Event()
        self._known: dict[str, tuple[float, Participant]] = {}

    async def read(self, look: Callable[[], T]) -> T:
        """Run a read in a thread and return what it found."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, look)

    async def now(self) -> Now:
        """Return what phones show at this moment."""
        found = await self.read(lambda: _look(self.store, self.latest))
        if found is not self.latest:
            self.latest = found
            self._changed.set()
            self._changed = asyncio.Event()
        return found

    async def changed(self, revision: str, ended: asyncio.Event, patience: float) -> bool:
        """Wait until phones have something else to show than this.

        False when nothing came in time, or when the wait was ended.
        """
        waits = [asyncio.ensure_future(sign.wait()) for sign in (self._changed, ended)]
        if self.latest.revision == revision:
            await asyncio.wait(waits, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return self.latest.revision != revision and not ended.is_set()

    async def watch(self) -> None:
        """Look for changes until cancelled: one look for however many listeners."""
        while True:
            try:
                await self.now()
            except WorkshopError as error:
                _log.warning("%s", error)
            await asyncio.sleep(POLL_SECONDS)

    async def participant(self, token: str) -> Participant | None:
        """Return whose token this is; looked up again after some seconds."""
        moment = asyncio.get_running_loop().time()
        since, who = self._known.get(token, (0.0, None))
        if who is not None and moment - since < KNOWN_SECONDS:
            return who
        who = await self.read(lambda: people.participant(self.store, token))
        self._known.pop(token, None)
        if who is not None:
            while len(self._known) >= MOST_KNOWN:
                self._known.pop(next(iter(self._known)))
            self._known[token] = (moment, who)
        return who

    def has_seen(self, token: str) -> bool:
        """Tell whether a token was somebody's when it last came by."""
        return token in self._known

    def forget(self, token: str) -> None:
        """Look a token up again next time: its owner has changed something."""
        self._known.pop(token, None)

    def close(self) -> None:
        """Stop the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _look(store: Store, latest: Now) -> Now:
    session = sessions.running(store)
    if session is None:
        return latest if latest.session is None else Now()
    if session == latest.session:
        return latest
    return Now(session, rounds.shown_now(store, session.session_id))
