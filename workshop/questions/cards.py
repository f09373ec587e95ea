"""Fill an exercise from this CRM when its round opens: leads, types of customer, channels."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from workshop.crm.fact_fields import FIRST_TOUCH
from workshop.crm.lead_cards import (
    FATES,
    customer_types,
    draw_leads,
    first_activities,
    traits_shown,
)
from workshop.crm.tables import Tables
from workshop.definition_file import read_definitions
from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.questions.which import ANOTHER, Names, names
from workshop.session.exercise import (
    Card,
    Choice,
    Exercise,
    FreeText,
    Involvement,
    Label,
    Option,
    Question,
    Words,
)

LEAST_CARDS = 3
MOST_TYPES = 3
"""Types of customer that a room can go through in eight minutes, two taps a stage."""
LONGEST_TYPE = 300
LEAST_OPTIONS, LONGEST_NAME = 2, 60
TERMS = ("mql", "sql")
LONGEST_MEANING = 140


class Filled(NamedTuple):
    """An exercise ready to open, and the questions left out of it for want of leads, by id."""

    exercise: Exercise
    left_out: tuple[str, ...]


def needs_crm(exercise: Exercise) -> bool:
    """Tell whether an exercise asks for leads, types of customer or channels of this CRM."""
    return any(_lacks(question) for question in exercise.questions)


def agreed_words(folder: Path) -> dict[str, str]:
    """Return what the client's agreed definitions say, by term."""
    found = {one.term: one.joint.text for one in read_definitions(folder) if one.joint}
    return {term: text for term, text in found.items() if text}


def fill(
    exercise: Exercise, tables: Tables | None, seed: int, terms: Mapping[str, str] | None = None
) -> Filled:
    """Deal the cards, and set the types of customer and the options left to the CRM.

    A question whose options the CRM does not have is asked as a text. Labels that have a meaning
    in ``terms`` are explained by it.

    Raises ``InputError`` (``no_leads_to_label``) where nothing is left to ask.
    """
    if not needs_crm(exercise):
        return Filled(exercise, ())
    dealt = [_filled(question, tables, seed) for question in exercise.questions]
    filled = [_explained(question, terms or {}) for question in dealt]
    kept = tuple(question for question in filled if not _empty(question))
    left_out = tuple(question.id for question in filled if _empty(question))
    if not kept:
        raise InputError("no_leads_to_label", least=LEAST_CARDS)
    return Filled(exercise.model_copy(update={"questions": kept}), left_out)


def deal(tables: Tables | None, count: int, seed: int) -> tuple[Card, ...]:
    """Deal ``count`` leads: a third that became customers, a third that became a deal only.

    The rest became neither; where one kind has too few, the others make up for it. A lead counts
    when it had the whole window to become a customer. Of each the facts known by the landmark
    stand on its card, in an order of cards that tells nothing. None where the CRM has too few.
    """
    if tables is None or tables.leads is None or tables.as_of is None:
        return ()
    drawn = draw_leads(tables, count, seed)
    chosen = _in_turn(drawn, count)
    if len(chosen) < LEAST_CARDS:
        return ()
    order = np.random.default_rng(seed).permutation(len(chosen))
    shuffled = chosen.iloc[order].set_index("lead_id")
    done = first_activities(tables, list(shuffled.index))
    facts = shuffled[[*traits_shown(tables), FIRST_TOUCH]].join(done).astype(object)
    told = facts.loc[:, facts.notna().any()]
    fields = [str(field) for field in told.columns]
    return tuple(
        Card(
            lead_id=str(lead_id),
            facts=tuple(_fact(field, value) for field, value in zip(fields, row, strict=True)),
        )
        for lead_id, row in zip(told.index, told.to_numpy(dtype=object), strict=True)
    )


def _in_turn(drawn: pd.DataFrame, count: int) -> pd.DataFrame:
    """Take one lead of each fate in turn, until there are enough."""
    turn = drawn["fate"].map({fate: place for place, fate in enumerate(FATES)})
    ordered = drawn.assign(_turn=turn).sort_values(["rank", "_turn"])
    return ordered.head(count).drop(columns="_turn")


def _fact(field: str, value: Any) -> tuple[str, str | None]:
    if pd.isna(value):
        return field, None
    return field, str(int(value)) if isinstance(value, int | float | np.number) else str(value)


def _lacks(question: Question) -> bool:
    if isinstance(question, Label):
        return not question.cards
    if isinstance(question, Choice):
        return not question.options
    return isinstance(question, Involvement) and not question.customer_types


def _empty(question: Question) -> bool:
    return isinstance(question, Label) and not question.cards


def _filled(question: Question, tables: Tables | None, seed: int) -> Question:
    if not _lacks(question):
        return question
    if isinstance(question, Choice):
        return _with_options(question, tables)
    if tables is None:
        return question
    if isinstance(question, Label):
        return question.model_copy(update={"cards": deal(tables, question.count, seed)})
    types = tuple(name[:LONGEST_TYPE] for name in customer_types(tables, MOST_TYPES))
    return question.model_copy(update={"customer_types": types})


def _explained(question: Question, terms: Mapping[str, str]) -> Question:
    """Explain the labels that are terms by what the client agreed they mean, where it has all."""
    labels = question.options if isinstance(question, Label) else ()
    named = [option for option in labels if option.id in TERMS]
    if not named or any(option.id not in terms for option in named):
        return question
    lines = {
        language: " ".join(
            f"{option.text.of(language)}: {_short(terms[option.id])}" for option in named
        )
        for language in ("nl", "en")
    }
    return question.model_copy(update={"help": Words(**lines)})


def _short(text: str) -> str:
    """Return a meaning that fits above a card, as a sentence."""
    said = textwrap.shorten(text, LONGEST_MEANING, placeholder="…")
    return said if said.endswith((".", "…", "!", "?")) else f"{said}."


def _with_options(question: Choice, tables: Tables | None) -> Question:
    """Return a choice among the CRM's own names, in no order that tells; else a text.

    Where the CRM has more names than stand there, the last choice is another one.
    """
    found = names(tables, question.which) if question.which else Names()
    if len(found.shown) < LEAST_OPTIONS:
        asked = {name: getattr(question, name) for name in ("id", "text", "help")}
        return FreeText(kind="text", longest=LONGEST_NAME, **asked)
    options = tuple(
        Option(id=f"o{n}", text=Words(nl=name, en=name)) for n, name in enumerate(found.shown, 1)
    )
    if found.more:
        key = f"which.another.{question.which}"
        another = Words(nl=Translator("nl")(key), en=Translator("en")(key))
        options = (*options, Option(id=ANOTHER, text=another))
    return question.model_copy(update={"options": options})
