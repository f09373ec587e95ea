"""The tables behind the definitions: scores, words, where versions differ, what they miss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workshop.criteria import SIDES, Definition
from workshop.i18n import NOTHING, Translator
from workshop.questions.definitions import Definitions
from workshop.views.definition_text import sentence, term_name
from workshop.views.definitions_chart import side_name, vouched
from workshop.views.look import lines_of, opened_with, span
from workshop.views.table import Column, Table

MONTHS = 12
"""The latest months that a monthly number is taken over."""
_SHOWN = 5
_TELLING = [("true", "true"), ("true", "false"), ("false", "true")]
"""The verdicts of two versions that a room talks about first."""


def scores_table(answer: Definitions, t: Translator) -> Table:
    """Show what each version passes and how well; the earlier leads follow in the files."""
    rows = answer.rows.assign(
        vouched=vouched(answer, answer.rows),
        base=answer.rows["won"] / answer.rows["leads"],
    ).merge(_missed_counts(answer), on=["term", "side", "period"], how="left")
    rows = rows.merge(_monthly(answer), on=["term", "side"], how="left")
    rows = rows.sort_values("period", kind="stable", ignore_index=True)
    lines = lines_of(rows)
    frame = rows.assign(
        won_missed=rows["won_missed"].fillna(0).astype(int),
        name=[opened_with(side_name(row, t)) for row in lines],
        rate=[_with_interval(row, t) for row in lines],
        lift_text=[ratio(t, row.lift, row.lift_low, row.lift_high) for row in lines],
    )
    columns = (
        Column("name", t("definitions.header.version")),
        Column("true", t("definitions.header.passed"), "count"),
        Column("a_month", t("definitions.header.a_month"), "count"),
        Column("rate", t("definitions.header.precision"), align="end"),
        Column("base", t("definitions.header.base"), "percent"),
        Column("lift_text", t("definitions.header.lift"), align="end"),
        Column("recall", t("definitions.header.recall"), "percent"),
        Column("won_missed", t("definitions.header.missed"), "count"),
        Column("unknown", t("definitions.header.unknown"), "count"),
    )
    notes = (t("definitions.table.note"),)
    shown = int((frame["period"] == "check").sum())
    title = t("definitions.table.title")
    return Table(frame, "definitions", title, columns, t, notes, shown)


def _with_interval(row: Any, t: Translator) -> str:
    if pd.isna(row.precision):
        return NOTHING
    return f"{t.percent(row.precision)} ({span(t, row.precision_low, row.precision_high)})"


def ratio(t: Translator, estimate: float, low: float, high: float) -> str:
    """Return how many times as often, with the interval: ``2.2 (1.9 to 2.5)``."""
    if pd.isna(estimate):
        return NOTHING
    between = t("label.from_to", low=t.number(low), high=t.number(high))
    return f"{t.number(estimate)} ({between})"


def _missed_counts(answer: Definitions) -> pd.DataFrame:
    """Count the won deals that each version misses."""
    counted = answer.won_missed.groupby(["term", "side", "period"])["deal_id"].nunique()
    return counted.rename("won_missed").reset_index()


def _monthly(answer: Definitions) -> pd.DataFrame:
    """Return the leads that each version passes a month, over the latest whole months."""
    whole = answer.passed_per_month[answer.passed_per_month["complete"].astype(bool)]
    latest = whole.sort_values("month").groupby(["term", "side"]).tail(MONTHS)
    return latest.groupby(["term", "side"])["true"].mean().rename("a_month").reset_index()


def words_table(given: Sequence[Definition], t: Translator) -> Table:
    """Show what each version says."""
    rows = [
        (
            t("definitions.side", term=term_name(t, item.term), side=t(f"definitions.by.{side}")),
            item.landmark_days,
            sentence(clause, t, item.landmark_days),
        )
        for item in given
        for side, clause in item.sides.items()
    ]
    frame = pd.DataFrame(rows, columns=["version", "landmark_days", "words"])
    columns = (
        Column("version", t("definitions.header.version")),
        Column("words", t("definitions.header.words")),
    )
    frame["version"] = frame["version"].map(opened_with)
    return Table(frame, "definitions-in-words", t("definitions.words.title"), columns, t)


def versions_table(answer: Definitions, t: Translator) -> Table:
    """Show how two versions judge the same leads, sales beside marketing first."""
    table = answer.versions_table[answer.versions_table["leads"] > 0]
    lines = lines_of(table)
    rows = table.assign(
        others=[(row.first, row.second) != ("sales", "marketing") for row in lines],
        place=[_place((row.first_verdict, row.second_verdict)) for row in lines],
        judged=[_judged(row, t) for row in lines],
        term_text=[opened_with(term_name(t, row.term)) for row in lines],
        share=table["won"] / table["leads"],
    )
    order = ["others", "place", "first", "second", "term"]
    rows = rows.sort_values(order, kind="stable", ignore_index=True)
    columns = (
        Column("judged", t("definitions.header.judged")),
        Column("term_text", t("definitions.header.term")),
        Column("leads", t("table.leads"), "count"),
        Column("won", t("definitions.header.became"), "count"),
        Column("share", t("definitions.header.share"), "percent"),
    )
    title = t("definitions.versions.title")
    shown = int((~rows["others"] & (rows["place"] < len(_TELLING))).sum()) or _SHOWN
    frame = rows.drop(columns=["others", "place"])
    return Table(frame, "definition-versions", title, columns, t, (), shown)


def _place(verdicts: tuple[str, str]) -> int:
    return _TELLING.index(verdicts) if verdicts in _TELLING else len(_TELLING)


def _judged(row: Any, t: Translator) -> str:
    return t(
        "definitions.judged",
        first=t(f"definitions.by.{row.first}"),
        first_verdict=t(f"definitions.says.{row.first_verdict}"),
        second=t(f"definitions.by.{row.second}"),
        second_verdict=t(f"definitions.says.{row.second_verdict}"),
    )


def missed_table(answer: Definitions, t: Translator) -> Table:
    """Show each won deal that a version misses, with what every version says of it."""
    missed = answer.won_missed
    wide = missed.pivot_table(
        index=["term", "deal_id", "period"], columns="side", values="verdict", aggfunc="first"
    ).reset_index()
    sides = [side for side in SIDES if side in set(answer.rows["side"])]
    wide = wide.reindex(columns=["term", "deal_id", "period", *sides]).rename_axis(columns=None)
    # First what the joint version leaves behind and a team would have taken.
    ours = wide["joint"].isna() if "joint" in wide else pd.Series(False, wide.index)
    wide = wide.assign(ours=ours, versions=wide[sides].notna().sum(axis=1))
    order = ["ours", "versions", "term", "deal_id"]
    wide = wide.sort_values(order, ignore_index=True).drop(columns=["ours", "versions"])
    had = {(row.term, row.side) for row in lines_of(answer.rows)}
    texts = {
        f"{side}_text": [
            _said(row, side, t) if (row.term, side) in had else NOTHING for row in lines_of(wide)
        ]
        for side in sides
    }
    frame = wide.assign(
        term_text=[opened_with(term_name(t, term)) for term in wide["term"]], **texts
    )
    columns = (
        Column("deal_id", t("column.deal_id")),
        Column("term_text", t("definitions.header.term")),
        *(Column(f"{side}_text", opened_with(t(f"definitions.by.{side}"))) for side in sides),
    )
    title = t("definitions.missed.title")
    return Table(frame, "won-missed", title, columns, t, (t("definitions.missed.note"),), _SHOWN)


def _said(row: Any, side: str, t: Translator) -> str:
    verdict = getattr(row, side)
    return t(f"definitions.says.{'true' if pd.isna(verdict) else verdict}")


def months_table(answer: Definitions, t: Translator) -> Table:
    """Show the leads a month that each version would have passed, the latest month first."""
    whole = answer.passed_per_month
    whole = whole[whole["complete"].astype(bool)]
    keys = ["term", "month"]
    leads = whole.groupby(keys)["leads"].first()
    wide = whole.pivot(index=keys, columns="side", values="true")
    sides = [side for side in SIDES if side in wide.columns]
    rows = wide[sides].join(leads).reset_index()
    rows = rows.sort_values(["month", "term"], ascending=[False, True], ignore_index=True)
    frame = rows.assign(
        term_text=[opened_with(term_name(t, term)) for term in rows["term"]],
        month_text=[t.month(pd.Period(month, freq="M").start_time) for month in rows["month"]],
    )
    columns = (
        Column("month_text", t("definitions.header.month")),
        Column("term_text", t("definitions.header.term")),
        Column("leads", t("table.leads"), "count"),
        *(Column(side, opened_with(t(f"definitions.by.{side}")), "count") for side in sides),
    )
    title = t("definitions.months.title")
    shown = 3 * frame["term"].nunique()
    return Table(frame, "definition-months", title, columns, t, (), shown)
