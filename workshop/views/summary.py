"""The report on one page: four figures, and the sentences to remember."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import pandas as pd

from workshop.analysis.intervals import wilson
from workshop.crm.readiness import Ready
from workshop.i18n import Translator
from workshop.questions.channels import Channels
from workshop.questions.funnel import Funnel
from workshop.questions.goal import GoalAnswer
from workshop.questions.velocity import Velocity
from workshop.questions.won_lost import WonLost
from workshop.views import channels as channels_view
from workshop.views import funnel as funnel_view
from workshop.views import goal as goal_view
from workshop.views import history as history_view
from workshop.views import velocity as velocity_view
from workshop.views import won_lost as ten_view
from workshop.views.display import Figures, KeyFigure, Note, Prose, Shown
from workshop.views.holdings import amounts_of
from workshop.views.look import Look, probability, span
from workshop.views.naming import quoted
from workshop.views.quality import readiness_sentence

FIGURES = 4


class Answers(NamedTuple):
    """What the report's questions found.

    ``goal`` is ``None`` where the report has none; ``ten`` tells whether it has ten against ten.
    """

    ready: Sequence[Ready]
    outcomes: pd.DataFrame
    funnel: Funnel
    channels: Channels
    velocity: Velocity
    won_lost: WonLost
    goal: GoalAnswer | None
    ten: bool = True


def one_page(
    answers: Answers, currency: str, look: Look, also: Sequence[str] = ()
) -> tuple[Shown, ...]:
    """Show the figures and sentences that a sales and a marketing manager should remember.

    ``also`` are sentences of the report's own, after those of the CRM's questions.
    """
    t = look.t
    figures = tuple(islice(_figures(answers, currency, t), FIGURES))
    points = (*_points(answers, t), *also)
    row = (Figures(figures),) if figures else ()
    return (*row, Prose(t("summary.opening"), points), Note("limits", _unsaid(answers, t), t))


def _figures(answers: Answers, currency: str, t: Translator) -> Iterator[KeyFigure]:
    """Yield the key figures that this CRM gives, the most telling first."""
    deals = answers.outcomes.groupby("state")["deals"].sum()
    won, lost = int(deals.get("won", 0)), int(deals.get("lost", 0))
    if won + lost:
        yield _win_rate(won, lost, t)
    yield from _value_won(answers.outcomes, currency, t)
    yield from _weakest(answers.funnel, t)
    yield from _chance(answers.goal, t)
    still = int(deals.get("open", 0)) + int(deals.get("stalled", 0))
    stalled = int(deals.get("stalled", 0))
    if still:
        detail = t("summary.open.detail", n=stalled) if stalled else ""
        yield KeyFigure(t.count(still), t("summary.open"), detail)
    ready = sum(item.status != "not_answerable" for item in answers.ready)
    total = len(answers.ready)
    yield KeyFigure(t("label.of", part=ready, whole=total), t("summary.questions"))


def _win_rate(won: int, lost: int, t: Translator) -> KeyFigure:
    low, high = wilson(won, won + lost)
    detail = t(
        "summary.win_rate.detail", won=won, closed=won + lost, span=span(t, float(low), float(high))
    )
    return KeyFigure(t.percent(won / (won + lost)), t("summary.win_rate"), detail)


def _value_won(outcomes: pd.DataFrame, currency: str, t: Translator) -> Iterator[KeyFigure]:
    """Yield the value won in one currency, and say which others there are."""
    amounts = amounts_of(outcomes, "won")
    if not len(amounts):
        return
    first = currency if currency in amounts.index else str(amounts.index[0])
    others = [t.money(value, str(code)) for code, value in amounts.items() if code != first]
    detail = t("summary.value.others", amounts=t.join(others)) if others else ""
    label = t("summary.value")
    yield KeyFigure(_compact(float(amounts[first]), first, t), label, detail)


def _compact(amount: float, currency: str, t: Translator) -> str:
    """Return an amount that fits a key figure: in millions from a million on."""
    if amount < 1_000_000:
        return t.money(amount, currency)
    return t("label.millions", amount=t.money(amount / 1_000_000, currency, 2))


def _weakest(answer: Funnel, t: Translator) -> Iterator[KeyFigure]:
    if answer.steps.empty or answer.leaks["rate"].isna().all():
        return
    row = answer.leaks[answer.leaks["code"] == "lowest_rate"].iloc[0]
    step = funnel_view.step_name(t, row["from_stage"], row["to_stage"])
    values = span(t, row["ci_low"], row["ci_high"])
    key = "summary.step" if answer.steps["entered"].gt(0).sum() == 1 else "summary.weakest"
    yield KeyFigure(t.percent(row["rate"]), t(key, step=step), t("summary.interval", span=values))


def _chance(answer: GoalAnswer | None, t: Translator) -> Iterator[KeyFigure]:
    if answer is None or answer.kind is None or answer.planned_probability is None:
        return
    detail = t(
        "summary.goal.proposed" if answer.proposed else "summary.goal.detail",
        n=answer.planned,
        unit=goal_view.unit(answer, t),
        goal=goal_view.goal_text(answer, t),
    )
    yield KeyFigure(probability(t, answer.planned_probability), t("summary.goal"), detail)


def _points(answers: Answers, t: Translator) -> Iterator[str]:
    """Yield the sentences to remember, those of the funnel first."""
    yield from funnel_view.headline(answers.funnel, t)
    yield from filter(None, [" ".join(_standing_out(answers, t))])
    if not answers.won_lost.ready.missing:
        found = history_view.headline(answers.won_lost, t)
        yield " ".join([*found, *history_view.doubt(answers.won_lost, t)])
        if answers.ten and ten_view.comparable(answers.won_lost):
            yield ten_view.headline(answers.won_lost, t)
    if answers.goal is not None and answers.goal.kind is not None:
        yield goal_view.headline(answers.goal, t)
    if any(item.status != "answerable" for item in answers.ready):
        yield readiness_sentence(answers.ready, t)


def _standing_out(answers: Answers, t: Translator) -> tuple[str, ...]:
    """Name the channels and the groups that stand out; that none does is in their chapters."""
    return (
        *channels_view.standing_out(answers.channels, t),
        *velocity_view.standing_out(answers.velocity, t),
    )


def _unsaid(answers: Answers, t: Translator) -> str:
    """Say what cannot be said: what is missing, and what no CRM can tell."""
    missing = [item for item in answers.ready if item.status == "not_answerable"]
    text = t("summary.unsaid")
    if not missing:
        return text
    questions = quoted(t, [t(f"question.{item.question}") for item in missing])
    return f"{text}\n\n{t('summary.not_answered', questions=questions)}"
