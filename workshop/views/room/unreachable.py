"""What to do when a phone cannot open the room: on the screen and in the notebook."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from workshop.i18n import Translator
from workshop.session.room_file import RoomFile

_NEAR = ("same", "vpn", "firewall", "guest", "hotspot", "outside", "paper")
_NO_NETWORK = ("hotspot", "outside", "paper")
_OUTSIDE = ("tunnel", "data", "paper")


def steps(room: RoomFile, t: Translator) -> list[str]:
    """Return the steps in the order in which they are worth trying."""
    parts = urlsplit(room.url)
    near = _NO_NETWORK if is_here_only(room) else _NEAR
    chosen = _OUTSIDE if parts.scheme == "https" else near
    return [t(f"unreachable.{step}", port=str(parts.port or 443), url=room.url) for step in chosen]


def is_here_only(room: RoomFile) -> bool:
    """Tell whether only the facilitator's own computer reaches the room."""
    try:
        return ipaddress.ip_address(urlsplit(room.url).hostname or "").is_loopback
    except ValueError:
        return False
