"""What `open` says on the facilitator's screen."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import segno

from workshop.errors import WorkshopError
from workshop.i18n import Translator
from workshop.opening.network import Address
from workshop.session.room_file import RoomFile
from workshop.views.room.unreachable import steps


@dataclass(frozen=True)
class Screen:
    """Words for a terminal, in one language."""

    t: Translator

    def say(self, key: str, /, **values: object) -> None:
        """Print a message."""
        print(self.t(key, **values), flush=True)

    def warn(self, key: str, /, **values: object) -> None:
        """Print a message that asks for attention."""
        print(self.t(key, **values), file=sys.stderr, flush=True)

    def error(self, error: WorkshopError) -> str:
        """Return an error as one line."""
        return " ".join(self.t(f"error.{error.code}", **error.fields).split())

    def join(self, room: RoomFile) -> None:
        """Print how to join, with the QR code."""
        self.say("open.join", address=room.address, code=room.code)
        buffer = io.StringIO()
        segno.make(room.url, error="m", micro=False).terminal(buffer, border=2, compact=True)
        print(f"\n{buffer.getvalue()}", flush=True)

    def network(self, chosen: Address, port: int, found: Sequence[Address]) -> None:
        """Print what the address needs, which others there are, and whether a VPN is on."""
        if chosen.kind == "loopback":
            self.warn("open.loopback")
        else:
            self.say("open.near", interface=chosen.interface)
        vpn = [one.interface for one in found if one.kind == "vpn"]
        if vpn and chosen.kind != "vpn":
            self.warn("open.vpn", interfaces=list(dict.fromkeys(vpn)))
        others = [one for one in found if one != chosen]
        if others:
            self.say("open.others", others=[self._named(one) for one in others])

    def advice(self, room: RoomFile) -> None:
        """Print what to do when a phone cannot open the room."""
        self.say("unreachable.title")
        for number, step in enumerate(steps(room, self.t), 1):
            print(f"  {number}. {step}", flush=True)
        print(flush=True)

    def _named(self, address: Address) -> str:
        return f"{address.text} ({address.interface}, {self.t(f'open.kind.{address.kind}')})"
