"""Ten won deals against ten that were not: what they share, and what that cannot prove."""

from __future__ import annotations

from functools import cache

import pandas as pd

from workshop.analysis.ten import power
from workshop.i18n import Translator
from workshop.questions.won_lost import DEALS_A_SIDE, QUARTER, Sample, WonLost
from workshop.views.display import Column, Prose, Shown, Table
from workshop.views.levels import by_p
from workshop.views.look import (
    MARK,
    Look,
    category,
    caveats,
    limits,
    lines_of,
    listed,
    phrase,
    span_of_points,
    unanswered,
    unvouched,
)
from workshop.views.ten_chart import drawn_rows, ten_chart

SHOWN = 5
SHOWN_WITHOUT = 4
_TOLD = ("sampled_by_outcome", "traits_not_vouched", "confounded", "too_many_levels")
_STANDS_OUT = ("clear", "promising")
_ORIGIN = ("source", "medium", "campaign")


def ten(answer: WonLost, look: Look) -> tuple[Shown, ...]:
    """Show the ten against ten: the finding, the categories, and what it can never show."""
    t = look.t
    if answer.ready.missing:
        return unanswered(look, answer.ready)
    if answer.sample is None or not comparable(answer):
        return (Prose(t("ten.none")), *caveats(look, answer.caveats, _TOLD))
    rows, other = by_p(answer.rows), other_side(answer.sample, t)
    marked = rows["verdict"].isin(_STANDS_OUT) & ~rows["known_at_creation"]
    text = "\n\n".join([headline(answer, t), *unvouched(t, list(rows.loc[marked, "trait"]))])
    charts = (ten_chart(rows, other, look),) if len(drawn_rows(rows)) else ()
    deals = min(len(ids) for ids in answer.sample.ids.values())
    told = t("ten.limits", levels=len(rows), n=deals, power=power_of(deals))
    note = limits(look, told, answer.caveats, _TOLD)
    return (Prose(text), *charts, _main_table(rows, other, t), note)


def sample(answer: WonLost, look: Look) -> tuple[Shown, ...]:
    """Show the same without the stalled deals, and how the deals were picked."""
    t, picked = look.t, answer.sample
    if picked is None or not comparable(answer):
        return ()
    without = (_without_stalled(answer, t),) if picked.stalled else ()
    return (
        *without,
        Prose(_picked(picked, t, dated="no_created_date" not in answer.caveats)),
        _sample_table(picked, t),
    )


@cache
def power_of(deals: int = DEALS_A_SIDE) -> float:
    """Return the probability that so many deals a side show 70% and 30% to differ."""
    return power(0.7, 0.3, deals)


def comparable(answer: WonLost) -> bool:
    """Tell whether both sides have deals with a known trait."""
    return len(answer.rows) > 0 and bool(answer.rows["difference"].notna().any())


def other_side(sample: Sample, t: Translator) -> str:
    """Return what the deals are that were not won: lost, or stalled where that can be told."""
    return t("outcome.lost") if sample.stalled_after_days is None else t("ten.lost")


def headline(answer: WonLost, t: Translator) -> str:
    """Say what ten against ten shows, of the traits known from the start."""
    rows = by_p(answer.rows)
    found = _standing_out(rows)
    clear, promising = (found[found["verdict"] == code] for code in _STANDS_OUT)
    if len(clear):
        return t("ten.clear", n=len(clear), items=_with_counts(clear, t))
    if len(promising):
        return t("ten.promising", n=len(promising), items=_with_counts(promising, t))
    return t("ten.nothing", levels=len(rows))


def _with_counts(rows: pd.DataFrame, t: Translator) -> str:
    items = [
        t(
            "ten.item",
            category=phrase(t, row.trait, row.level),
            won=row.won_with,
            won_total=row.won_total,
            lost=row.lost_with,
            lost_total=row.lost_total,
        )
        for row in lines_of(rows)
    ]
    return listed(t, items)


