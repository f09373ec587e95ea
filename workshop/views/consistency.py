"""Whether MQL and SQL mean one thing in this CRM: by whom, in order, as was written down."""

from __future__ import annotations

import pandas as pd

from workshop.i18n import Translator
from workshop.questions.consistency import Consistency
from workshop.views.definition_text import term_name
from workshop.views.display import Column, Note, Prose, Shown, Table
from workshop.views.funnel import step_name
from workshop.views.look import Look, lines_of, opened_with, span

FEWEST_OWNERS = 4
"""Owners under which the spread between them is not shown: it would point at persons."""
_VERDICTS = ("true", "false", "unknown")


def consistency(answer: Consistency, look: Look) -> tuple[Shown, ...]:
    """Show how the statuses were used, and held against what was written down."""
    t = look.t
    if answer.spread.empty and answer.order.empty:
        return (Prose(t("consistency.undated")),)
    against = (_against_table(answer.against, t),) if len(answer.against) else ()
    spread = (_spread_table(answer.spread, t),) if len(answer.spread) else ()
    order = (_order_table(answer.order, t),) if len(answer.order) else ()
    return (
        Prose("\n\n".join([_against(answer.against, t), *_spread(answer.spread, t)])),
        *against,
        *spread,
        Prose(_order(answer.order, t)),
        *order,
        Note("limits", t("consistency.limits"), t),
    )


def _against(rows: pd.DataFrame, t: Translator) -> str:
    """Say, per term, how many leads that meet its definition have the status, and others."""
    if rows.empty:
        return t("consistency.undefined")
    texts = []
    for term, cells in rows.groupby("term", sort=False):
        by = {row.verdict: row for row in lines_of(cells)}
        if not {"true", "false"} <= set(by):
            continue
        meets, misses = by["true"], by["false"]
        texts.append(
            t(
                "consistency.against",
                term=opened_with(term_name(t, str(term))),
                meets=meets.share,
                n=int(meets.leads),
                misses=misses.share,
                others=int(misses.leads),
            )
        )
    return "\n\n".join(texts) or t("consistency.one_sided")


def _spread(rows: pd.DataFrame, t: Translator) -> tuple[str, ...]:
    """Say between which groups the use of a status differs by more than chance."""
    clear = rows[rows["verdict"] == "clear"]
    if rows["verdict"].eq("too_few").all():
        return ()
    if clear.empty:
        return (t("consistency.alike"),)
    items = [
        t(f"consistency.between.{row.by}", step=step_name(t, row.from_stage, row.to_stage))
        for row in lines_of(clear)
    ]
    return (t("consistency.differs", items=t.join(items)),)


def _order(rows: pd.DataFrame, t: Translator) -> str:
    exceptions = int(rows["exceptions"].sum())
    return t("consistency.order", n=exceptions) if exceptions else t("consistency.order.none")


def _against_table(rows: pd.DataFrame, t: Translator) -> Table:
    places = rows["verdict"].map({verdict: place for place, verdict in enumerate(_VERDICTS)})
    rows = rows.assign(_place=places).sort_values(["term", "_place"]).drop(columns="_place")
    frame = rows.assign(
        term_name=[opened_with(term_name(t, str(term))) for term in rows["term"]],
        verdict_text=[t(f"consistency.verdict.{code}") for code in rows["verdict"]],
        interval=[span(t, row.ci_low, row.ci_high) for row in lines_of(rows)],
    )
    columns = (
        Column("term_name", t("consistency.header.term")),
        Column("verdict_text", t("consistency.header.definition")),
        Column("leads", t("consistency.header.leads"), "count"),
        Column("with_status", t("consistency.header.with_status"), "count"),
        Column("share", t("consistency.header.share"), "percent"),
        Column("interval", t("label.interval"), align="end"),
    )
    note = (t("consistency.against.note"),)
    return Table(frame, "status-definitions", t("consistency.against.title"), columns, t, note)


def _spread_table(rows: pd.DataFrame, t: Translator) -> Table:
    hidden = (rows["by"] == "owner") & (rows["groups"] < FEWEST_OWNERS)
    rows = rows.assign(low=rows["low"].mask(hidden), high=rows["high"].mask(hidden))
    frame = rows.assign(
        step=[step_name(t, row.from_stage, row.to_stage) for row in lines_of(rows)],
        by_text=[t(f"consistency.by.{code}") for code in rows["by"]],
        range=[span(t, row.low, row.high) for row in lines_of(rows)],
        verdict_text=[t(f"verdict.{code}") for code in rows["verdict"]],
    )
    columns = (
        Column("step", t("funnel.header.step")),
        Column("by_text", t("consistency.header.between")),
        Column("groups", t("consistency.header.groups"), "count"),
        Column("range", t("consistency.header.range"), align="end"),
        Column("p_adjusted", t("consistency.header.p"), "p"),
        Column("verdict_text", t("label.verdict")),
    )
    notes = (t("consistency.spread.note"),)
    return Table(frame, "status-use", t("consistency.spread.title"), columns, t, notes)


def _order_table(rows: pd.DataFrame, t: Translator) -> Table:
    frame = rows.assign(check_text=[t(f"consistency.check.{code}") for code in rows["exception"]])
    columns = (
        Column("check_text", t("consistency.header.check")),
        Column("exceptions", t("consistency.header.exceptions"), "count"),
        Column("records", t("consistency.header.of"), "count"),
        Column("share", t("consistency.header.share"), "percent-1"),
    )
    return Table(frame, "status-order", t("consistency.order.title"), columns, t)
