"""The first contact with a lead: whose delay it is, and what goes with being soon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workshop.i18n import Translator
from workshop.questions.hand_over import HandOver
from workshop.views.display import Column, Table
from workshop.views.hours import agreed, waited
from workshop.views.look import lines_of, span
from workshop.views.rule_words import status_name


def delays(answer: HandOver, day_hours: float, t: Translator) -> tuple[Table, ...]:
    """Show the delay of the system and that of the person apart, for the most leads in words."""
    rows = answer.delays
    if rows.empty or rows["delay"].nunique() < 2:
        return ()
    lines = lines_of(rows)
    person = rows[rows["delay"] == "person"].sort_values("leads", ascending=False)
    most = person["customer_type"].iloc[0]
    same = rows["customer_type"].isna() if pd.isna(most) else rows["customer_type"] == most
    own = rows[same].set_index("delay")["median_hours"]
    frame = rows.assign(
        delay_text=[t(f"hand_over.delay.{row.delay}") for row in lines],
        type_text=type_names(lines, t),
        median_text=[waited(t, row.median_hours, day_hours) for row in lines],
        p90_text=[waited(t, row.p90_hours, day_hours) for row in lines],
    )
    columns = (
        Column("delay_text", t("hand_over.header.delay")),
        *type_column(rows, t),
        Column("leads", t("table.leads"), "count"),
        Column("untouched", t("hand_over.header.open"), "count"),
        Column("median_text", t("hand_over.header.median"), align="end"),
        Column("p90_text", t("hand_over.header.p90"), align="end"),
    )
    title = t(
        "hand_over.delays.title",
        who=type_phrase(t, most, rows),
        system=waited(t, own.get("system"), day_hours),
        person=waited(t, own.get("person"), day_hours),
    )
    return (Table(frame, "delays", title, columns, t),)


def speed(answer: HandOver, day_hours: float, t: Translator) -> tuple[Table, ...]:
    """Show how many moved on by how soon they were touched, and that this proves no cause."""
    effect = answer.effect
    if effect is None:
        return ()
    within = agreed(t, effect.within_hours, day_hours)
    lines = lines_of(answer.speed)
    frame = answer.speed.assign(
        when=[t(f"hand_over.speed.{_when(row)}", within=within) for row in lines],
        interval=[span(t, row.ci_low, row.ci_high) for row in lines],
    )
    moved_on = status_name(t, effect.to_status)
    columns = (
        Column("when", t("hand_over.header.when")),
        Column("leads", t("table.leads"), "count"),
        Column("converted", t("hand_over.header.became", status=moved_on), "count"),
        Column("rate", t("hand_over.header.share"), "percent"),
        Column("interval", t("label.interval"), align="end"),
    )
    rates = frame.assign(code=[_when(row) for row in lines]).set_index("code")["rate"]
    title = t(
        "hand_over.speed.title",
        within=within,
        quick=rates.get("quick"),
        later=rates.get("later"),
        status=moved_on,
    )
    odds = t("label.from_to", low=t.number(effect.ci_low), high=t.number(effect.ci_high))
    note = t(
        "hand_over.speed.note",
        status=status_name(t, effect.from_status),
        days=effect.window_days,
        odds=t.number(effect.odds_ratio),
        span=odds,
    )
    return (
        Table(frame, "first-contact", title, columns, t, (note, t("caveat.speed_is_no_proof"))),
    )


def _when(row: Any) -> str:
    if row.touched_within:
        return "quick"
    return "later" if row.touched else "never"


def typed(rows: pd.DataFrame) -> bool:
    """Tell whether leads have a type of customer at all."""
    return bool(rows["customer_type"].notna().any())


def type_phrase(t: Translator, customer_type: str | None, rows: pd.DataFrame) -> str:
    """Return a type of customer as it stands within a sentence, all leads where none has one."""
    if not typed(rows):
        return t("hand_over.who.all")
    if pd.isna(customer_type):
        return t("hand_over.who.unknown")
    return t("hand_over.who", type=customer_type)


def type_column(rows: pd.DataFrame, t: Translator) -> tuple[Column, ...]:
    """Return the column with the types of customer, where there are any."""
    return (Column("type_text", t("column.customer_type")),) if typed(rows) else ()


def type_names(lines: Sequence[Any], t: Translator) -> list[str]:
    """Name each row's type of customer."""
    return [
        t("label.unknown") if pd.isna(row.customer_type) else str(row.customer_type)
        for row in lines
    ]
