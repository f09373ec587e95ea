"""The room's codes and numbers in the words of the one who reads them."""

from __future__ import annotations

from typing import Any, TypeAlias

from workshop.errors import WorkspaceError
from workshop.i18n import Translator
from workshop.session.exercise import (
    SIDES,
    BadAnswer,
    Card,
    Dots,
    Involvement,
    Label,
    Lines,
    Number,
    Question,
    Ranking,
)
from workshop.session.floor import TOTAL

Stages: TypeAlias = list[tuple[str, list[tuple[str, str]]]]
"""Stages in words, each with its teams in words and the items that they are answered by."""

UNSEEN = frozenset(
    {
        "outcome",
        "name",
        "owner",
        "lead_id",
        "account_id",
        "account",
        "deal_id",
        "status",
        "stage",
        "mql_at",
        "sql_at",
        "rejected_at",
        "rejection_reason",
        "closed_at",
        "lost_reason",
    }
)
"""What no card shows, whoever made it: who a lead is, whose, and what became of it."""
PARTS = ("room.part.0", "room.part.1", "room.part.2", "room.part.3", "room.part.4")
COUNTS = ("activities", "marketing_activities", "sales_activities", "days_to_first_touch")
OF_KIND = "activities."
"""The CRM's facts about what happened; a test holds them to it, whose import is heavy."""


def team(t: Translator, code: str) -> str:
    """Return a team's name, or that of both together."""
    return t("room.everyone") if code == TOTAL else t(f"room.team.{code}")


def facts(t: Translator, card: Card) -> list[tuple[str, str]]:
    """Return a card's facts in words: what it is called, what it is."""
    return [
        (_fact_name(t, name), t("room.fact.unknown") if value is None else value)
        for name, value in card.facts
        if name not in UNSEEN
    ]


def _fact_name(t: Translator, name: str) -> str:
    if name in COUNTS:
        return t(f"room.fact.{name}")
    if name.startswith(OF_KIND):
        return t("room.fact.kind", kind=name.removeprefix(OF_KIND))
    return t(f"column.{name}") if t.has(f"column.{name}") else name


def bad_answer(t: Translator, reason: BadAnswer) -> str:
    """Return why an answer was not saved, and what is allowed."""
    bounds = {name: _plain(value) for name, value in reason.fields.items()}
    return t(f"room.bad.{reason.code}", **bounds)


def _plain(value: object) -> object:
    """Return a bound without decimals that say nothing."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def store_error(t: Translator, error: WorkspaceError) -> str:
    """Return what went wrong with saving, for someone who holds a phone."""
    key = f"room.store.{error.code}"
    return t(key if t.has(key) else "room.store.other")


def number(t: Translator, question: Number, value: float, currency: str) -> str:
    """Return a number with the unit of its question."""
    whole = float(value).is_integer()
    if question.unit == "money":
        return t.money(value, currency, 0 if whole else 2)
    plain = t.number(value, 0 if whole else 1)
    if question.unit == "percent":
        return f"{plain}%"
    if question.unit == "hours":
        return t("room.hours", hours=plain)
    return t("room.days", days=plain) if question.unit == "days" else plain


def part(t: Translator, value: float) -> str:
    """Return how much a team does at a stage, from 0 (nothing) to 4 (leads)."""
    return t(PARTS[min(len(PARTS) - 1, int(value + 0.5))])


def own(t: Translator, question: Question, value: Any, currency: str) -> str:
    """Return someone's own answer as a line to read beside the room's."""
    if isinstance(question, Number):
        return number(t, question, value, currency)
    if isinstance(question, Involvement):
        return part(t, value)
    if isinstance(question, Lines):
        return " · ".join(value)
    if isinstance(question, Dots):
        texts = {option.id: option.text.of(t.language) for option in question.options}
        return ", ".join(f"{texts[key]} ({n})" for key, n in value.items())
    if isinstance(question, Ranking):
        return " › ".join(_option(t, question, key) for key in value)
    if hasattr(question, "options"):
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(_option(t, question, key) for key in chosen)
    return str(value)


def _option(t: Translator, question: Any, key: str) -> str:
    return str(next(one.text.of(t.language) for one in question.options if one.id == key))


def item_title(t: Translator, question: Question, item: str) -> str | None:
    """Return what tells an item from the others of its question, where it has several."""
    if isinstance(question, Label):
        place = question.items().index(item) + 1
        return t("room.card", n=place, of=len(question.cards))
    if isinstance(question, Involvement):
        where = question.place(item)
        parts = [where.customer_type, where.stage.of(t.language), team(t, where.team)]
        return " · ".join(one for one in parts if one)
    return None


def journey(t: Translator, question: Involvement) -> list[tuple[str, Stages]]:
    """Return each type of customer with its stages, and at each the teams with their items."""
    return [
        (
            customer_type,
            [
                (
                    stage.text.of(t.language),
                    [(team(t, side), question.item(n, stage.id, side)) for side in SIDES],
                )
                for stage in question.stages
            ],
        )
        for n, customer_type in enumerate(question.customer_types or ("",))
    ]


def within(t: Translator, question: Number, currency: str) -> str:
    """Return what may be typed, where that helps: a share; other bounds only catch a slip."""
    if question.unit != "percent":
        return ""
    low, high = (number(t, question, x, currency) for x in (question.lowest, question.highest))
    return t("room.number.range", low=low, high=high)


def language(t: Translator) -> str:
    """Return a language's name in itself."""
    return {"nl": "Nederlands", "en": "English"}[t.language]


def team_choice(t: Translator, code: str) -> str:
    """Return a team as one of those to choose from."""
    return t("room.join.other") if code == "other" else team(t, code)


def few(t: Translator, what: str, floor: int, own_team: str) -> str:
    """Return what will not be shown as long as so few take part."""
    return t(f"room.few.{what}", floor=floor, team=team(t, own_team))


def agree(t: Translator, n: int) -> str:
    """Return what a number from 1 to 5 says of a statement."""
    return t(f"room.agree.{n}")


def unit(t: Translator, question: Number, currency: str) -> str:
    """Return what stands behind a number that is typed."""
    named = {"money": currency, "percent": "%", "count": ""}
    return named[question.unit] if question.unit in named else t(f"room.unit.{question.unit}")


def typed_number(t: Translator, value: object) -> str:
    """Return a number as someone would type it; a text that is none stays as it was typed."""
    if value is None or isinstance(value, str):
        return value or ""
    text = repr(value).removesuffix(".0")
    return text.replace(".", ",") if t.language == "nl" else text


def place(value: Any, option: str) -> str:
    """Return where an option stands in a ranking, as saved or as typed."""
    if isinstance(value, dict):
        return str(value.get(option, ""))
    return str(value.index(option) + 1) if value and option in value else ""


def holds(question: Question, value: Any, answer: str) -> bool:
    """Tell whether someone's own answer is, or holds, one of those on the page."""
    if value is None or isinstance(question, Ranking):
        return False
    return answer in value if isinstance(value, list | dict) else str(value) == answer
