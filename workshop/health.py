"""What a diagnosis says of each part of a client's folder."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

State = Literal["whole", "damaged", "lost", "newer", "older", "unknown"]
WRONG: tuple[State, ...] = ("damaged", "lost", "newer")


class Part(NamedTuple):
    """One part: what it is, where it lies below the folder, how it is, and why that is so.

    ``fields`` is what the message ``damage.<code>`` needs; what is whole has no code.
    """

    what: str
    path: str
    state: State = "whole"
    code: str | None = None
    fields: Mapping[str, object] = MappingProxyType({})

    @property
    def wrong(self) -> bool:
        """Whether something is lost, or cannot be used as it is."""
        return self.state in WRONG
