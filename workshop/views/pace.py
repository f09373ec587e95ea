"""Whether a period goes as planned: one sentence, the band, and how likely the goal still is."""

from __future__ import annotations

import datetime as dt

from workshop.i18n import Translator
from workshop.questions.agreed_plan import AgreedPlan
from workshop.questions.pace import Pace
from workshop.views.display import Column, Note, Prose, Shown, Table
from workshop.views.goal import period_name
from workshop.views.look import Look, caveats, limits, probability, unanswered
from workshop.views.pace_chart import band_chart

_KINDS = {"pipeline": "goal.kind.pipeline", "revenue": "goal.kind.revenue"}
_ALARMS = {
    "within": "pace.alarm.within",
    "below": "pace.alarm.below",
    "above": "pace.alarm.above",
    "unjudged": "pace.alarm.unjudged",
}
_TOLD = ("goal_proposed", "no_comparable_period", "no_mql_date", "volume_in_leads",
         "volume_in_opportunities")  # fmt: skip


def pace(found: Pace, look: Look) -> tuple[Shown, ...]:
    """Show the weeks so far against the band, or say why there is nothing to hold against it."""
    t, plan = look.t, found.plan
    if found.state == "unanswered":
        return unanswered(look, found.ready)
    if plan is None:
        return (Note("next", t("pace.not_begun", day=found.as_of), t),)
    if plan.outlook is None:
        return (Note("next", t("pace.too_thin", day=plan.eve), t), *caveats(look, plan.caveats))
    chance = Prose(likely(found, plan, t))
    if found.state == "first_week":
        return (Prose(headline(found, t)), chance)
    chart = band_chart(found, headline(found, t), weeks_table(found, t), look)
    return (chart, chance, limits(look, _limits(found, plan, t), plan.caveats, _TOLD))


def headline(found: Pace, t: Translator) -> str:
    """Say whether there is reason to intervene, and since when."""
    rows = found.rows[found.rows["value"].notna()]
    judged = rows[rows["alarm"] != "unjudged"]
    if found.state == "first_week":
        return t("pace.first_week", day=found.rows["ends"].iloc[0])
    if judged.empty:
        return t("pace.all_unjudged")
    last = str(judged["alarm"].iloc[-1])
    outside = judged[judged["alarm"] != "within"]
    if outside.empty:
        return t("pace.within")
    if last == "within":
        back = judged[judged["week"] > outside["week"].max()].iloc[0]
        return t("pace.back", week=int(back["week"]), day=back["ends"])
    inside = judged.loc[judged["alarm"] != last, "week"]
    since = judged[judged["week"] > (inside.max() if len(inside) else 0)].iloc[0]
    key = "pace.below" if last == "below" else "pace.above"
    return t(key, week=int(since["week"]), day=since["ends"])


def likely(found: Pace, plan: AgreedPlan, t: Translator) -> str:
    """Say what landed, what the goal asks, and how likely it was and is."""
    goal = plan.agreed.goal
    money = {"so_far": found.so_far, "wanted": plan.wanted}
    values = {name: t.money(amount, found.currency) for name, amount in money.items()}
    text = t(
        f"pace.so_far.{goal.kind}",
        goal=t(
            _KINDS[goal.kind],
            target=t.money(goal.target, found.currency),
            period=period_name(plan.period, t),
        ),
        day=_day(found, plan),
        **values,
    )
    then = probability(t, found.then)
    if found.so_far >= plan.wanted:
        return f"{text} {t('pace.reached')}"
    if found.state == "over":
        return f"{text} {t('pace.missed', then=then)}"
    if found.now is None:
        return f"{text} {t('pace.then', then=then)}"
    return f"{text} {t('pace.then_now', then=then, now=probability(t, found.now))}"


def weeks_table(found: Pace, t: Translator) -> Table:
    """List the weeks with their band and what landed."""
    rows = found.rows
    said = [t(_ALARMS[code]) if isinstance(code, str) else "" for code in rows["alarm"]]
    money = f"money-{found.currency}"
    columns = (
        Column("week", t("pace.header.week"), "count"),
        Column("ends", t("pace.header.ends"), "short_date"),
        Column("value", t("pace.header.value"), money),
        Column("low", t("pace.header.low"), money),
        Column("median", t("pace.header.median"), money),
        Column("high", t("pace.header.high"), money),
        Column("said", t("pace.header.alarm")),
    )
    return Table(rows.assign(said=said), "pace", t("pace.table"), columns, t)


def _day(found: Pace, plan: AgreedPlan) -> dt.date | None:
    return found.as_of if found.as_of is None else min(found.as_of, plan.period.end)


def _limits(found: Pace, plan: AgreedPlan, t: Translator) -> str:
    """Say what the band rests on, and what of it is left out or may still change."""
    name = t(f"goal.unit.{plan.unit}")
    texts = [t("pace.limits"), t("pace.limits.eve", day=plan.eve)]
    agreed_on = plan.agreed.agreed_on
    if agreed_on is not None and agreed_on > plan.period.start:
        texts.append(t("pace.limits.late", day=agreed_on))
    if plan.unit != "opportunity":
        texts.append(t("pace.limits.earlier", unit=name))
    if found.unvalued:
        texts.append(t("pace.limits.unvalued", n=found.unvalued))
    return " ".join(texts)
