"""What stands behind the verdicts: how many there are, what goes together, what was left blank."""

from __future__ import annotations

import pandas as pd

from workshop.i18n import NOTHING, Translator
from workshop.questions.won_lost import WonLost
from workshop.views.display import Column, Shown, Table
from workshop.views.history import tested
from workshop.views.levels import findings
from workshop.views.look import Look, category, lines_of, listed, named, span_of_points
from workshop.views.naming import column_name

LEAST_SHOWN = 3


def behind(answer: WonLost, look: Look) -> tuple[Shown, ...]:
    """Show how much was looked at, which traits go together, and what was left blank."""
    t = look.t
    if answer.ready.missing or not tested(answer):
        return ()
    return (
        _verdicts(answer.history, t),
        *_together(answer, t),
        *_blanks(answer.missingness, t),
    )


def _verdicts(rows: pd.DataFrame, t: Translator) -> Table:
    """Count the levels by verdict: how much was looked at, and how little of it is news."""
    codes = ["clear", "undecided", "too_few"]
    counts = rows.groupby("known_at_creation")["verdict"].value_counts().unstack()
    counts = counts.reindex(index=[True, False], columns=codes).fillna(0).astype(int)
    frame = pd.DataFrame(
        {
            "verdict": [t(f"verdict.{code}") for code in codes],
            "known": counts.loc[True].to_numpy(),
            "doubtful": counts.loc[False].to_numpy(),
        }
    )
    columns = [
        Column("verdict", t("label.verdict")),
        Column("known", t("history.header.known"), "count"),
    ]
    if frame["doubtful"].any():
        columns.append(Column("doubtful", t("history.header.doubtful"), "count"))
    title = t("history.verdicts", levels=len(rows), n=rows["trait"].nunique())
    return Table(frame, "verdicts", title, tuple(columns), t, _blank_ones(rows, t))


def _blank_ones(rows: pd.DataFrame, t: Translator) -> tuple[str, ...]:
    """Say how many clear levels are blanks, which no chapter names as a finding."""
    clear = rows[(rows["verdict"] == "clear") & rows["known_at_creation"]]
    blank = int(clear["level"].isna().sum())
    return (t("history.verdicts.blank", n=blank),) if blank else ()


def _together(answer: WonLost, t: Translator) -> tuple[Shown, ...]:
    """Show the odds again within what each trait follows, the findings first."""
    if answer.confounded.empty:
        return ()
    crude = answer.history[["trait", "level", "odds_ratio", "known_at_creation"]]
    rows = answer.within.merge(crude, on=["trait", "level"], suffixes=("", "_crude"))
    clear = findings(answer.history)[["trait", "level"]].assign(clear=True)
    rows = rows.merge(clear, on=["trait", "level"], how="left").fillna({"clear": False})
    rows = rows.sort_values(["clear", "p_value"], ascending=[False, True], ignore_index=True)
    lines = lines_of(rows)
    frame = rows.assign(
        category=[category(t, row.trait, row.level, known=row.known_at_creation) for row in lines],
        within=[column_name(t, row.confounder) for row in lines],
        interval=[_odds(t, row.ci_low, row.ci_high) for row in lines],
    )
    columns = (
        Column("category", t("label.trait")),
        Column("within", t("history.header.within")),
        Column("odds_ratio_crude", t("history.header.odds"), "number-2"),
        Column("odds_ratio", t("history.header.odds_within"), "number-2"),
        Column("interval", t("label.interval"), align="end"),
        Column("q_value", t("history.header.q"), "p"),
    )
    title = t("history.confounded", pairs=listed(t, _pairs(answer.confounded, t), 4))
    shown = int(frame["clear"].sum()) or LEAST_SHOWN
    notes = (t("history.confounded.note"),)
    return (Table(frame, "confounded", title, columns, t, notes, shown),)


def _pairs(confounded: pd.DataFrame, t: Translator) -> list[str]:
    """Name each pair of columns that go together once, the owner only as such."""
    pairs = {
        tuple(sorted((row.trait, row.confounder))): (row.trait, row.confounder)
        for row in lines_of(confounded.sort_values("cramers_v"))
    }
    return [
        t("history.pair", trait=named(t, one), other=named(t, other))
        for one, other in pairs.values()
    ]


def _odds(t: Translator, low: float, high: float) -> str:
    if pd.isna(low) or pd.isna(high):
        return NOTHING
    return t("label.from_to", low=t.number(low, 2), high=t.number(high, 2))


def _blanks(missingness: pd.DataFrame, t: Translator) -> tuple[Shown, ...]:
    """Show how often a trait is blank, won and lost apart."""
    blank = missingness["won_unknown"] + missingness["lost_unknown"]
    rows = missingness[(blank > 0) & missingness["difference"].notna()]
    if rows.empty:
        return ()
    apart = (rows["ci_low"] > 0) | (rows["ci_high"] < 0)
    rows = rows.assign(apart=apart, size=rows["difference"].abs())
    rows = rows.sort_values(["apart", "size", "trait"], ascending=[False, False, True])
    lines = lines_of(rows)
    frame = rows.assign(
        trait_text=[column_name(t, row.trait) for row in lines],
        won_share=rows["won_unknown"] / rows["won_total"],
        lost_share=rows["lost_unknown"] / rows["lost_total"],
        interval=[span_of_points(t, row.ci_low, row.ci_high) for row in lines],
    ).drop(columns="size")
    names = [named(t, row.trait) for row in lines if row.apart]
    title = t("history.blank.same")
    if names:
        title = t("history.blank.differs", traits=listed(t, names))
    columns = (
        Column("trait_text", t("label.trait")),
        Column("won_share", t("history.header.blank_won"), "percent"),
        Column("lost_share", t("history.header.blank_lost"), "percent"),
        Column("difference", t("label.difference"), "points"),
        Column("interval", t("label.interval"), align="end"),
    )
    shown = len(names) or 1
    return (Table(frame, "blanks", title, columns, t, (t("history.blank.note"),), shown),)
