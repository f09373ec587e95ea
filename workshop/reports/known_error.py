"""Hand an error of ours from a report's kernel to who asked, who words it in their language."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from workshop.errors import Phrase, WorkshopError

_PHRASE, _DAY = "samenspel.phrase", "samenspel.day"


def load_ipython_extension(shell: Any) -> None:
    """Let this kernel send an error of ours as what it is, in place of the traceback."""
    shell.set_custom_exc((WorkshopError,), _send)


def _send(shell: Any, kind: type, error: WorkshopError, trace: object, **rest: object) -> list[str]:
    lines = [sent(Phrase(f"error.{error.code}", **error.fields))]
    shell._showtraceback(kind, error, lines)
    return lines


def sent(phrase: Phrase) -> str:
    """Return a phrase as a text.

    >>> phrase = Phrase("a", day=dt.date(2026, 3, 1), problem=Phrase("b", n=2))
    >>> received([sent(phrase)]) == phrase
    True
    """
    return json.dumps(phrase, default=_plain)


def received(traceback: Sequence[str]) -> Phrase | None:
    """Return the words of an error of ours; ``None`` where any other has a cell's traceback."""
    try:
        found = json.loads("\n".join(traceback), object_hook=_read)
    except ValueError:
        return None
    return found if isinstance(found, Phrase) else None


def _plain(value: object) -> object:
    if isinstance(value, Phrase):
        return {_PHRASE: value.key, "fields": value.fields}
    return {_DAY: value.isoformat()} if type(value) is dt.date else str(value)


def _read(found: dict[str, Any]) -> object:
    if _PHRASE in found:
        return Phrase(found[_PHRASE], **found["fields"])
    return dt.date.fromisoformat(found[_DAY]) if _DAY in found else found
