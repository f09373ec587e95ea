"""The ledger on a screen and on paper: what holds, whose it is, and when it is looked at again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from workshop.i18n import Translator
from workshop.questions.agreed_files import SUBJECTS
from workshop.session.ledger import Decision
from workshop.session.promises import KIND
from workshop.session.voting import VOTERS
from workshop.views.definition_text import term_name
from workshop.views.display import Column, Note, Prose, Shown, Table
from workshop.views.example import example_note
from workshop.views.fragment import fill
from workshop.views.look import opened_with
from workshop.views.outcomes import outcome_text, shortened
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
        ordered = sorted(
            self.decisions, key=lambda one: (one.due_on or one.review_on, one.decision_id)
        )
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
        card = "promise.card" if one.kind == KIND else "agreed.card"
        heading = t(card, number=one.decision_id, name=decision_name(one, t))
        late = t("review.late", day=one.due_on) if one.is_overdue(self.today) else ""
        return Card(heading, late, tuple(_terms(one, self)))


def ledger(
    decisions: Sequence[Decision], today: dt.date, workspace: Workspace, t: Translator
) -> tuple[Shown, ...]:
    """Show what holds, with what is overdue first, and what was replaced behind it."""
    if not decisions:
        return (Note("session", t("agreed.none"), t),)
    holding = tuple(one for one in decisions if one.holds)
    late = sum(one.is_overdue(today) for one in holding)
    opening = [t("agreed.opening", n=len(holding))]
    opening += [t("agreed.opening.overdue", n=late)] if late else []
    cards = Ledger(holding, today, workspace, t)
    made_up = example_note(workspace, t)
    table = decisions_table(decisions, today, workspace, t)
    return (*made_up, Prose(" ".join(opening)), cards, table)


def decision_name(one: Decision, t: Translator) -> str:
    """Return what a decision is about, with its version where there can be several."""
    if one.kind == "definition":
        term = opened_with(term_name(t, one.subject))
        return t("agreed.name.definition", term=term, version=one.version)
    if one.kind in SUBJECTS:
        return t(f"agreed.name.{one.kind}", version=one.version)
    return shortened(one.what) if one.kind == KIND else one.subject


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
    ordered = sorted(decisions, key=lambda one: (not one.holds, -one.decision_id))
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
    return {
        "number": one.decision_id,
        "name": decision_name(one, t),
        "state": _state(one, today, t),
        "owner": owner_text(one, t),
        "decided": one.decided_at.astimezone(workspace.zone).date(),
        "review": one.due_on,
        "what": one.what,
        "why": one.why,
        "expects_of_marketing": one.expects_of_marketing,
        "expects_of_sales": one.expects_of_sales,
        "vote": " / ".join(_votes(one, t)),
        "signed": " / ".join(_signed(one, t)),
        "dissent": " / ".join(text["text"] for text in one.dissent),
    }


def _state(one: Decision, today: dt.date, t: Translator) -> str:
    if one.replaced_by is not None:
        return t("agreed.state.replaced", number=one.replaced_by)
    if not one.holds:
        return outcome_text(one, t)
    return t("agreed.state.late" if one.is_overdue(today) else "agreed.state.holds")


def _terms(one: Decision, shown: Ledger) -> list[Term]:
    t = shown.t
    decided = one.decided_at.astimezone(shown.workspace.zone).date()
    if one.kind == KIND:
        return _terms_of_promise(one, decided, t)
    given = {
        "what": (one.what,),
        "why": (one.why,),
        "expects_of_marketing": (one.expects_of_marketing,),
        "expects_of_sales": (one.expects_of_sales,),
        "owner": (owner_text(one, t),),
        "review_on": (t.date(one.due_on),),
        "decided": (t.date(decided),),
        "vote": _votes(one, t),
        "signed": _signed(one, t),
        "dissent": tuple(_dissent(text, t) for text in one.dissent),
    }
    terms = [Term(t(f"agreed.said.{name}"), lines) for name, lines in given.items() if lines]
    return [*terms, *_looked_at(one, t)]


def _terms_of_promise(one: Decision, decided: dt.date, t: Translator) -> list[Term]:
    # What the heading has in full is not said twice.
    what = {} if decision_name(one, t) == " ".join(one.what.split()) else {"what": one.what}
    given = {
        **what,
        "so_that": one.why,
        "owner": owner_text(one, t),
        "by": t.date(one.due_on),
        "promised": t.date(decided),
    }
    terms = [Term(t(f"promise.said.{name}"), (text,)) for name, text in given.items()]
    return [*terms, *_looked_at(one, t)]


def _looked_at(one: Decision, t: Translator) -> list[Term]:
    """Return what was said of it the last time, if it was looked at."""
    if one.review is None:
        return []
    lines = (outcome_text(one, t), one.review.note)
    return [Term(t("review.last"), tuple(line for line in lines if line))]


def owner_text(one: Decision, t: Translator) -> str:
    """Return whose a decision is, with the team."""
    return t("agreed.person", name=_name(one.owner, t), team=t(f"said.group.{one.owner_team}"))


def _signed(one: Decision, t: Translator) -> tuple[str, ...]:
    signed = {"sales": one.signed_sales, "marketing": one.signed_marketing}
    return tuple(
        t("agreed.person", name=_name(name, t), team=t(f"said.group.{team}"))
        for team, name in signed.items()
        if name is not None
    )


def _name(name: str, t: Translator) -> str:
    """Return a name, or what stands for one that was forgotten."""
    return name or t("agreed.forgotten")


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
