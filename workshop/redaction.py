"""Take what identifies someone out of texts, and tell whether a file still holds any of it."""

from __future__ import annotations

import html
import io
import json
import re
import unicodedata
import zipfile
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict

REMOVED = "[…]"
"""What stands where a text held what is forgotten."""


class Redaction(BaseModel):
    """What has to go: ``whole`` where it is all that a text says, ``within`` also inside one.

    ``whole`` maps each to what takes its place. ``within`` is what nobody writes by accident: an
    address, a name of several words. ``ids`` are those of leads, which mean something only where
    an id stands.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    whole: dict[str, str] = {}
    within: tuple[str, ...] = ()
    ids: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Return a text without it.

        >>> Redaction(whole={"An": ""}, within=("An Peeters",)).text("Vraag het An Peeters.")
        'Vraag het […].'
        """
        found = self._folded.get(folded(text))
        if found is not None:
            return found
        return self._pattern.sub(REMOVED, text) if self.within else text

    def value(self, value: Any) -> Any:
        """Return what JSON holds without it, in whichever text, and the card of a lead bare."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self.value(one) for one in value]
        if isinstance(value, dict):
            plain = {name: self.value(one) for name, one in value.items()}
            other = self.ids.get(str(value.get("lead_id")))
            return plain if other is None else {**plain, "lead_id": other, "facts": []}
        return value

    def is_in(self, content: bytes) -> bool:
        """Tell whether a file's content holds it, as text, JSON, HTML or a workbook write it."""
        if content.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return any(self.is_in(archive.read(name)) for name in archive.namelist())
        return self._written.search(content) is not None

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {folded(text): other for text, other in self.whole.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(pattern_of(self.within), re.IGNORECASE)

    @cached_property
    def _written(self) -> re.Pattern[bytes]:
        """Match it in bytes: a word among words, or all that a cell, a field or an element says.

        A short number is an id in one place and a figure in a thousand others: nobody looks for
        it.
        """
        inside = sorted({form for text in self.within for form in _forms(text)}, key=len)
        told = [*self.whole, *(text for text in self.ids if speaks(text))]
        alone = sorted({form for text in told for form in _forms(text)}, key=len)
        parts = [rb"(?<!\w)" + re.escape(form) + rb"(?!\w)" for form in reversed(inside)]
        parts += [
            rb"(?:^|[\">,;\n(])" + re.escape(form) + rb"(?:[\"<,;\r\n()\\]|$)"
            for form in reversed(alone)
        ]
        return re.compile(b"|".join(parts) or rb"(?!)", re.IGNORECASE)


def speaks(text: str) -> bool:
    """Tell whether an id is found among figures: it has a letter, or is long.

    >>> speaks("L-0012"), speaks("4711"), speaks("900012345")
    (True, False, True)
    """
    return len(text) >= 8 or (len(text) >= 4 and not text.isdecimal())


def folded(text: str) -> str:
    """Return a text as it is compared: on one line, without case, in one spelling of accents."""
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()


def pattern_of(texts: tuple[str, ...]) -> str:
    """Return the pattern of these texts as whole words, in the syntax that RE2 knows too."""
    ordered = sorted(texts, key=len, reverse=True)
    return "|".join(rf"{_edge(text[0])}{_escaped(text)}{_edge(text[-1])}" for text in ordered)


def _escaped(text: str) -> str:
    return (
        re.sub(r"([^\w\s])", r"\\\1", text, flags=re.ASCII) if text.isascii() else re.escape(text)
    )


def _edge(character: str) -> str:
    return r"\b" if character.isascii() and (character.isalnum() or character == "_") else ""


def _forms(text: str) -> set[bytes]:
    """Return how a text can stand in a file."""
    spelled = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")} | {text}
    written = {html.escape(one) for one in spelled} | {
        html.escape(one, quote=False) for one in spelled
    }
    quoted = {json.dumps(one)[1:-1] for one in spelled | written}
    return {one.encode() for one in spelled | written | quoted}
