"""The first thing on the projector: how to join."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import segno

from workshop.i18n import Translator
from workshop.session.room_file import RoomFile
from workshop.views.fragment import Shown, fill
from workshop.views.room.unreachable import is_here_only, steps


@dataclass(frozen=True)
class Welcome(Shown):
    """The address and code to join by, or what to do where nobody can yet."""

    room: RoomFile | None
    t: Translator

    def html(self) -> str:
        """Return the QR code beside address and code."""
        if self.room is None:
            return fill("welcome_closed.html.j2", t=self.t)
        data = base64.b64encode(qr_code(self.room.url)).decode()
        return fill(
            "welcome.html.j2",
            t=self.t,
            room=self.room,
            data=data,
            steps=steps(self.room, self.t),
            here_only=is_here_only(self.room),
        )

    def plain(self) -> str:
        """Return address and code."""
        if self.room is None:
            return f"{self.t('welcome.closed')}\n{self.t('welcome.closed.how')}"
        return self.t("welcome.alt", address=self.room.address, code=self.room.code)


def qr_code(url: str) -> bytes:
    """Return an address as a QR code that survives a quarter of it being unreadable (SVG)."""
    buffer = io.BytesIO()
    segno.make(url, error="q", micro=False).save(
        buffer, kind="svg", border=3, light="#ffffff", xmldecl=False
    )
    return buffer.getvalue()
