"""A definition in words: its criteria as lines, or within one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from typing import Literal, NamedTuple

from workshop.criteria import LANDMARK_DAYS, About, AllOf, AnyOf, Clause, Criterion, Not, Value
from workshop.criteria import codes as codes_of
from workshop.criteria import criteria as criteria_of
from workshop.criteria import parts as parts_of
from workshop.crm.fact_fields import ACTIVITIES, FIRST_TOUCH, OF_KIND, OF_TEAM, is_count
from workshop.crm.sizes import size_class
from workshop.i18n import Translator
from workshop.views.look import in_sentence, named

_COUNTED = {
    ACTIVITIES: "definition.counted.activities",
    **{name: f"definition.counted.{team}" for name, team in OF_TEAM.items()},
}
_OF_ZERO = {"at_most": "never", "is": "never", "is_not": "ever"}
"""What these say of a number of 0: none at all, or some."""


class Line(NamedTuple):
    """One line of a definition; ``depth`` is 0 for the outermost."""

    depth: int
    text: str


def lines(
    clause: Clause, t: Translator, landmark_days: int = LANDMARK_DAYS, *, tagged: bool = False
) -> list[Line]:
    """Return a clause as lines, outermost first; a group's own lines are one deeper.

    With ``tagged`` each criterion says whether it is about fit or readiness, where it does.
    """
    found: list[Line] = []
    for code, before in zip(given := codes_of(clause), [None, *given], strict=False):
        if code.field is None:
            found.append(Line(code.depth, t(f"definition.group.{code.operator}")))
            continue
        text = criterion(code.field, code.operator, code.value, t, landmark_days)
        if tagged and code.about:
            text = t("definition.tagged", text=text, about=t(f"definition.tag.{code.about}"))
        if before and before.field is None and before.operator == "not":
            # What is denied is one criterion, so one line says it.
            found[-1] = Line(before.depth, t("definition.negated", clause=text))
        else:
            found.append(Line(code.depth, text))
    return found


def sentence(clause: Clause, t: Translator, landmark_days: int = LANDMARK_DAYS) -> str:
    """Return a clause within one sentence; groups within groups stand in brackets."""
    clause = _without_groups_of_one(clause)
    if isinstance(clause, Criterion):
        return criterion(clause.field, clause.operator, clause.value, t, landmark_days)
    inner = [
        _bracketed(_without_groups_of_one(part), sentence(part, t, landmark_days))
        for part in parts_of(clause)
    ]
    if isinstance(clause, Not):
        return t("definition.negated", clause=inner[0])
    how = "all_of" if isinstance(clause, AllOf) else "any_of"
    return reduce(
        lambda first, second: t(f"definition.and.{how}", first=first, second=second), inner
    )


def _without_groups_of_one(clause: Clause) -> Clause:
    while isinstance(clause, AllOf | AnyOf) and len(parts_of(clause)) == 1:
        clause = parts_of(clause)[0]
    return clause


def _bracketed(part: Clause, text: str) -> str:
    return f"({text})" if isinstance(part, AllOf | AnyOf) else text


def by_about(clause: Clause) -> dict[About | None, tuple[Clause, ...]]:
    """Return the clauses that must all hold, fit and readiness apart; ``None`` is both or unsaid.

    >>> role = Criterion(field="role", operator="is_known", about="fit")
    >>> list(by_about(AllOf(all_of=(role, Criterion(field="source", operator="is_known")))))
    ['fit', None]
    """
    together = clause.all_of if isinstance(clause, AllOf) else (clause,)
    orders: tuple[About | None, ...] = ("fit", "readiness", None)
    apart = {about: tuple(p for p in together if _about(p) == about) for about in orders}
    return {about: found for about, found in apart.items() if found}


def _about(clause: Clause) -> About | None:
    found = {one.about for one in criteria_of(clause)}
    return found.pop() if len(found) == 1 else None


def criterion(
    field: str,
    operator: str,
    value: Value | Sequence[Value] | None,
    t: Translator,
    landmark_days: int = LANDMARK_DAYS,
) -> str:
    """Return one criterion in words; numbers of activities are those up to the landmark."""
    values = [] if value is None else [value] if isinstance(value, int | float | str) else value
    if field == FIRST_TOUCH:
        return _first_touch(operator, values, t, landmark_days)
    if is_count(field):
        return _activities(field, operator, values, t, landmark_days)
    name = named(t, field)
    if operator == "is_known":
        return t("definition.is_known", field=name)
    several = operator if len(values) > 1 else {"one_of": "is", "none_of": "is_not"}.get(operator)
    texts = [_level(field, item, t) for item in values]
    style: Literal["standard", "or"] = "standard" if several == "none_of" else "or"
    return t(f"definition.{several or operator}", field=name, values=t.join(texts, style))


def _level(field: str, value: Value, t: Translator) -> str:
    """Return a value as the CRM has it: a size as its class, a text on one line."""
    if field == "employees":
        return size_class(str(value)) or str(value)
    return " ".join(value.split()) if isinstance(value, str) else _number(value, t)


def _number(value: Value, t: Translator) -> str:
    """Return a number with the decimals that it has."""
    exact = Decimal(str(value)).normalize()
    return t.number(exact, max(0, -int(exact.as_tuple().exponent)))


def _activities(
    field: str, operator: str, values: Sequence[Value], t: Translator, landmark_days: int
) -> str:
    """Word a criterion on a number of activities."""
    if operator == "is_known":
        return t("definition.recorded")
    zero = list(values) == [0] and operator in _OF_ZERO
    amount = t(f"definition.amount.{_OF_ZERO[operator]}") if zero else _amount(operator, values, t)
    return t(
        _COUNTED.get(field, "definition.counted.kind"),
        n=1 if zero or list(values) == [1] else 2,
        amount=amount,
        kind=t("label.quoted", text=field.removeprefix(OF_KIND)),
        within=_within(t, landmark_days),
    )


def _first_touch(operator: str, values: Sequence[Value], t: Translator, landmark_days: int) -> str:
    """Word a criterion on the days to the first contact."""
    if operator == "is_known":
        return t("definition.touched", within=_within(t, landmark_days))
    if list(values) == [0] and operator in ("is", "at_most"):
        return t("definition.touched_at_once")
    n = 1 if list(values) == [1] else 2
    return t("definition.days_to_touch", n=n, amount=_amount(operator, values, t))


def _amount(operator: str, values: Sequence[Value], t: Translator) -> str:
    numbers = t.join([_number(value, t) for value in values], "or")
    return t(f"definition.amount.{operator}", values=numbers)


def _within(t: Translator, landmark_days: int) -> str:
    """Return up to when activities count."""
    if landmark_days == 0:
        return t("definition.before_creation")
    return t("definition.within", n=landmark_days)


def term_name(t: Translator, term: str) -> str:
    """Return a term as it stands within a sentence: ``MQL``, ``opportunity``, or its own word."""
    if not t.has(f"stage.{term}"):
        return term
    name = t(f"stage.{term}")
    return name if name.isupper() else in_sentence(name)
