"""The room's ten against ten in the making: what it swapped, filled in, and takes along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from workshop.session import drafts
from workshop.session.store import Store

KIND: Final = "wall"
SUBJECT = "deals"
MOST_TAKEN = 3
"""Traits that a room can still try out; more of them get lost in a definition."""
LONGEST = 120


class Standing(NamedTuple):
    """A deal on the wall; ``swapped_for`` is the one that was picked there, where that left."""

    deal_id: str
    side: str
    stratum: str | None
    swapped_for: str | None


class Taken(NamedTuple):
    """A trait, with the level of it, that goes on to a definition to be tried out."""

    trait: str
    level: str


@dataclass(frozen=True)
class Wall:
    """What the room did with the deals that were picked.

    ``deals`` are those on the wall once the room touched it, so that a later export changes
    nothing there; ``gone`` are those that left. ``filled`` is what the room remembers, by deal and
    trait, where the CRM has nothing.
    """

    deals: tuple[Standing, ...] = ()
    gone: tuple[str, ...] = ()
    filled: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    taken: tuple[Taken, ...] = ()

    def remembered(self, deal_id: str, trait: str, text: str) -> Wall:
        """Return the wall with what the room remembers of a deal; an empty text takes it back."""
        own = {name: said for name, said in self.filled.get(deal_id, {}).items() if name != trait}
        said = " ".join(text.split())[:LONGEST]
        rest = {name: known for name, known in self.filled.items() if name != deal_id}
        now = {**own, trait: said} if said else own
        return replace(self, filled={**rest, deal_id: now} if now else rest)

    def with_trait(self, taken: Taken) -> Wall:
        """Return the wall with a trait that goes along, as long as there are not too many."""
        if taken in self.taken or len(self.taken) >= MOST_TAKEN:
            return self
        return replace(self, taken=(*self.taken, taken))

    def without_trait(self, taken: Taken) -> Wall:
        """Return the wall without a trait that went along."""
        return replace(self, taken=tuple(one for one in self.taken if one != taken))

    def plain(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {
            "deals": [list(deal) for deal in self.deals],
            "gone": list(self.gone),
            "filled": {deal: dict(said) for deal, said in self.filled.items()},
            "taken": [list(one) for one in self.taken],
        }


def kept_wall(store: Store) -> Wall | None:
    """Return the wall as the room left it; ``None`` before it touched one."""
    draft = drafts.latest(store, KIND, SUBJECT)
    return None if draft is None else of_plain(draft.content)


def of_plain(content: Mapping[str, Any]) -> Wall:
    """Return the wall that a draft holds."""
    return Wall(
        deals=tuple(Standing(*one) for one in content["deals"]),
        gone=tuple(content["gone"]),
        filled=content["filled"],
        taken=tuple(Taken(*pair) for pair in content["taken"]),
    )
