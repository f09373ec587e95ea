"""How fast deals move: the share won, and lost, by a day, group by group."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workshop.analysis.pace import LEAST_DEALS
from workshop.i18n import Translator
from workshop.questions.velocity import Curves, Velocity
from workshop.views.display import Column, Prose, Shown, Table
from workshop.views.look import (
    Look,
    caveats,
    in_sentence,
    limits,
    lines_of,
    listed,
    named,
    span,
    unanswered,
)
from workshop.views.naming import column_name
from workshop.views.velocity_chart import speed_chart

SHOWN = 4


def velocity(answer: Velocity, curves: Curves, look: Look) -> tuple[Shown, ...]:
    """Show how much is won and lost by the day that half of the wins take.

    ``curves`` are those of the largest groups, as `workshop.questions.velocity.curves` gives them.
    """
    t = look.t
    if answer.ready.missing:
        return unanswered(look, answer.ready)
    text = Prose(" ".join(headline(answer, t)))
    if answer.compared_at is None:
        return (text, *caveats(look, answer.caveats))
    rows = at_day(answer)
    note = limits(look, t("velocity.limits"), answer.caveats)
    return (
        text,
        speed_chart(rows, curves, answer, _all_days(answer, t), look),
        note,
        *((_table(rows, answer, t),) if len(rows) > 1 else ()),
    )


def headline(answer: Velocity, t: Translator) -> tuple[str, ...]:
    """Say which groups win clearly more or less by then, or plainly that none does.

    The first sentence is about all deals together; nothing where the question has no answer.
    """
    if answer.ready.missing:
        return ()
    if answer.compared_at is None:
        return (t("velocity.none"),)
    whole = answer.whole.set_index("horizon_days").loc[answer.compared_at]
    days = answer.compared_at
    opening = t("velocity.whole", days=days, won=whole["won_share"], lost=whole["lost_share"])
    rows, by = at_day(answer), named(t, answer.by)
    if rows["group"].nunique() < 2:
        return (opening,)
    clear = standing_out(answer, t)
    if clear:
        return (opening, *clear)
    if rows["verdict"].eq("too_few").all():
        return (opening, t("velocity.too_few", by=by, least=LEAST_DEALS))
    return (opening, t("velocity.silent", by=by))


def at_day(answer: Velocity) -> pd.DataFrame:
    """Return the groups on the day they are compared: those that stand out first.

    The others follow by the share won, those with few deals after them, the nameless one last.
    """
    rows = answer.rows[answer.rows["horizon_days"] == answer.compared_at]
    rows = rows.merge(answer.pace, on="group", how="left")
    rows = rows.assign(verdict=rows["verdict"].fillna("too_few"), blank=rows["group"].isna())
    place = rows["verdict"].map({"clear": 0, "undecided": 1, "too_few": 2})
    ordered = rows.assign(place=place).sort_values(
        ["blank", "place", "won_share", "group"], ascending=[True, True, False, True]
    )
    return ordered.drop(columns=["blank", "place"]).reset_index(drop=True)


def standing_out(answer: Velocity, t: Translator) -> tuple[str, ...]:
    """Name the groups that won clearly more by that day, and those that won clearly less."""
    if answer.ready.missing or answer.compared_at is None:
        return ()
    clear, days = at_day(answer).query("verdict == 'clear'"), answer.compared_at
    more = clear["won_share"] > clear["rest_share"]
    faster, slower = (
        listed(t, [_with_shares(row, t) for row in lines_of(part)])
        for part in (clear[more], clear[~more])
    )
    less = "velocity.slower.too" if faster else "velocity.slower"
    return (
        *([t("velocity.faster", items=faster, days=days)] if faster else []),
        *([t(less, items=slower, days=days)] if slower else []),
    )


def _with_shares(row: Any, t: Translator) -> str:
    between = span(t, row.ci_low, row.ci_high)
    return t("velocity.item", name=row.group, won=row.won_share, span=between, lost=row.lost_share)


def _name(t: Translator, group: str | None) -> str:
    return t("label.unknown") if pd.isna(group) else str(group)


def _table(rows: pd.DataFrame, answer: Velocity, t: Translator) -> Table:
    lines, days = lines_of(rows), answer.compared_at
    frame = rows.assign(
        name=[_name(t, row.group) for row in lines],
        interval=[span(t, row.ci_low, row.ci_high) for row in lines],
        verdict_text=[
            t("velocity.unjudged") if pd.isna(row.group) else t(f"verdict.{row.verdict}")
            for row in lines
        ],
    )
    columns = (
        Column("name", column_name(t, answer.by)),
        Column("deals", t("velocity.header.deals"), "count"),
        Column("open", t("velocity.header.open"), "count"),
        Column("won_share", t("outcome.won"), "percent"),
        Column("interval", t("label.interval"), align="end"),
        Column("lost_share", t("outcome.lost"), "percent"),
        Column("half_decided_days", t("velocity.header.half"), "count"),
        Column("verdict_text", t("label.verdict")),
    )
    title = t("velocity.table.title", days=days, by=in_sentence(column_name(t, answer.by)))
    notes = (t("velocity.table.note"), t("velocity.table.rate"))
    return Table(frame, "speed", title, columns, t, notes, SHOWN)


def _all_days(answer: Velocity, t: Translator) -> Table:
    """Return every group on each of the days, for the files."""
    frame = answer.rows.assign(name=[_name(t, row.group) for row in lines_of(answer.rows)])
    columns = (
        Column("name", column_name(t, answer.by)),
        Column("horizon_days", t("velocity.header.day"), "count"),
        Column("deals", t("velocity.header.deals"), "count"),
        Column("open", t("velocity.header.open"), "count"),
        Column("won_share", t("outcome.won"), "percent-1"),
        Column("ci_low", t("velocity.header.low"), "percent-1"),
        Column("ci_high", t("velocity.header.high"), "percent-1"),
        Column("lost_share", t("outcome.lost"), "percent-1"),
    )
    return Table(frame.drop(columns="group"), "speed-days", t("velocity.days.title"), columns, t)
