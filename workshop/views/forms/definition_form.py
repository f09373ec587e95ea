"""The builder of a definition: words, criteria, and what they would have done, bound to a state."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import ipywidgets as widgets

from workshop.criteria import Clause
from workshop.crm.replay import OUTCOMES
from workshop.i18n import Translator
from workshop.session import tree
from workshop.session.definition_drafts import meaning
from workshop.session.wall_drafts import kept_wall
from workshop.views.definition_text import lines, term_name
from workshop.views.display import Note, Prose, Shown
from workshop.views.forms import inputs
from workshop.views.forms.criteria_rows import CriteriaRows
from workshop.views.forms.definition_state import DefinitionState, Replay
from workshop.views.forms.form import Form
from workshop.views.forms.inputs import Field, worded
from workshop.views.look import opened_with
from workshop.views.replayed import html_of, replayed
from workshop.views.wall import trait_text

LONGEST = 5_000
_JUDGED = {"landmark_days": (0, 730), "window_days": (1, 1_825)}


class DefinitionForm(Form):
    """One side's meaning of a term, to be put into words and criteria."""

    def __init__(self, state: DefinitionState, t: Translator) -> None:
        self.state, self.t = state, t
        self.said, self.result, self.wrong = (widgets.HTML() for _ in range(3))
        self.text = Field(
            inputs.text(state.meaning.text, lambda v: state.say(v[:LONGEST]), rows=3),
            t("build.text"),
            t("build.text.hint"),
        )
        self.widget = inputs.styled(self._laid_out())
        state.observe(lambda _: self._say(), ["meaning", "problem"])
        state.observe(lambda _: self._tell(), ["replayed"])
        self._say()
        self._tell()

    def stop(self) -> None:
        """Go off the screen, and let go of the leads."""
        self.state.unobserve_all()
        self.state.close()
        super().stop()

    def html(self) -> str:
        """Return what the draft says, and what it would have done."""
        return inputs.line("title", self._title()) + html_of(self._words()) + html_of(self._told())

    def plain(self) -> str:
        """Return the same as text."""
        parts = [*self._words(), *self._told()]
        return "\n\n".join([self._title(), *(part.plain() for part in parts)])

    def _title(self) -> str:
        term = opened_with(term_name(self.t, self.state.term))
        return self.t(f"build.title.{self.state.side}", term=term)

    def _laid_out(self) -> list[Any]:
        t, state = self.t, self.state
        rows: list[Any] = [inputs.title(self._title()), self.text.box]
        if state.side == "joint":
            rows.append(self._judging())
        if state.tables is None:
            rows.append(widgets.HTML(Note("session", t("build.no_leads"), t).html()))
        else:
            rows.append(widgets.HTML(inputs.line("label", t("build.criteria"))))
            rows.append(CriteriaRows(state, t).widget)
            rows += self._from_wall()
        return [*rows, self.wrong, self.said, self.result]

    def _from_wall(self) -> list[Any]:
        """Return the traits that the room took along from won and lost, to be tried out."""
        t, state = self.t, self.state
        kept = kept_wall(state.store)
        taken = kept.taken if kept else ()
        known = [one for one in taken if one.trait in state.offers]
        absent = [trait_text(one, t) for one in taken if one.trait not in state.offers]
        buttons = [
            inputs.small_button(
                f"+ {trait_text(one, t)}", partial(state.add_value, one.trait, one.level)
            )
            for one in known
        ]
        lacking = t("build.from_wall.absent", items=t.join(absent)) if absent else ""
        if not taken:
            return []
        return [
            widgets.HTML(inputs.line("label", t("build.from_wall"))),
            widgets.HTML(inputs.line("hint", t("build.from_wall.hint") if known else "", lacking)),
            inputs.row(*buttons),
        ]

    def _judging(self) -> Any:
        t, state = self.t, self.state
        found = []
        for name, (least, most) in _JUDGED.items():
            field = widgets.BoundedIntText(
                value=getattr(state.meaning, name),
                min=least,
                max=most,
                continuous_update=False,
                layout=widgets.Layout(width="7rem"),
            )
            inputs.bound(field, partial(self._judge, name))
            found.append(Field(field, t(f"build.{name}")).box)
        outcomes = [(t(f"definitions.became.{code}"), code) for code in OUTCOMES]
        chosen = inputs.choice(
            state.meaning.outcome, outcomes, lambda v: state.judge(outcome=v), "20rem"
        )
        found.append(Field(chosen, t("build.outcome")).box)
        return widgets.HBox(found)

    def _judge(self, name: str, days: int) -> None:
        self.state.judge(**{name: days})

    def _say(self) -> None:
        self.wrong.value = inputs.line("wrong", worded(self.state.problem, self.t))
        # The words themselves stand in the field above.
        self.said.value = html_of(self._words()[-1:]) if self._clause() else ""

    def _tell(self) -> None:
        self.result.value = html_of(self._told())

    def _words(self) -> tuple[Shown, ...]:
        """Return the draft as sentences, as a phone and a report will have it."""
        state, t = self.state, self.t
        clause = self._clause()
        parts: list[Shown] = [Prose(state.meaning.text)] if state.meaning.text.strip() else []
        if clause is not None:
            days = self._joint().landmark_days
            points = tuple(
                "\u2003" * line.depth + line.text for line in lines(clause, t, days, tagged=True)
            )
            parts.append(Prose(t("build.in_words"), points))
        return tuple(parts)

    def _clause(self) -> Clause | None:
        return tree.clause_of(self.state.meaning.criteria)

    def _told(self) -> Sequence[Shown]:
        state, t = self.state, self.t
        if state.replayed is None:
            return () if state.tables is None else (Prose(t("build.nothing_yet")),)
        scores, missed = Replay(*state.replayed)
        return replayed(scores, missed, state.term, self._joint(), t)

    def _joint(self) -> Any:
        state = self.state
        if state.side == "joint":
            return state.meaning
        return meaning(state.store, state.term, "joint", state.written)
