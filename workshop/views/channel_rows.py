"""What the pages on channels and on campaigns have in common: order, words, columns."""

from __future__ import annotations

import pandas as pd

from workshop.i18n import Translator
from workshop.views.display import Column
from workshop.views.look import lines_of, span
from workshop.views.naming import column_name

SMALL = 0.1
"""An overall rate under which whole percentages are too coarse."""

_ORDER = {"works": 0, "noise": 1, "as_average": 2, "too_few": 3, "too_early": 4}
"""Findings first: of a long table the page shows the beginning."""


def found(rows: pd.DataFrame, verdict: str) -> pd.DataFrame:
    """Return the channels with a verdict, largest first; a blank is never a finding."""
    named = rows[rows["channel"].notna() & rows["verdict"].eq(verdict)]
    return named.sort_values(["mature_leads", "channel"], ascending=[False, True])


def level(t: Translator, name: str | None) -> str:
    """Return a channel's name; a missing one in words."""
    return t("label.unknown") if pd.isna(name) else str(name)


def decimals(overall: float) -> int:
    """Return how many decimals percentages around an overall rate need."""
    return int(overall < SMALL)


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what works first and what is noise, then the rest, and a missing channel last."""
    placed = rows.assign(blank=rows["channel"].isna(), place=rows["verdict"].map(_ORDER))
    order = ["blank", "place", "mature_leads", "leads", "channel"]
    ordered = placed.sort_values(order, ascending=[True, True, False, False, True])
    return ordered.drop(columns=["blank", "place"]).reset_index(drop=True)


def with_texts(rows: pd.DataFrame, overall: float, t: Translator) -> pd.DataFrame:
    """Return the rows with their name, interval and verdict in words."""
    lines = lines_of(rows)
    return rows.assign(
        name=[level(t, row.channel) for row in lines],
        interval=[span(t, row.shrunk_low, row.shrunk_high, decimals(overall)) for row in lines],
        verdict_text=[t(f"verdict.{row.verdict}") for row in lines],
    )


def columns(by: str, overall: float, t: Translator) -> tuple[Column, ...]:
    """Return the columns that tables of channels have in common."""
    return (
        Column("name", column_name(t, by)),
        Column("mature_leads", t("channels.header.judged"), "count"),
        Column("mature_won", t("channels.header.won"), "count"),
        Column("rate", t("channels.header.rate"), f"percent-{decimals(overall)}"),
        Column("interval", t("channels.header.interval"), align="end"),
        Column("verdict_text", t("label.verdict")),
    )
