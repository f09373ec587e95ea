"""Channels: which bring leads that become won deals, and which are noise."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workshop.i18n import Translator
from workshop.questions.channels import Channels
from workshop.views.channel_rows import columns, decimals, found, in_order, with_texts
from workshop.views.channels_chart import drawn_rows, forest
from workshop.views.display import Column, Note, Prose, Shown, Table
from workshop.views.look import (
    Look,
    caveats,
    in_sentence,
    limits,
    lines_of,
    listed,
    span,
    unanswered,
)
from workshop.views.naming import column_name

SHOWN = 8
_UNJUDGED = ("too_early", "too_few")
_TOLD = ("no_mature_cohort", "no_cost")


def channels(answer: Channels, look: Look) -> tuple[Shown, ...]:
    """Show each channel's share of leads that were won, beside that of all leads together."""
    t = look.t
    if answer.ready.missing:
        return unanswered(look, answer.ready)
    text = Prose(" ".join(headline(answer, t)))
    if not comparable(answer):
        return (text, _table(answer, t), *caveats(look, answer.caveats, _TOLD))
    charts = (forest(answer.rows, look),) if len(drawn_rows(answer.rows)) > 1 else ()
    note = limits(look, t("channels.limits"), answer.caveats, _TOLD)
    return (text, *charts, _table(answer, t), note, *_follows(answer.rows, t))


def comparable(answer: Channels) -> bool:
    """Tell whether any lead that had its time was won."""
    return bool(answer.overall_rate)


def headline(answer: Channels, t: Translator) -> tuple[str, ...]:
    """Say which channels bring clearly more or fewer, or plainly that none does.

    The first sentence is about all leads together; nothing where the question has no answer.
    """
    rows, days = answer.rows, answer.window_days or 0
    if answer.ready.missing:
        return ()
    if answer.overall_rate is None:
        return (t("channels.none_mature", n=int(rows["leads"].sum()), days=days),)
    leads, rate = int(rows["mature_leads"].sum()), answer.overall_rate
    if not comparable(answer):
        none = "channels.none_won" if days else "channels.none_won_undated"
        return (t(none, n=leads, days=days),)
    key = "channels.rate" if days else "channels.rate_undated"
    opening = t(key, n=leads, days=days, rate=t.percent(rate, decimals(rate)))
    if len(rows) < 2:
        return (opening, t("channels.one"))
    clear = standing_out(answer, t)
    if clear:
        return (opening, *clear, *_noise_share(rows, t))
    key = "channels.too_few" if rows["verdict"].isin(_UNJUDGED).all() else "channels.silent"
    return (opening, t(key))


def standing_out(answer: Channels, t: Translator) -> tuple[str, ...]:
    """Name what brings clearly more, and what clearly less; nothing where nothing does."""
    if answer.ready.missing or not comparable(answer):
        return ()
    rows, overall = answer.rows, answer.overall_rate or 0.0
    works, noise = (
        listed(t, [_with_rate(row, overall, t) for row in lines_of(found(rows, verdict))])
        for verdict in ("works", "noise")
    )
    return (
        *([t("channels.works", items=works)] if works else []),
        *([t("channels.noise", items=noise)] if noise else []),
    )


def _with_rate(row: Any, overall: float, t: Translator) -> str:
    digits = decimals(overall)
    between = span(t, row.shrunk_low, row.shrunk_high, digits)
    return t("channels.item", name=row.channel, rate=t.percent(row.rate, digits), span=between)


def _noise_share(rows: pd.DataFrame, t: Translator) -> tuple[str, ...]:
    """Say how many of the leads, and of the won ones, come from what is noise."""
    noise = found(rows, "noise")
    if noise.empty:
        return ()
    leads, won = (float(noise[c].sum() / rows[c].sum()) for c in ("mature_leads", "mature_won"))
    return (t("channels.noise_share", leads=leads, won=won),)


def _table(answer: Channels, t: Translator) -> Table:
    overall = answer.overall_rate or 0.0
    title = t("channels.table.title", by=in_sentence(column_name(t, answer.by)))
    frame = with_texts(in_order(answer.rows), overall, t)
    name, *judged = columns(answer.by, overall, t)
    heads = (name, Column("leads", t("channels.header.leads"), "count"), *judged)
    days = answer.window_days
    note = t("channels.table.note", days=days) if days else t("channels.table.note_undated")
    notes = (note,)
    return Table(frame, "channels", title, heads, t, notes, SHOWN)


def _follows(rows: pd.DataFrame, t: Translator) -> tuple[Shown, ...]:
    """Say what the two teams can talk about, where a channel stands out."""
    works, noise = (
        listed(t, list(found(rows, verdict)["channel"])) for verdict in ("works", "noise")
    )
    texts = [
        *([t("channels.next.noise", items=noise)] if noise else []),
        *([t("channels.next.works", items=works)] if works else []),
    ]
    return (Note("next", " ".join(texts), t),) if texts else ()
