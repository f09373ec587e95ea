"""Event streams that are open: so many a participant, so many in all; the newest stays."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

A_PARTICIPANT = 3
IN_ALL = 300


@dataclass
class Streams:
    """The open streams, each with a sign that it has to make room for a newer one.

    A phone that changed networks leaves a stream behind that looks alive, so a participant's
    oldest one ends rather than that the newest is refused.
    """

    a_participant: int = A_PARTICIPANT
    in_all: int = IN_ALL
    _open: dict[str, list[asyncio.Event]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many are open."""
        return sum(len(streams) for streams in self._open.values())

    def enter(self, participant_id: str) -> asyncio.Event | None:
        """Open a stream; return the sign that ends it, or ``None`` where the room is full."""
        own = self._open.setdefault(participant_id, [])
        if len(own) >= self.a_participant:
            own.pop(0).set()
        elif self.count >= self.in_all:
            self._tidy(participant_id)
            return None
        ended = asyncio.Event()
        own.append(ended)
        return ended

    def leave(self, participant_id: str, ended: asyncio.Event) -> None:
        """Close a stream."""
        own = self._open.get(participant_id, [])
        if ended in own:
            own.remove(ended)
        self._tidy(participant_id)

    def end_all(self) -> None:
        """End every stream: the server stops."""
        for ended in [one for own in self._open.values() for one in own]:
            ended.set()

    def _tidy(self, participant_id: str) -> None:
        if not self._open.get(participant_id):
            self._open.pop(participant_id, None)
