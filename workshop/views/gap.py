"""What the distance to the plan is made of, and what both teams promised."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workshop.analysis.gap import adding_up
from workshop.i18n import NOTHING, Translator
from workshop.questions.agreed_plan import AgreedPlan
from workshop.questions.gap import Gap
from workshop.questions.pace import Pace
from workshop.views.display import Column, Prose, Shown, Table
from workshop.views.gap_chart import waterfall_chart
from workshop.views.look import Look, limits, lines_of, span

_FACTORS = {
    "volume": "gap.factor.volume",
    "rate": "gap.factor.rate",
    "value": "gap.factor.value",
    "timing": "gap.factor.timing",
    "earlier": "gap.factor.earlier",
    "open": "gap.factor.open",
}
_TEAMS = {"marketing": "goal.team.marketing", "sales": "goal.team.sales"}
_FEW_SETTLED = 5
"""Fewer leads' worth of time than this says next to nothing of a rate."""


def gap(found: Gap, pace: Pace, look: Look) -> tuple[Shown, ...]:
    """Show the parts of the gap, the commitments, and what cannot be seen yet."""
    t, plan = look.t, pace.plan
    if plan is None:
        raise ValueError("a gap needs a plan")
    rows = worded(found, pace, plan, t)
    chart = waterfall_chart(found, pace, rows, title(found, rows, pace, t), look)
    opening = Prose(f"{headline(found, pace, t)} {_chance(pace, t)}".strip())
    return (
        opening,
        chart,
        commitments_table(found, pace, plan, t),
        limits(look, _limits(found, plan, t), ()),
    )


def headline(found: Gap, pace: Pace, t: Translator) -> str:
    """Say what landed, what the plan expected by then, and the difference."""
    day = pace.as_of if pace.plan is None or pace.as_of is None else min(
        pace.as_of, pace.plan.period.end
    )  # fmt: skip
    whole = {"planned": round(found.planned), "actual": round(found.actual)}
    money = {name: t.money(amount, pace.currency) for name, amount in whole.items()}
    difference = whole["actual"] - whole["planned"]
    if not difference:
        return t("gap.even", day=day, **money)
    key = "gap.more" if difference > 0 else "gap.less"
    return t(key, day=day, difference=t.money(abs(difference), pace.currency), **money)


def title(found: Gap, rows: pd.DataFrame, pace: Pace, t: Translator) -> str:
    """Name the part that took most, and the one that gave most."""
    ordered = rows.sort_values("shown", kind="stable")
    most, least = ordered.iloc[-1], ordered.iloc[0]
    given = t.money(most["shown"], pace.currency)
    taken = t.money(abs(least["shown"]), pace.currency)
    if least["shown"] >= 0 and most["shown"] <= 0:
        return t("gap.title.even")
    if least["shown"] >= 0:
        return t("gap.title.more", factor=most["name"], amount=given)
    if most["shown"] <= 0:
        return t("gap.title.less", factor=least["name"], amount=taken)
    values = {"down": least["name"], "taken": taken, "up": most["name"], "given": given}
    return t("gap.title.both", **values)


def worded(found: Gap, pace: Pace, plan: AgreedPlan, t: Translator) -> pd.DataFrame:
    """Return the parts with their names, what was planned and seen, and whole amounts.

    The whole amounts add up to the difference of the whole totals, as the ones with cents do.
    """
    rows = found.rows
    total = float(round(found.actual) - round(found.planned))
    kept = rows[~((rows["part"] == 0) & rows["factor"].isin(_fixed(plan)))]
    return kept.assign(
        name=[factor_name(factor, plan, t) for factor in kept["factor"]],
        detail=[_detail(row, pace, t) for row in lines_of(kept)],
        shown=adding_up(kept["part"], total, 0),
    ).reset_index(drop=True)


def factor_name(factor: str, plan: AgreedPlan, t: Translator) -> str:
    """Return what a part is called."""
    key = "gap.factor.rate.revenue" if factor == "rate" and _is_won(plan) else _FACTORS[factor]
    return t(key, unit=t(f"goal.unit.{plan.unit}"))


def commitments_table(found: Gap, pace: Pace, plan: AgreedPlan, t: Translator) -> Table:
    """List what each team promised beside what came of it so far."""
    rows = found.commitments
    frame = rows.assign(
        who=[t(_TEAMS[team]) for team in rows["team"]],
        what=[_promise(measure, plan, t) for measure in rows["measure"]],
        promised=[_amount(row.measure, row.whole, t) for row in lines_of(rows)],
        by_now=[_amount(row.measure, row.planned, t) for row in lines_of(rows)],
        seen=[_amount(row.measure, row.actual, t) for row in lines_of(rows)],
        interval=[_interval(row, t) for row in lines_of(rows)],
    )
    columns = (
        Column("who", t("gap.header.team")),
        Column("what", t("gap.header.promise")),
        Column("promised", t("gap.header.whole"), align="end"),
        Column("by_now", t("gap.header.by_now"), align="end"),
        Column("seen", t("gap.header.seen"), align="end"),
        Column("interval", t("gap.header.interval"), align="end"),
    )
    return Table(frame, "commitments-so-far", t("gap.commitments"), columns, t)


def _fixed(plan: AgreedPlan) -> tuple[str, ...]:
    """Return the factors that cannot differ: opportunities that are counted all become one."""
    if plan.unit != "opportunity" or plan.agreed.goal.kind == "revenue":
        return ()
    return ("rate", "timing")


def _is_won(plan: AgreedPlan) -> bool:
    return plan.agreed.goal.kind == "revenue"


def _detail(row: Any, pace: Pace, t: Translator) -> str:
    """Return what was planned and what was seen, in the factor's own unit."""
    written = [_written(row.factor, value, pace, t) for value in (row.planned, row.actual)]
    if written[1] == NOTHING:
        return t("gap.detail.unseen", planned=written[0])
    return t("gap.detail", planned=written[0], actual=written[1])


def _written(factor: str, value: float, pace: Pace, t: Translator) -> str:
    if factor == "volume":
        return t.count(value)
    return t.percent(value) if factor in ("rate", "timing") else t.money(value, pace.currency)


def _promise(measure: str, plan: AgreedPlan, t: Translator) -> str:
    if measure == "volume":
        return t("gap.promise.volume", unit=t(f"goal.unit.{plan.unit}"))
    key = "gap.promise.win_rate" if _is_won(plan) else "gap.promise.rate"
    return t(key, unit=t(f"goal.unit.{plan.unit}"))


def _amount(measure: str, value: float, t: Translator) -> str:
    return t.count(value) if measure == "volume" else t.percent(value)


def _interval(row: Any, t: Translator) -> str:
    return NOTHING if row.measure == "volume" else span(t, row.low, row.high)


def _chance(pace: Pace, t: Translator) -> str:
    """Say that a difference within the band needs no cause."""
    judged = pace.rows.loc[pace.rows["alarm"].isin(["within", "below", "above"]), "alarm"]
    return t("gap.within") if len(judged) and judged.iloc[-1] == "within" else ""


def _limits(found: Gap, plan: AgreedPlan, t: Translator) -> str:
    """Say how the parts are made, and what counts as planned for as long as nobody can see it."""
    texts = [t("gap.limits")]
    if plan.rated and found.entered:
        name = t(f"goal.unit.{plan.unit}")
        share = found.settled / found.entered
        key = "gap.limits.unseen" if found.settled < _FEW_SETTLED else "gap.limits.settled"
        texts.append(t(key, unit=name, entered=found.entered, share=share))
    return " ".join(texts)
