"""The wall of deals being filled in: swaps, what the room remembers, what goes along. No widget."""

from __future__ import annotations

from traitlets import Bool, HasTraits, Instance

from workshop.crm.tables import Tables
from workshop.errors import WorkshopError
from workshop.questions.wall import Shared, WallOfDeals, begun, shared, swapped, wall_of
from workshop.session.store import Store
from workshop.session.wall_drafts import KIND, SUBJECT, Taken, Wall, kept_wall
from workshop.views.forms.form import Keeper


class WallState(HasTraits):
    """Ten deals against ten; each change is kept.

    ``wall`` is what the room did, ``shown`` the deals with what is known of them. ``used_up``:
    the last deal that nobody remembered has no other to take its place.
    """

    wall = Instance(Wall)
    shown = Instance(tuple)
    used_up = Bool(False)
    problem = Instance(WorkshopError, allow_none=True)

    def __init__(self, store: Store, floor: int, tables: Tables, seed: int) -> None:
        self.tables, self.seed = tables, seed
        self.keeper = Keeper(store, floor, KIND, SUBJECT)
        wall = begun(tables, kept_wall(store) or Wall(), seed)
        super().__init__(wall=wall, shown=wall_of(tables, wall))

    @property
    def deals(self) -> WallOfDeals:
        """The deals on the wall."""
        return WallOfDeals(*self.shown)

    @property
    def levels(self) -> tuple[Shared, ...]:
        """What the deals share, those that set the sides most apart first."""
        return shared(self.deals)

    def swap(self, deal_id: str) -> None:
        """Put the next deal by the rule in the place of one that nobody remembers."""
        after = swapped(self.tables, self.wall, deal_id, self.seed)
        self.used_up = after is None
        if after is not None:
            self._take(after)

    def remember(self, deal_id: str, trait: str, text: str) -> None:
        """Write down what the room remembers of a deal."""
        self._take(self.wall.remembered(deal_id, trait, text))

    def take(self, taken: Taken) -> None:
        """Let a trait go along to a definition."""
        self._take(self.wall.with_trait(taken))

    def leave(self, taken: Taken) -> None:
        """Leave a trait after all."""
        self._take(self.wall.without_trait(taken))

    def _take(self, wall: Wall) -> None:
        if wall == self.wall:
            return
        self.keeper.keep(wall.plain())
        self.wall, self.shown = wall, wall_of(self.tables, wall)
        self.problem = self.keeper.problem
