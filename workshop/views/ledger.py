"""The ledger on a screen and on paper: what holds, whose it is, and when it is looked at again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from workshop.i18n import NOTHING, Translator
from workshop.questions.agreed_files import SUBJECTS
from workshop.session.ledger import Decision
from workshop.session.voting import VOTERS
from workshop.views.definition_text import term_name
from workshop.views.display import Column, Note, Prose, Shown, Table
from workshop.views.fragment import fill
from workshop.views.look import opened_with
from workshop.workspace import Workspace


class Term(NamedTuple):
    """One thing that a decision says: what it is, and the words, line by line."""

    name: str
    lines: tuple[str, ...]


class Card(NamedTuple):
    """A decision on a card."""

    heading: str
    overdue: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Ledger(Shown):
    """The decisions that hold as cards, those overdue for review first."""

    decisions: tuple[Decision, ...]
    today: dt.date
    workspace: Workspace
    t: Translator

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """The cards in their order."""
        ordered = sorted(self.decisions, key=lambda one: (one.review_on, one.decision_id))
        return tuple(self._card(one) for one in ordered)

    def html(self) -> str:
        """Return a card a decision."""
        return fill("ledger.html.j2", cards=self.cards)

    def plain(self) -> str:
        """Return the cards as text."""
        rows = []
        for card in self.cards:
            rows += [" ".join(filter(None, [card.heading, card.overdue]))]
            rows += [f"  {term.name}: {' / '.join(term.lines)}" for term in card.terms]
        return "\n".join(rows)

    def _card(self, one: Decision) -> Card:
        t = self.t
        heading = t("agreed.card", number=one.decision_id, name=decision_name(one, t))
        late = is_overdue(one, self.today)
        return Card(heading, t("agreed.overdue") if late else "", tuple(_terms(one, self)))


def ledger(
    decisions: Sequence[Decision], today: dt.date, workspace: Workspace, t: Translator
) -> tuple[Shown, ...]:
    """Show what holds, with what is overdue first, and what was replaced behind it."""
    if not decisions:
        return (Note("session", t("agreed.none"), t),)
    holding = tuple(one for one in decisions if one.replaced_by is None)
    late = sum(is_overdue(one, today) for one in holding)
    opening = [t("agreed.opening", n=len(holding))]
    opening += [t("agreed.opening.overdue", n=late)] if late else []
    cards = Ledger(holding, today, workspace, t)
    return (Prose(" ".join(opening)), cards, decisions_table(decisions, today, workspace, t))


def is_overdue(one: Decision, today: dt.date) -> bool:
    """Tell whether a decision that holds should have been looked at again by now."""
    return one.replaced_by is None and one.review_on < today


def decision_name(one: Decision, t: Translator) -> str:
    """Return what a decision is about, with its version where there can be several."""
    if one.kind == "definition":
        term = opened_with(term_name(t, one.subject))
        return t("agreed.name.definition", term=term, version=one.version)
    if one.kind in SUBJECTS:
        return t(f"agreed.name.{one.kind}", version=one.version)
    return one.subject


def decided_text(one: Decision, t: Translator) -> str:
    """Say that a decision is in the ledger."""
    return t("agreed.decided", number=one.decision_id, name=decision_name(one, t))


def file_note(one: Decision, t: Translator) -> str:
    """Return the first line of a file that was written from a decision."""
    return t("agreed.file", name=decision_name(one, t))


def decisions_table(
    decisions: Sequence[Decision], today: dt.date, workspace: Workspace, t: Translator
) -> Table:
    """List every decision, those that hold first; what was replaced says by which."""
    ordered = sorted(decisions, key=lambda one: (one.replaced_by is not None, -one.decision_id))
    frame = pd.DataFrame([_row(one, today, workspace, t) for one in ordered])
    columns = (
        Column("number", t("agreed.header.number"), "count"),
        Column("name", t("agreed.header.name")),
        Column("state", t("agreed.header.state")),
        Column("owner", t("agreed.header.owner")),
        Column("decided", t("agreed.header.decided"), "short_date"),
        Column("review", t("agreed.header.review"), "short_date"),
    )
    return Table(frame, "ledger", t("agreed.table"), columns, t)


def _row(one: Decision, today: dt.date, workspace: Workspace, t: Translator) -> dict[str, Any]:
    state = t("agreed.state.late" if is_overdue(one, today) else "agreed.state.holds")
    if one.replaced_by is not None:
        state = t("agreed.state.replaced", number=one.replaced_by)
    return {
        "number": one.decision_id,
        "name": decision_name(one, t),
        "state": state,
        "owner": _owner(one, t),
        "decided": one.decided_at.astimezone(workspace.zone).date(),
        "review": one.review_on,
        "what": one.what,
        "why": one.why,
        "expects_of_marketing": one.expects_of_marketing,
        "expects_of_sales": one.expects_of_sales,
        "vote": " / ".join(_votes(one, t)),
        "signed": " / ".join(_signed(one, t)),
        "dissent": " / ".join(text["text"] for text in one.dissent),
    }


def _terms(one: Decision, shown: Ledger) -> list[Term]:
    t = shown.t
    decided = one.decided_at.astimezone(shown.workspace.zone).date()
    given = {
        "what": (one.what,),
        "why": (one.why,),
        "expects_of_marketing": (one.expects_of_marketing,),
        "expects_of_sales": (one.expects_of_sales,),
        "owner": (_owner(one, t),),
        "review_on": (t.date(one.review_on),),
        "decided": (t.date(decided),),
        "vote": _votes(one, t),
        "signed": _signed(one, t),
        "dissent": tuple(_dissent(text, t) for text in one.dissent),
    }
    return [Term(t(f"agreed.said.{name}"), lines) for name, lines in given.items() if lines]


def _owner(one: Decision, t: Translator) -> str:
    return t("agreed.person", name=_name(one.owner), team=t(f"said.group.{one.owner_team}"))


def _signed(one: Decision, t: Translator) -> tuple[str, ...]:
    signed = {"sales": one.signed_sales, "marketing": one.signed_marketing}
    return tuple(
        t("agreed.person", name=name, team=t(f"said.group.{team}"))
        for team, name in signed.items()
        if name
    )


def _name(name: str | None) -> str:
    return name or NOTHING


def _votes(one: Decision, t: Translator) -> tuple[str, ...]:
    vote = one.vote or {}
    return tuple(
        t("agreed.ballot", team=t(f"said.group.{team}"), **vote[team])
        for team in VOTERS
        if team in vote
    )


def _dissent(said: dict[str, Any], t: Translator) -> str:
    if not said.get("team"):
        return str(said["text"])
    return t("agreed.dissent", team=t(f"said.group.{said['team']}"), text=said["text"])
