"""What criteria would have done, in plain words, for a room that is still choosing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workshop.i18n import NOTHING, Translator
from workshop.session.definition_drafts import Meaning
from workshop.views.definition_text import term_name
from workshop.views.definitions import verdict
from workshop.views.definitions_tables import ratio
from workshop.views.display import Column, Prose, Shown, Table
from workshop.views.look import lines_of, listed, opened_with, span

PERIODS = ("check", "fit")
MOST_DEALS = 6


def replayed(
    scores: pd.DataFrame, missed: pd.DataFrame, term: str, joint: Meaning, t: Translator
) -> tuple[Shown, ...]:
    """Say of each side how well its criteria do, and which won deals they throw away."""
    judged = pd.Series({"outcome": joint.outcome})
    later = scores[scores["period"] == "check"].assign(term=term)
    told = tuple(verdict(row, judged, t) for row in lines_of(later))
    thrown = tuple(_thrown(row, missed, t) for row in lines_of(later))
    sentences = tuple(f"{said} {left}".strip() for said, left in zip(told, thrown, strict=True))
    return (Prose("\n\n".join(sentences)), _table(scores, missed, joint, term, t))


def _thrown(row: Any, missed: pd.DataFrame, t: Translator) -> str:
    deals = list(missed.loc[missed["side"] == row.side, "deal_id"].astype(str).unique())
    if not deals:
        return t("build.missed.none")
    return t("build.missed", n=len(deals), deals=listed(t, deals, MOST_DEALS))


def _table(
    scores: pd.DataFrame, missed: pd.DataFrame, joint: Meaning, term: str, t: Translator
) -> Table:
    counted = missed.groupby(["side", "period"])["deal_id"].nunique().rename("thrown")
    rows = scores.merge(counted.reset_index(), on=["side", "period"], how="left")
    place = rows["period"].map({name: n for n, name in enumerate(PERIODS)})
    rows = rows.assign(_place=place).sort_values("_place", kind="stable", ignore_index=True)
    lines = lines_of(rows)
    frame = rows.drop(columns="_place").assign(
        name=[_name(row, t) for row in lines],
        rate=[_with_span(row, "precision", t) for row in lines],
        found=[_with_span(row, "recall", t) for row in lines],
        times=[ratio(t, row.lift, row.lift_low, row.lift_high) for row in lines],
        thrown=rows["thrown"].fillna(0).astype(int),
    )
    became = t(f"definitions.became.{joint.outcome}")
    columns = (
        Column("name", t("build.header.side")),
        Column("leads", t("table.leads"), "count"),
        Column("true", t("build.header.passed", term=term_name(t, term)), "count"),
        Column("rate", t("build.header.rate", became=became), align="end"),
        Column("times", t("build.header.times"), align="end"),
        Column("found", t("build.header.found", became=became), align="end"),
        Column("thrown", t("build.header.thrown"), "count"),
        Column("unknown", t("build.header.unknown"), "count"),
    )
    return Table(frame, "replay", t("build.table"), columns, t, (t("build.table.note"),))


def _name(row: Any, t: Translator) -> str:
    side = opened_with(t(f"definitions.by.{row.side}"))
    return t(f"build.period.{row.period}", side=side)


def _with_span(row: Any, name: str, t: Translator) -> str:
    value = getattr(row, name)
    if pd.isna(value):
        return NOTHING
    interval = span(t, getattr(row, f"{name}_low"), getattr(row, f"{name}_high"))
    return f"{t.percent(value)} ({interval})"


def html_of(parts: Sequence[Shown]) -> str:
    """Return several parts as one fragment."""
    return "".join(part.html() for part in parts)
