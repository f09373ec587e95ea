"""One client among its peers: in words, as a picture and figure by figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from workshop.i18n import NOTHING, Translator
from workshop.questions.among import Among
from workshop.questions.benchmark import LEAST
from workshop.views.display import Chart, Column, Note, Prose, Shown, Table
from workshop.views.figure_words import figure_name
from workshop.views.hours import unit_of, waited
from workshop.views.look import Look, lines_of, listed, span
from workshop.views.peers_chart import DRAWN, peers_chart

APART = ("above_peers", "below_peers")


def benchmark(found: Among, day_hours: float, look: Look) -> tuple[Shown, ...]:
    """Show where a client stands; nobody else is named, or can be told from it."""
    t = look.t
    if found.rows.empty:
        return (Prose(t("benchmark.no_own", least=LEAST)),)
    told = found.told
    if told.empty:
        return (Prose(t("benchmark.nobody")),)
    how = t("benchmark.how", n=int(told["clients"].min()), day=found.as_of)
    if found.left_out:
        how = f"{how} {t('benchmark.left_out', day=found.own_day)}"
    return (
        Prose(f"{headline(found, t)}\n\n{how}", tuple(_points(told, day_hours, t))),
        *_charts(told, day_hours, look),
        Note("limits", t("benchmark.limits"), t),
        _table(found.rows, day_hours, t),
    )


def headline(found: Among, t: Translator) -> str:
    """Say how many figures can be told apart from the middle of the peers."""
    told = found.told
    apart = int(told["verdict"].isin(APART).sum())
    if not apart:
        return t("benchmark.none", n=len(told))
    return t("benchmark.only") if len(told) == 1 else t("benchmark.some", n=apart, total=len(told))


def to_remember(found: Among, day_hours: float, t: Translator) -> tuple[str, ...]:
    """Say where a client stands, for the first page; nothing where nothing is told."""
    told = found.told
    if told.empty:
        return ()
    points = "; ".join(_points(told, day_hours, t, short=True))
    return (" ".join([headline(found, t), *([f"{points}."] if points else [])]),)


def _points(
    told: pd.DataFrame, day_hours: float, t: Translator, *, short: bool = False
) -> Iterator[str]:
    """Yield what can be told apart, each beside the middle of the peers."""
    for row in lines_of(told[told["verdict"].isin(APART)]):
        yield t(
            "benchmark.point.short" if short else f"benchmark.point.{row.verdict}",
            figure=figure_name(row, t),
            own=_measured(row, row.estimate, day_hours, t),
            middle=_measured(row, row.peers_middle, day_hours, t),
        )


def _charts(told: pd.DataFrame, day_hours: float, look: Look) -> Iterator[Chart]:
    """Yield a picture of the shares, and one of the times in days."""
    t = look.t
    for unit in ("share", "time"):
        rows = told[told["unit"] == unit]
        if rows.empty:
            continue
        drawn = rows if unit == "share" else _in_days(rows, day_hours)
        names = [figure_name(row, t) for row in lines_of(rows)]
        points = [_heard(row, day_hours, t) for row in lines_of(rows)]
        yield peers_chart(drawn, names, _title(rows, unit, t), points, look)


def _in_days(rows: pd.DataFrame, day_hours: float) -> pd.DataFrame:
    hours = rows["figure"] == "first_contact"
    days = rows[DRAWN].where(~hours, rows[DRAWN] / day_hours)
    return rows.assign(**{name: days[name] for name in DRAWN})


def _title(rows: pd.DataFrame, unit: str, t: Translator) -> str:
    apart = rows[rows["verdict"].isin(APART)]
    if apart.empty:
        return t(f"benchmark.title.{unit}")
    parts = []
    for verdict in APART:
        found = lines_of(rows[rows["verdict"] == verdict])
        names = [t("label.quoted", text=figure_name(row, t)) for row in found]
        parts += [t(f"benchmark.title.{verdict}", figures=listed(t, names))] if names else []
    return ". ".join(parts)


def _heard(row: Any, day_hours: float, t: Translator) -> str:
    return t(
        "benchmark.chart.point",
        figure=figure_name(row, t),
        own=_measured(row, row.estimate, day_hours, t),
        interval=_interval(row, "ci_low", "ci_high", day_hours, t),
        peers=_interval(row, "peers_low", "peers_high", day_hours, t),
    )


def _table(rows: pd.DataFrame, day_hours: float, t: Translator) -> Table:
    """List every figure, also those that too few clients have."""
    each = lines_of(rows)
    frame = rows.assign(
        label=[figure_name(row, t) for row in each],
        own_text=[_own(row, day_hours, t) for row in each],
        estimate_text=[_measured(row, row.estimate, day_hours, t) for row in each],
        interval=[_interval(row, "ci_low", "ci_high", day_hours, t) for row in each],
        peers_text=[_interval(row, "peers_low", "peers_high", day_hours, t) for row in each],
        verdict_text=[_verdict(row, t) for row in each],
    )
    columns = (
        Column("label", t("change.header.figure")),
        Column("own_text", t("benchmark.header.own"), align="end"),
        Column("estimate_text", t("benchmark.header.estimate"), align="end"),
        Column("interval", t("label.interval"), align="end"),
        Column("peers_text", t("benchmark.header.peers"), align="end"),
        Column("verdict_text", t("label.verdict")),
    )
    untold = rows["clients"].isna().any()
    notes = (t("benchmark.table.note"), *([t("benchmark.table.untold")] if untold else []))
    return Table(frame, "peers", t("benchmark.table.title"), columns, t, notes)


def _verdict(row: Any, t: Translator) -> str:
    """Return the verdict; what is too few here is companies, however many records there are."""
    return t("benchmark.too_few" if pd.isna(row.clients) else f"verdict.{row.verdict}")


def _own(row: Any, day_hours: float, t: Translator) -> str:
    value = _measured(row, row.value, day_hours, t)
    return t("change.value_of", value=value, whole=int(row.whole))


def _interval(row: Any, low: str, high: str, day_hours: float, t: Translator) -> str:
    """Return an interval in the unit that the estimate has."""
    ends = [getattr(row, name) for name in (low, high)]
    if pd.isna(ends).any():
        return NOTHING
    if row.unit == "share":
        return span(t, *ends)
    unit, decimals = _unit(row, day_hours)
    return "–".join(t.number(end / unit, decimals) for end in ends)


def _unit(row: Any, day_hours: float) -> tuple[float, int]:
    """Return what an estimated time is counted in, and with how many decimals."""
    if row.figure == "days_to_won":
        return 1, 0
    units = {"minutes": (1 / 60, 0), "hours": (1, 1), "days": (day_hours, 1)}
    return units[unit_of(row.estimate, day_hours)]


def _measured(row: Any, value: float, day_hours: float, t: Translator) -> str:
    """Return a figure's value: a share, a wait in working time, or days."""
    if pd.isna(value):
        return NOTHING
    if row.figure == "first_contact":
        return waited(t, value, day_hours)
    if row.figure == "days_to_won":
        return t("benchmark.days", n=round(value))
    return t.percent(value)