def _main_table(rows: pd.DataFrame, other: str, t: Translator) -> Table:
    notes = [t("ten.table.note"), *_about_origin(rows, t)]
    if not rows["known_at_creation"].all():
        notes.append(f"{MARK} {t('caveat.traits_not_vouched')}")
    title = t("ten.table.title")
    return _table(rows, other, "ten-against-ten", title, t, tuple(notes), SHOWN)


def _table(
    rows: pd.DataFrame,
    other: str,
    name: str,
    title: str,
    t: Translator,
    notes: tuple[str, ...] = (),
    shown: int = SHOWN_WITHOUT,
) -> Table:
    lines = lines_of(rows)
    frame = rows.assign(
        category=[category(t, row.trait, row.level, known=row.known_at_creation) for row in lines],
        won_text=[t("label.of", part=row.won_with, whole=row.won_total) for row in lines],
        lost_text=[t("label.of", part=row.lost_with, whole=row.lost_total) for row in lines],
        interval=[span_of_points(t, row.ci_low, row.ci_high) for row in lines],
        verdict_text=[t(f"verdict.{row.verdict}") for row in lines],
    )
    columns = (
        Column("category", t("label.trait")),
        Column("won_text", t("outcome.won"), align="end"),
        Column("lost_text", other, align="end"),
        Column("difference", t("label.difference"), "points"),
        Column("interval", t("label.interval"), align="end"),
        Column("p_value", t("ten.header.p"), "p"),
        Column("p_familywise", t("ten.header.familywise"), "p"),
        Column("deals_needed", t("ten.header.needed"), "count"),
        Column("verdict_text", t("label.verdict")),
    )
    return Table(frame, name, title, columns, t, notes, shown)


def _without_stalled(answer: WonLost, t: Translator) -> Table:
    rows = by_p(answer.rows_without_stalled)
    with_them, without = (
        [phrase(t, row.trait, row.level) for row in lines_of(_standing_out(part))]
        for part in (by_p(answer.rows), rows)
    )
    title = t("ten.without.nothing")
    if without:
        same = set(without) & set(with_them)
        key = "ten.without.found" if same else "ten.without.other"
        title = t(key, n=len(without), items=listed(t, without))
    return _table(rows, t("outcome.lost"), "ten-without-stalled", title, t, _about_origin(rows, t))


def _about_origin(rows: pd.DataFrame, t: Translator) -> tuple[str, ...]:
    """Say why a source that stands out among ten deals can read differently among all leads."""
    found = _standing_out(rows)["trait"].isin(_ORIGIN)
    return (t("ten.origin"),) if found.any() else ()


def _standing_out(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["known_at_creation"] & rows["verdict"].isin(_STANDS_OUT)]


def _picked(sample: Sample, t: Translator, *, dated: bool) -> str:
    """Say by which rule the deals were picked, and what stalled means here."""
    picked, seed = sum(len(ids) for ids in sample.ids.values()), str(sample.seed)
    key = "ten.picked.quarter" if sample.rule == QUARTER else "ten.picked"
    parts = [t(key, exact=sample.exact, n=picked, seed=seed)]
    if not dated:
        parts = [t("ten.picked.undated", seed=seed)]
    if sample.stalled_after_days is not None:
        parts.append(t("ten.stalled", n=sample.stalled, days=sample.stalled_after_days))
    if sample.stalled:
        parts.append(t("ten.drawn_anew"))
    return " ".join(parts)


def _sample_table(sample: Sample, t: Translator) -> Table:
    sides = {"won": t("outcome.won"), "lost": other_side(sample, t)}
    frame = pd.DataFrame(
        {
            "side": [sides[side] for side in sample.ids],
            "deals": [len(ids) for ids in sample.ids.values()],
            "ids": [", ".join(ids) for ids in sample.ids.values()],
        }
    )
    columns = (
        Column("side", t("ten.header.side")),
        Column("ids", t("ten.header.ids")),
    )
    return Table(frame, "sample", t("ten.sample.title"), columns, t)
