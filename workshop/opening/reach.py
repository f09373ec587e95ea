"""Whether the room answers at an address, asked from this machine."""

from __future__ import annotations

import urllib.request
from http.client import HTTPException
from urllib.parse import urlsplit

from workshop.errors import InputError

PATIENCE_SECONDS = 8.0
_MARK = "/brand.css"
"""A page that is the same whichever way one comes, and nobody else's."""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow nothing: a login page elsewhere is not the room."""
        return


def answers(address: str, patience: float = PATIENCE_SECONDS) -> bool:
    """Tell whether a room answers at an address, such as ``http://192.168.1.20:8484``."""
    return _page(address, patience) is not None


def same_room(public_url: str, address: str, patience: float = PATIENCE_SECONDS) -> bool:
    """Tell whether what answers outside is the room that answers here."""
    here = _page(address, patience)
    return here is not None and _page(public_url, patience) == here


def checked_url(text: str) -> str:
    """Return an address for outside as it is used; raise ``InputError`` for what cannot be one."""
    try:
        parts = urlsplit(text.strip())
        _ = parts.port
    except ValueError as error:
        raise InputError("bad_public_url", given=text) from error
    alone = not (parts.query or parts.fragment or parts.username or parts.path.strip("/"))
    if parts.scheme != "https" or not parts.hostname or not alone:
        raise InputError("bad_public_url", given=text)
    return f"https://{parts.netloc.lower()}"


def _page(address: str, patience: float) -> bytes | None:
    # A proxy of the office knows nothing of this machine's own addresses.
    local = urllib.request.ProxyHandler({})
    handlers = [_Stay()] if address.startswith("https:") else [_Stay(), local]
    opener = urllib.request.build_opener(*handlers)
    try:
        with opener.open(address + _MARK, timeout=patience) as page:
            return bytes(page.read(10_000))
    except (OSError, HTTPException):
        return None
