"""What is put to the room, in words: on the ballot paper, and above the form that records it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshop.criteria import Criterion, Definition, codes, parts
from workshop.i18n import LANGUAGES, Translator
from workshop.questions.goal_file import GoalFile
from workshop.questions.matters import RATE, Matter
from workshop.questions.period import parse_period
from workshop.session.drafts import Draft
from workshop.session.exercise import Words
from workshop.session.rules import RuleSet
from workshop.session.voting import Paper
from workshop.views.definition_text import lines, term_name
from workshop.views.goal import period_name
from workshop.views.hours import agreed
from workshop.views.look import opened_with
from workshop.views.rule_words import rule_name, status_name

LONGEST = 1_900
"""Characters on a ballot paper: what a phone shows without losing the question."""


def matter_name(matter: Matter, t: Translator) -> str:
    """Return what is decided, as a heading."""
    if matter.kind == "definition":
        return t("agreed.matter.definition", term=opened_with(term_name(t, matter.subject)))
    return t(f"agreed.matter.{matter.outline or matter.kind}")


def proposal_lines(
    matter: Matter, content: Mapping[str, Any], t: Translator, day_hours: float, currency: str
) -> list[str]:
    """Return what is proposed, a line each; criteria deeper within groups are indented."""
    if matter.kind == "definition":
        return _of_definition(Definition.model_validate(_tuples(content)), t)
    if matter.kind == "rules":
        return _of_rules(RuleSet.model_validate(_tuples(content)), t, day_hours)
    return _of_goal(content, t, currency)


def paper(
    matter: Matter,
    content: Mapping[str, Any],
    draft: Draft,
    country: str,
    day_hours: float,
    currency: str,
) -> Paper:
    """Return the ballot paper for what is proposed, in both languages."""
    each = {name: Translator(name, country) for name in LANGUAGES}
    promise = draft.content.get(RATE) if matter.kind == "goal" else None

    def said(t: Translator) -> str:
        found = proposal_lines(matter, content, t, day_hours, currency)
        if promise:
            found.append(t("agreed.goal.rate", rate=promise))
        return _cut("\n".join(found), t)

    return Paper(
        title=_both(each, lambda t: t("agreed.vote.title", matter=matter_name(matter, t))),
        text=_both(each, said),
        question=_both(each, lambda t: t("agreed.vote.question")),
        yes=_both(each, lambda t: t("agreed.vote.yes")),
        no=_both(each, lambda t: t("agreed.vote.no")),
        reason=_both(each, lambda t: t("agreed.vote.reason")),
    )


def _both(each: Mapping[str, Translator], words: Any) -> Words:
    return Words(**{name: words(t) for name, t in each.items()})


def _cut(text: str, t: Translator) -> str:
    if len(text) <= LONGEST:
        return text
    whole = text[:LONGEST].rsplit("\n", 1)[0]
    return f"{whole}\n{t('agreed.vote.rest')}"


def _of_definition(definition: Definition, t: Translator) -> list[str]:
    joint = definition.joint
    found = [joint.text] if joint and joint.text else []
    clause = joint.criteria if joint else None
    if clause is None:
        return found
    how = "one" if isinstance(clause, Criterion) else codes(clause)[0].operator
    found.append(t(f"definition.counts.{how}", term=term_name(t, definition.term)))
    for part in (clause,) if isinstance(clause, Criterion) else parts(clause):
        for line in lines(part, t, definition.landmark_days):
            found.append("  " * line.depth + "• " + line.text)
    return found


def _of_rules(rules: RuleSet, t: Translator, day_hours: float) -> list[str]:
    return [
        t(
            "agreed.rule.limit" if rule.time_limit else "agreed.rule",
            name=rule_name(t, rule),
            from_status=status_name(t, rule.from_status),
            to_status=status_name(t, rule.to_status),
            team=t(f"hand_over.owner.{rule.owner or 'none'}"),
            limit=agreed(t, rule.time_limit, day_hours) if rule.time_limit else "",
        )
        for rule in rules.rules
    ]


def _of_goal(content: Mapping[str, Any], t: Translator, currency: str) -> list[str]:
    goal = GoalFile.model_validate(content)
    text = t(
        f"goal.kind.{goal.kind}",
        target=t.money(goal.target, currency),
        period=period_name(parse_period(goal.period), t),
    )
    return [text, *([t("agreed.goal.volume", n=goal.mqls)] if goal.mqls else [])]


def _tuples(value: Any) -> Any:
    """Return values from JSON as a file gives them, which strict models ask for."""
    if isinstance(value, Mapping):
        return {name: _tuples(part) for name, part in value.items()}
    return tuple(_tuples(part) for part in value) if isinstance(value, list) else value
