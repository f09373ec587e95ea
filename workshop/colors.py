"""Colours that follow from the client's one, each checked against what it lies on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

INK = "#1d2733"
MUTED = "#55606e"
LINE = "#d5dbe1"
PAPER = "#ffffff"
NIGHT = "#12171d"
"""What a page lies on where the reader's device asks for a dark one."""

TEXT_CONTRAST = 4.5
GRAPHIC_CONTRAST = 3.0
"""What WCAG 2.2 AA asks of text (1.4.3) and of a graphic's parts (1.4.11)."""


@dataclass(frozen=True)
class Palette:
    """A client's colour, and what goes with it."""

    brand: str
    on_brand: str
    text: str
    graphic: str
    tint: str


def palette(brand: str, paper: str = PAPER) -> Palette:
    """Return the colours for text, marks and surfaces that go with ``#rrggbb``.

    ``on_brand`` is read on ``brand``; ``text`` on paper and on ``tint``; ``graphic`` on both too.
    ``paper`` is white, or ``NIGHT``.

    >>> palette("#ffd500").on_brand, palette("#1f4e79").on_brand
    ('#000000', '#ffffff')
    """
    tint = _mix(brand, paper, 0.93)
    ink = "#000000" if paper == PAPER else "#ffffff"
    on_brand = max((PAPER, "#000000"), key=partial(contrast, brand))
    return Palette(
        brand=brand.lower(),
        on_brand=on_brand,
        text=_towards(ink, brand, (paper, tint), TEXT_CONTRAST),
        graphic=_towards(ink, brand, (paper, tint), GRAPHIC_CONTRAST),
        tint=tint,
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _channels(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _luminance(color: str) -> float:
    linear = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in _channels(color)
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _mix(color: str, other: str, share: float) -> str:
    """Return a colour moved towards another by a share of the way, in sRGB."""
    mixed = (
        round(255 * (one + share * (two - one)))
        for one, two in zip(_channels(color), _channels(other), strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _towards(ink: str, color: str, backgrounds: tuple[str, ...], wanted: float) -> str:
    """Return the colour, moved to an ink in steps of 2% until it can be read on backgrounds."""
    steps = (_mix(color, ink, step / 50) for step in range(51))
    return next(
        shade for shade in steps if min(contrast(shade, one) for one in backgrounds) >= wanted
    )
