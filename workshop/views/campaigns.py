"""Behind the channels: the campaigns with what a won deal cost, and who touched what was won."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workshop.i18n import NOTHING, Translator
from workshop.questions.channels import Channels
from workshop.views.campaigns_chart import plotted_rows, volume_chart
from workshop.views.channel_rows import columns, in_order, level, with_texts
from workshop.views.channels import comparable
from workshop.views.display import Column, Shown, Table
from workshop.views.look import Look, lines_of
from workshop.views.naming import column_name

SHOWN = 6
PLOTTED = 5
"""Campaigns from which a picture says more than their table."""


def campaigns(sources: Channels, answer: Channels, currency: str, look: Look) -> tuple[Shown, ...]:
    """Show the campaigns, and first, last and every touch side by side.

    ``sources`` are the channels by source, ``answer`` those by campaign.
    """
    t = look.t
    if sources.ready.missing or not comparable(sources):
        return ()
    named = answer.rows[answer.rows["channel"].notna()]
    plotted = plotted_rows(named)
    enough = len(plotted) >= PLOTTED
    charts = (volume_chart(plotted, sources.overall_rate or 0.0, look),) if enough else ()
    return (
        *charts,
        *((_table(answer, currency, t),) if len(named) else ()),
        *((_touches(sources, t),) if len(sources.touches) else ()),
    )


def _table(answer: Channels, currency: str, t: Translator) -> Table:
    overall = answer.overall_rate or 0.0
    frame = with_texts(in_order(answer.rows), overall, t)
    heads = list(columns(answer.by, overall, t))
    days = answer.window_days
    notes = [t("channels.campaigns.note", days=days)] if days else []
    if len(answer.costs) and answer.costs["cost"].notna().any():
        costs = answer.costs[["channel", "cost", "cost_per_won", "cost_low", "cost_high"]]
        frame = frame.merge(costs, on="channel", how="left")
        frame = frame.assign(cost_text=[_cost(row, currency, t) for row in lines_of(frame)])
        heads.insert(-1, Column("cost_text", t("channels.header.cost_per_won"), align="end"))
        notes.append(t("channels.cost.note"))
    return Table(
        frame, "campaigns", _title(answer, currency, t), tuple(heads), t, tuple(notes), SHOWN
    )


def _title(answer: Channels, currency: str, t: Translator) -> str:
    """Say between what and what a won deal cost, where that is known of several campaigns."""
    known = answer.costs["cost_per_won"].dropna() if len(answer.costs) else pd.Series(dtype=float)
    if len(known) < 2:
        return t("channels.campaigns.title")
    low, high = (t.money(amount, currency) for amount in (known.min(), known.max()))
    return t("channels.campaigns.cost", low=low, high=high)


def _cost(row: Any, currency: str, t: Translator) -> str:
    """Return what a won deal cost; without one the least that it may cost."""
    if pd.notna(row.cost_per_won):
        low, high = (t.money(amount, currency) for amount in (row.cost_low, row.cost_high))
        amount = t.money(row.cost_per_won, currency)
        return t("channels.cost.between", amount=amount, low=low, high=high)
    if pd.notna(row.cost_low):
        return t("channels.cost.at_least", amount=t.money(row.cost_low, currency))
    return NOTHING


def _touches(answer: Channels, t: Translator) -> Table:
    """Return the won journeys as shared out in three ways."""
    rows = answer.touches.sort_values(["linear", "channel"], ascending=[False, True])
    frame = rows.assign(
        name=[level(t, row.channel) for row in lines_of(rows)],
        lost_share=rows["never_converted"] / rows["touched"],
    )
    heads = (
        Column("name", column_name(t, answer.by)),
        Column("first", t("channels.header.first"), "count"),
        Column("last", t("channels.header.last"), "count"),
        Column("linear", t("channels.header.linear"), "number"),
        Column("touched", t("channels.header.touched"), "count"),
        Column("lost_share", t("channels.header.never"), "percent"),
    )
    widest = rows.iloc[int((rows["first"] - rows["last"]).abs().argmax())]
    title = t(
        "channels.touches.title",
        name=level(t, widest["channel"]),
        first=int(widest["first"]),
        last=int(widest["last"]),
    )
    notes = (
        t("channels.touches.note", n=int(rows["first"].sum())),
        t("channels.touches.apart"),
        t("channels.touches.causal"),
    )
    return Table(frame, "touches", title, heads, t, notes, SHOWN)
