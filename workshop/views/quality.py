"""What this CRM can answer, and how well it is filled in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import get_args

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import LINE
from workshop.crm.readiness import Ready, Status
from workshop.i18n import Translator
from workshop.views.display import Chart, Column, Prose, Shown, Table
from workshop.views.look import Look, caveat_texts, figure_of, lines_of, named, rows_apart, short
from workshop.views.naming import column_name
from workshop.views.style import SIGNS, Sign, house_style, percent_axis

WELL_FILLED = 0.95
LEAST_DRAWN = 2
SHOWN = 6
TABLES = ("deals", "leads")
"""The tables whose traits are shown, the one that most questions turn on first."""


def questions(ready: Sequence[Ready], look: Look) -> tuple[Shown, ...]:
    """Show which questions can be answered, and what the others take."""
    t = look.t
    frame = pd.DataFrame(
        {
            "question": [t(f"question.{item.question}") for item in ready],
            "status": [t(f"status.{item.status}") for item in ready],
            "note": [_note(t, item) for item in ready],
            "in_full": [t(f"question.{item.question}.long") for item in ready],
            "code": [item.status for item in ready],
        }
    )
    columns = [
        Column("question", t("quality.header.question")),
        Column("status", t("quality.header.status")),
    ]
    if frame["note"].notna().any():
        columns.append(Column("note", t("quality.header.note")))
    table = Table(frame, "questions", t("quality.questions.title"), tuple(columns), t)
    return (Prose(readiness_sentence(ready, t)), table)


def readiness_sentence(ready: Sequence[Ready], t: Translator) -> str:
    """Say how many questions this CRM can answer."""
    statuses = [item.status for item in ready]
    counts = {status: statuses.count(status) for status in get_args(Status)}
    for key, status in (("quality.all", "answerable"), ("quality.none", "not_answerable")):
        if counts[status] == len(ready):
            return t(key, total=len(ready))
    parts = [t(f"quality.some.{status}", n=n) for status, n in counts.items() if n]
    return t("quality.some", total=len(ready), parts=t.join(parts))


def _note(t: Translator, item: Ready) -> str | None:
    """Return what a question lacks, or what to take care of."""
    if item.missing:
        asks = t.join([t(f"ask.{column}") for column in item.missing])
        return t("quality.needed", what=asks)
    return " ".join(caveat_texts(t, item.caveats)) or None


def filled(
    coverage: pd.DataFrame, traits: Mapping[str, Collection[str]], look: Look
) -> tuple[Shown, ...]:
    """Show how well the traits of deals and leads are filled in.

    ``coverage`` is that of `workshop.crm.readiness.coverage`; ``traits`` the names by table.
    """
    t = look.t
    shares = trait_shares(coverage, traits)
    present = shares[shares[list(TABLES)].gt(0).any(axis=1)]
    absent = shares.loc[~shares.index.isin(present.index), "column"]
    missing = t.join([named(t, name) for name in absent])
    sentence = (Prose(t("quality.absent", columns=missing)),) if len(absent) else ()
    if len(present) < LEAST_DRAWN:
        return (*sentence, _filled_table(coverage, t))
    return (*sentence, _filled_chart(present, coverage, look))


def trait_shares(coverage: pd.DataFrame, traits: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """Return the share filled of each trait, the emptiest first.

    Columns: ``column``, ``deals``, ``leads`` (fractions of 1, null where a table lacks it).
    """
    wanted = pd.concat(
        [
            coverage[(coverage["table"] == table) & coverage["column"].isin(list(names))]
            for table, names in traits.items()
        ]
    )
    wide = wanted.pivot(index="column", columns="table", values="share").reindex(columns=TABLES)
    wide.columns.name = None
    ordered = wide.reset_index().sort_values([*TABLES, "column"], na_position="last")
    return ordered.reset_index(drop=True)


def _filled_chart(shares: pd.DataFrame, coverage: pd.DataFrame, look: Look) -> Chart:
    t = look.t
    with house_style(look.color, (7.2, 0.8 + 0.28 * len(shares))):
        _, ax = plt.subplots()
        filled_marks(shares, t, ax)
    points = [f"{column_name(t, row.column)} {_both(t, row)}" for row in lines_of(shares)]
    return Chart(
        figure_of(ax),
        _filled_title(shares, t),
        t("quality.filled.alt", points="; ".join(points)),
        _filled_table(coverage, t),
        "filled-in",
        t("quality.filled.reading"),
    )


def filled_marks(shares: pd.DataFrame, t: Translator, ax: Axes | None = None) -> Axes:
    """Draw a row per trait with the share filled in each table."""
    ax = ax or plt.gca()
    places = range(len(shares))
    lowest = shares[list(TABLES)].min(axis=1)
    ax.hlines(places, 0, lowest, color=LINE, lw=1)
    for table, sign in zip(TABLES, SIGNS, strict=False):
        if shares[table].notna().any():
            _marks(ax, shares[table], sign, t(f"table.{table}"))
    ax.set_yticks(places, [short(column_name(t, name)) for name in shares["column"]])
    ax.set(xlim=(0, 1.02), ylim=rows_apart(shares), xlabel=t("quality.axis.filled"))
    ax.legend(ncols=2, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    percent_axis(ax.xaxis, t)
    return ax


def _marks(ax: Axes, values: pd.Series[float], sign: Sign, label: str) -> None:
    ax.plot(values, range(len(values)), ls="", marker=sign.marker, color=sign.color, label=label)


def _both(t: Translator, row: object) -> str:
    return ", ".join(
        f"{t.percent(getattr(row, table))} ({t(f'table.{table}').lower()})"
        for table in TABLES
        if pd.notna(getattr(row, table))
    )


def _filled_title(shares: pd.DataFrame, t: Translator) -> str:
    """Say which trait is emptiest, of the table that most questions turn on."""
    table = next(name for name in TABLES if shares[name].gt(0).any())
    known = shares[shares[table].gt(0)].sort_values(table, kind="stable")
    worst, name = known.iloc[0], t(f"table.{table}").lower()
    if worst[table] == 1:
        return t("quality.filled.all", table=name)
    if worst[table] >= WELL_FILLED:
        return t("quality.filled.well", table=name, share=worst[table])
    return t(
        "quality.filled.title", table=name, column=named(t, worst["column"]), share=worst[table]
    )


def _filled_table(coverage: pd.DataFrame, t: Translator) -> Table:
    """Return every column of every table, the emptiest first."""
    known = coverage.sort_values("share", kind="stable", ignore_index=True)
    frame = known.assign(
        table_name=[t(f"table.{name}") for name in known["table"]],
        heading=[column_name(t, name) for name in known["column"]],
    )
    columns = (
        Column("table_name", t("quality.header.table")),
        Column("heading", t("quality.header.column")),
        Column("rows", t("quality.header.rows"), "count"),
        Column("filled", t("quality.header.filled"), "count"),
        Column("share", t("quality.header.share"), "percent-1"),
    )
    return Table(frame, "filled", t("quality.filled.table"), columns, t, shown=SHOWN)
