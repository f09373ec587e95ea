"""What changed since the previous audit: in words, as a picture and figure by figure."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import pandas as pd

from workshop.i18n import NOTHING, Translator
from workshop.views.change_chart import change_chart
from workshop.views.display import Column, Note, Prose, Shown, Table
from workshop.views.figure_words import figure_name, measured
from workshop.views.kept_figures import figures_table, moved_table, said_table
from workshop.views.look import Look, lines_of

DECIDED = ("changed", "undecided")


class Since(NamedTuple):
    """A comparison with the audit of a day.

    ``kept`` tells whether that audit's own figures could be read. ``then`` holds them, or what
    today's CRM makes of that day; ``again`` is always the latter.
    """

    day: dt.date
    rows: pd.DataFrame
    kept: bool
    then: pd.DataFrame
    again: pd.DataFrame


def change(
    since: Since | None, figures: pd.DataFrame, day_hours: float, look: Look
) -> tuple[Shown, ...]:
    """Show what changed since the previous audit; ``figures`` are those of this one."""
    t = look.t
    if since is None:
        return (Prose(t("change.first")),)
    drawn = since.rows[(since.rows["unit"] == "share") & since.rows["difference"].notna()]
    return (
        Prose("\n\n".join([headline(since, t), _how(since, t)]), _points(since.rows, day_hours, t)),
        *((change_chart(drawn, since.day, look),) if len(drawn) else ()),
        Note("limits", t("change.limits"), t),
        *((_table(since, day_hours, t),) if len(since.rows) else ()),
        *said_table(since.then, figures, t),
        *moved_table(since.then, since.again, day_hours, t),
    )


def kept(figures: pd.DataFrame, day_hours: float, look: Look) -> tuple[Shown, ...]:
    """Show the figures of this audit, from which the next one reads them."""
    t = look.t
    return (Prose(t("change.kept")), figures_table(figures, day_hours, t))


def headline(since: Since, t: Translator) -> str:
    """Say how much changed since the previous audit."""
    compared = int(since.rows["verdict"].isin(DECIDED).sum())
    changed = int((since.rows["verdict"] == "changed").sum())
    if not compared:
        return t("change.nothing_yet", day=since.day)
    if not changed:
        return t("change.none", day=since.day, n=compared)
    return t("change.some", day=since.day, n=changed, compared=compared)


def _how(since: Since, t: Translator) -> str:
    """Say what was compared, and where the figures of then come from."""
    if not since.kept:
        return f"{t('change.how')} {t('change.recomputed', day=since.day)}"
    return t("change.how")


def _points(rows: pd.DataFrame, day_hours: float, t: Translator) -> tuple[str, ...]:
    changed = rows[rows["verdict"] == "changed"]
    return tuple(
        t(
            "change.point",
            figure=figure_name(row, t),
            before=measured(row.figure, row.before, day_hours, t),
            since=measured(row.figure, row.since, day_hours, t),
        )
        for row in lines_of(changed)
    )


def _table(since: Since, day_hours: float, t: Translator) -> Table:
    """List every comparison, those that cannot be made yet with their reason."""
    rows = since.rows
    frame = rows.assign(
        label=[figure_name(row, t) for row in lines_of(rows)],
        before_text=[_side(row, "before", day_hours, t) for row in lines_of(rows)],
        since_text=[_side(row, "since", day_hours, t) for row in lines_of(rows)],
        difference_text=[_difference(row, day_hours, t) for row in lines_of(rows)],
        interval=[_interval(row, day_hours, t) for row in lines_of(rows)],
        verdict_text=[_verdict(row, since.day, t) for row in lines_of(rows)],
    )
    columns = (
        Column("label", t("change.header.figure")),
        Column("before_text", t("change.header.before", day=since.day), align="end"),
        Column("since_text", t("change.header.since"), align="end"),
        Column("difference_text", t("change.header.difference"), align="end"),
        Column("interval", t("label.interval"), align="end"),
        Column("verdict_text", t("label.verdict")),
    )
    compared = int(rows["verdict"].isin(DECIDED).sum())
    notes = [t("change.table.counted")]
    notes += [t("change.table.verdict", n=compared)] if compared else []
    return Table(frame, "change", t("change.table.title", day=since.day), columns, t, tuple(notes))


def _side(row: Any, side: str, day_hours: float, t: Translator) -> str:
    whole = getattr(row, f"{side}_n")
    if not whole:
        return NOTHING
    value = measured(row.figure, getattr(row, side), day_hours, t)
    return t("change.value_of", value=value, whole=int(whole))


def _difference(row: Any, day_hours: float, t: Translator) -> str:
    if pd.isna(row.difference):
        return NOTHING
    return _apart(row.unit, row.difference, day_hours, t)


def _interval(row: Any, day_hours: float, t: Translator) -> str:
    if pd.isna(row.ci_low) or pd.isna(row.ci_high):
        return NOTHING
    low, high = (_apart(row.unit, value, day_hours, t) for value in (row.ci_low, row.ci_high))
    return t("label.from_to", low=low, high=high)


def _apart(unit: str, difference: float, day_hours: float, t: Translator) -> str:
    """Return a difference with its sign, in points or in working days."""
    if unit == "share":
        return t.points(difference, 1)
    days = t.number(abs(difference) / day_hours, 1)
    sign = "" if days == t.number(0, 1) else ("+" if difference > 0 else "−")
    return f"{sign}{days}"


def _verdict(row: Any, day: dt.date, t: Translator) -> str:
    """Return the verdict; where it is too early, from which day on some can be judged."""
    if row.verdict != "too_early" or pd.isna(row.days):
        return t(f"verdict.{row.verdict}")
    first = day + dt.timedelta(days=1 + int(row.days))
    return t("change.too_early", day=first)
