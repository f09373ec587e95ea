"""A client's logo, from a file in the workspace to an address that holds it whole."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from xml.etree import ElementTree

from workshop.errors import ReportError
from workshop.workspace import Workspace

LARGEST_LOGO = 2_000_000
"""In bytes: it is read whole, and stands in every page that is sent."""

_LIMIT = f"{LARGEST_LOGO // 1_000_000} MB"

_UNSAFE_SVG = {
    "script": rb"<\s*(?:\w+:)?script\b",
    "foreignObject": rb"<\s*(?:\w+:)?foreignObject\b",
    "an entity": rb"<!ENTITY",
    "an event handler": rb"\son\w+\s*=",
    "a stylesheet from elsewhere": rb"@import|<\?xml-stylesheet",
    "a reference to the outside": (
        rb"(?:href\s*=\s*[\"']|url\(\s*[\"']?)\s*(?!#|data:image/(?:png|jpeg)|[\"')\s])"
    ),
}
"""What an SVG may not hold. A page shows it as an image, where scripts are dead and nothing is
fetched; refusing it says so to whoever would wonder why part of the logo is missing."""


def logo_address(workspace: Workspace) -> str | None:
    """Return the logo of the settings as a ``data:`` address, or none where none is set.

    Raises ``ReportError``: ``logo_outside`` the workspace, ``logo_missing``, ``logo_type`` for
    anything but a PNG, JPEG or SVG of a fair size, ``logo_unsafe``.
    """
    name = workspace.settings.brand.logo
    if name is None:
        return None
    content = _read(workspace.path, name)
    kind = _kind(content)
    if kind is None or len(content) > LARGEST_LOGO:
        raise ReportError("logo_type", logo=name, limit=_LIMIT)
    if kind == "image/svg+xml":
        _refuse_unsafe(name, content)
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _read(folder: Path, name: str) -> bytes:
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise ReportError("logo_outside", logo=name)
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST_LOGO + 1)
    except OSError as error:
        raise ReportError("logo_missing", logo=name) from error


def _kind(content: bytes) -> str | None:
    """Return the type that the content shows, whatever the file is called."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/svg+xml" if re.search(rb"<(?:\w+:)?svg\b", content[:2000]) else None


def _refuse_unsafe(name: str, content: bytes) -> None:
    for found, pattern in _UNSAFE_SVG.items():
        if re.search(pattern, content, re.IGNORECASE):
            raise ReportError("logo_unsafe", logo=name, found=found)
    try:
        ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise ReportError("logo_type", logo=name, limit=_LIMIT) from error
