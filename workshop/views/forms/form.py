"""What all builders have in common: a widget, what stands in its place, and where drafts go."""

from __future__ import annotations

from typing import Any

from workshop.errors import WorkshopError
from workshop.session import drafts
from workshop.session.drafts import Draft, Kind
from workshop.session.sessions import resume_or_start
from workshop.session.store import Store
from workshop.views.fragment import Shown


class Form(Shown):
    """A widget for who can press, and beside it what the store holds for who cannot."""

    widget: Any

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(include, exclude)
        return {**bundle, **self.widget._repr_mimebundle_(), "text/plain": bundle["text/plain"]}

    def stop(self) -> None:
        """Go off the screen."""
        self.widget.close()


class Keeper:
    """Keep each state of something in the making; the first one starts a session where none runs.

    What could not be kept is ``problem``, until something was.
    """

    def __init__(
        self, store: Store, floor: int, kind: Kind, subject: str, side: str = "joint"
    ) -> None:
        self.store = store
        self.floor = floor
        self.place = (kind, subject, side)
        self.problem: WorkshopError | None = None

    def latest(self) -> Draft | None:
        """Return the last state that was kept."""
        kind, subject, side = self.place
        return drafts.latest(self.store, kind, subject, side)

    def keep(self, content: Any) -> None:
        """Keep a state, on disk before this returns."""
        kind, subject, side = self.place
        try:
            session = resume_or_start(self.store, self.floor)
            drafts.keep(self.store, session.session_id, kind, subject, content, side)
        except WorkshopError as error:
            self.problem = error
        else:
            self.problem = None
