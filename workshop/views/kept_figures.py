"""The figures that an audit keeps for the next one, and what became of those of the previous."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workshop.i18n import NOTHING, Translator
from workshop.questions.figures import READY, moved
from workshop.views.display import Column, Prose, Shown, Table
from workshop.views.figure_words import figure_name, measured
from workshop.views.look import lines_of

SHOWN = 6
NAME = "audit-figures"
"""The table from which the next audit reads the figures of this one."""
_SAID = {"channel": "verdict", "ready": "status"}


def figures_table(figures: pd.DataFrame, day_hours: float, t: Translator) -> Table:
    """List the figures of an audit."""
    frame = figures.assign(
        label=[figure_name(row, t) for row in lines_of(figures)],
        value_text=[_value(row, "", day_hours, t) for row in lines_of(figures)],
    )
    columns = (
        Column("label", t("change.header.figure")),
        Column("value_text", t("change.header.value"), align="end"),
    )
    return Table(frame, NAME, t("change.kept.title"), columns, t)


def said_table(then: pd.DataFrame, now: pd.DataFrame, t: Translator) -> tuple[Shown, ...]:
    """List the verdicts and the answers on the data that read differently now."""
    both = moved(then, now).dropna(subset=["then_said", "now_said"])
    both = both[both["then_said"] != both["now_said"]]
    if both.empty:
        return ()
    frame = both[["figure", "name"]].assign(
        label=[_subject(row, t) for row in lines_of(both)],
        then_text=[_said(row, row.then_said, t) for row in lines_of(both)],
        now_text=[_said(row, row.now_said, t) for row in lines_of(both)],
    )
    columns = (
        Column("label", t("change.header.what")),
        Column("then_text", t("change.header.then")),
        Column("now_text", t("change.header.now")),
    )
    title, notes = t("change.said.title", n=len(frame)), (t("change.said.note"),)
    return (Table(frame, "verdicts-then", title, columns, t, notes),)


def moved_table(
    then: pd.DataFrame, again: pd.DataFrame, day_hours: float, t: Translator
) -> tuple[Shown, ...]:
    """Say whether the figures of the previous audit come out the same again, and list the rest."""
    if then is again:
        return ()
    differ = moved(then, again)
    if differ.empty:
        return (Prose(t("change.past.same")),)
    differ = differ.assign(days=differ["now_days"].fillna(differ["then_days"]))
    frame = differ[["figure", "name", "days"]].assign(
        label=[figure_name(row, t) for row in lines_of(differ)],
        then_text=[_value(row, "then_", day_hours, t) for row in lines_of(differ)],
        again_text=[_value(row, "now_", day_hours, t) for row in lines_of(differ)],
        then_value=differ["then_value"],
        now_value=differ["now_value"],
    )
    columns = (
        Column("label", t("change.header.figure")),
        Column("then_text", t("change.header.then"), align="end"),
        Column("again_text", t("change.header.again"), align="end"),
    )
    title = t("change.past.title", n=len(frame), total=len(then))
    table = Table(frame, "audit-past", title, columns, t, (t("change.past.note"),), SHOWN)
    return (table,)


def _subject(row: Any, t: Translator) -> str:
    """Name a question by its words, a channel by its name."""
    return t(f"question.{row.name}") if row.figure == "ready" else str(row.name)


def _said(row: Any, code: str, t: Translator) -> str:
    return t(f"{_SAID[row.figure]}.{code}")


def _value(row: Any, side: str, day_hours: float, t: Translator) -> str:
    """Return a figure with the number that it is of; nothing where it was not there."""
    value, whole, said = (getattr(row, f"{side}{name}") for name in ("value", "whole", "said"))
    if row.figure == READY:
        return NOTHING if pd.isna(said) else _said(row, said, t)
    if pd.isna(value):
        return NOTHING
    text = measured(row.figure, value, day_hours, t)
    return t("change.value_of", value=text, whole=int(whole))
