"""The wall of deals on the screen: swap what nobody remembers, fill in what the CRM lacks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import ipywidgets as widgets
import pandas as pd

from workshop.analysis.picking import SIDES
from workshop.i18n import Translator
from workshop.questions.wall import TRAITS, Shared
from workshop.session.wall_drafts import MOST_TAKEN, Taken
from workshop.views.forms import inputs
from workshop.views.forms.form import Form
from workshop.views.forms.inputs import worded
from workshop.views.forms.wall_state import WallState
from workshop.views.naming import column_name
from workshop.views.replayed import html_of
from workshop.views.wall import deal_name, swaps, trait_text, wall

OFFERED = 8
"""Traits that stand out most on the wall, as many as a room can talk about."""
_GRID = {
    "grid_template_columns": (
        "minmax(11rem, 1.4fr) minmax(6rem, 1fr) minmax(8rem, .7fr) "
        "repeat(3, minmax(9rem, 1.1fr)) auto"
    ),
    "grid_gap": "0 .75rem",
    "align_items": "center",
    "width": "98%",
}


class WallForm(Form):
    """Ten deals that were won beside ten that were lost or got stuck."""

    def __init__(self, state: WallState, t: Translator) -> None:
        self.state, self.t = state, t
        self.sides = {side: widgets.GridBox(layout=_GRID) for side in SIDES}
        self.told, self.wrong = widgets.HTML(), widgets.HTML()
        self.along = widgets.VBox()
        self._standing: object = None
        parts: list[Any] = [inputs.title(t("wall.form.title")), self.wrong]
        for side in SIDES:
            parts += [inputs.title(self._side_title(side)), self.sides[side]]
        self.widget = inputs.styled([*parts, self.told, self.along])
        state.observe(lambda _: self._follow(), ["shown", "used_up", "problem"])
        self._follow()

    def stop(self) -> None:
        """Go off the screen."""
        self.state.unobserve_all()
        super().stop()

    def html(self) -> str:
        """Return the wall as it stands."""
        return inputs.line("title", self.t("wall.form.title")) + html_of(self._parts())

    def plain(self) -> str:
        """Return the same as text."""
        parts = (part.plain() for part in self._parts())
        return "\n\n".join([self.t("wall.form.title"), *parts])

    def _parts(self) -> Sequence[Any]:
        return wall(self.state.deals, self.state.wall, self.t)

    def _side_title(self, side: str) -> str:
        deals = self.state.deals.deals
        return self.t(f"wall.title.{side}", n=int((deals["side"] == side).sum()))

    def _follow(self) -> None:
        """Bring the screen to the state: other rows only where other deals stand."""
        state, t = self.state, self.t
        if state.wall.deals != self._standing:
            self._standing = state.wall.deals
            for side in SIDES:
                self.sides[side].children = self._rows(side)
        found = state.deals
        used_up = t("wall.used_up") if state.used_up else ""
        self.wrong.value = inputs.line("wrong", worded(state.problem, t), used_up)
        self.told.value = inputs.line("hint", swaps(found, t) if found.swaps else "")
        self.along.children = self._along()

    def _rows(self, side: str) -> tuple[Any, ...]:
        t, found = self.t, self.state.deals
        heads = [t("wall.header.deal"), *(column_name(t, name) for name in TRAITS), ""]
        cells: list[Any] = [widgets.HTML(inputs.line("label", head)) for head in heads]
        deals = found.deals[found.deals["side"] == side]
        for place, row in deals.iterrows():
            deal_id = str(row["deal_id"])
            cells.append(widgets.HTML(inputs.line("cell", self._name(row))))
            for name in TRAITS:
                own = bool(found.remembered.at[place, name])
                cells.append(self._cell(deal_id, name, row[name], own=own))
            swap = partial(self.state.swap, deal_id)
            cells.append(inputs.small_button(t("wall.swap"), swap, t("wall.swap.tip")))
        return tuple(cells)

    def _name(self, row: pd.Series[Any]) -> str:
        named = deal_name(row["name"], str(row["deal_id"]))
        if row["state"] != "stalled":
            return named
        return self.t("wall.stalled", deal=named)

    def _cell(self, deal_id: str, trait: str, value: Any, *, own: bool) -> Any:
        """Return what the CRM knows as text, else a field for what the room remembers."""
        if not own and not pd.isna(value):
            return widgets.HTML(inputs.line("cell", str(value)))
        field = inputs.text(
            str(value) if own else "",
            partial(self.state.remember, deal_id, trait),
            hint=self.t("wall.hint"),
        )
        field.layout = widgets.Layout(width="100%", min_width="7rem")
        return field

    def _along(self) -> tuple[Any, ...]:
        """Return what goes along, with a button for each other thing that stands out."""
        state, t = self.state, self.t
        taken = state.wall.taken
        chips = [
            inputs.small_button(
                f"{trait_text(one, t)} ×", partial(state.leave, one), t("wall.leave")
            )
            for one in taken
        ]
        left = [one for one in state.levels if Taken(one.trait, one.level) not in taken]
        full = len(taken) >= MOST_TAKEN
        more = [] if full else [self._offer(one) for one in left[:OFFERED]]
        hint = t("wall.along.full", n=MOST_TAKEN) if full else t("wall.along.hint", n=MOST_TAKEN)
        return (
            inputs.title(t("wall.along")),
            widgets.HTML(inputs.line("hint", hint)),
            inputs.row(*chips),
            inputs.row(*more),
        )

    def _offer(self, found: Shared) -> Any:
        t, taken = self.t, Taken(found.trait, found.level)
        text = t("wall.offer", trait=trait_text(taken, t), won=found.won, lost=found.lost)
        return inputs.small_button(text, partial(self.state.take, taken))
