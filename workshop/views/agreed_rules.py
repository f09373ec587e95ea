"""The hand-over rules that were agreed: drawn, checked, and in words."""

from __future__ import annotations

from workshop.i18n import Translator
from workshop.questions.hand_over import HandOver
from workshop.session.rules import RuleSet
from workshop.views.display import Note, Prose, Shown
from workshop.views.look import Look
from workshop.views.machine_chart import machine_chart
from workshop.views.rule_words import defect_text, rule_text


def rules(
    answer: HandOver, agreed_on: RuleSet | None, day_hours: float, look: Look
) -> tuple[Shown, ...]:
    """Show the agreed rules drawn, checked and in words; without rules, what will be agreed."""
    t = look.t
    if agreed_on is None:
        return (Note("session", t("hand_over.session"), t),)
    texts = tuple(rule_text(t, rule, day_hours) for rule in agreed_on.rules)
    return (
        *(machine_chart(agreed_on, name, day_hours, look) for name in drawn(agreed_on)),
        _checked(answer, t),
        Prose(t("hand_over.rules.opening", n=len(texts)), texts),
    )


def drawn(agreed_on: RuleSet) -> tuple[str | None, ...]:
    """Return the types of customer whose machine is drawn: all others, or each that has rules."""
    return (None,) if agreed_on.applying(None) else agreed_on.customer_types


def _checked(answer: HandOver, t: Translator) -> Prose:
    """Say what is wrong with the rules, or that nothing is."""
    if not answer.lint:
        return Prose(t("hand_over.lint.none"))
    points = tuple(defect_text(t, defect) for defect in answer.lint)
    return Prose(t("hand_over.lint.opening", n=len(points)), points)
