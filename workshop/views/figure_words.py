"""The figures of an audit in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workshop.i18n import NOTHING, Translator
from workshop.views.funnel import step_name
from workshop.views.hours import waited

SMALL = ("lead_won", "channel")
"""Shares of leads that are won: a decimal tells them apart."""


def figure_name(row: Any, t: Translator) -> str:
    """Return what a figure is of; ``row`` has figure, name and days."""
    days = None if pd.isna(row.days) else int(row.days)
    return t(f"change.figure.{row.figure}", name=_named(row, t), days=days)


def measured(figure: str, value: float, day_hours: float, t: Translator) -> str:
    """Return a figure's value: a wait in working time, else a share."""
    if figure == "first_contact":
        return waited(t, value, day_hours)
    return t.percent(value, 1 if figure in SMALL else 0)


def _named(row: Any, t: Translator) -> str:
    if pd.isna(row.name):
        return NOTHING
    if row.figure == "step":
        return step_name(t, *str(row.name).split(">"))
    if row.figure == "ready":
        return t(f"question.{row.name}")
    return str(row.name)
