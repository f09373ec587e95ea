"""The hand-over rules that were agreed, or that a consultant proposes: ``rules.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from workshop.model_file import misfit, read_model, said_as
from workshop.model_kinds import Strict

RULES_FILE = "rules.yaml"
ENDS = ("opportunity", "customer", "won", "lost", "rejected")
"""Statuses in which a lead may rest, unless the file says others."""

Team = Literal["sales", "marketing"]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
_Status = Annotated[
    str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True, to_lower=True)
]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
_Hours = Annotated[float, Field(gt=0, le=2000, allow_inf_nan=False), said_as("hours")]


class AtLimit(Strict):
    """What happens when the time limit passes: a new status, a new owner, somebody is told."""

    status: _Status | None = None
    owner: Team | None = None
    tell: _Name | None = None


class OnDisagreement(Strict):
    """What happens when the teams disagree about a lead: who decides, and within how long."""

    decides: _Name
    within: _Hours
    reason_required: bool = True


class Rule(Strict):
    """One hand-over rule.

    A lead in the status ``from`` is its owner's. When the trigger happens it goes to the status
    ``to``; when that takes longer than ``time_limit`` (working hours), ``at_limit`` happens. An
    owner is a team, never a person. ``at_most`` is how often one lead may go this way. A rule
    for a type of customer replaces the general one for the same status and trigger.
    """

    name: _Name
    from_status: Annotated[_Status, Field(alias="from")]
    to_status: Annotated[_Status, Field(alias="to")]
    trigger: _Name
    customer_type: _Name | None = None
    owner: Team | None = None
    time_limit: _Hours | None = None
    at_limit: AtLimit | None = None
    at_most: Annotated[int, Field(ge=1, le=100)] | None = None
    on_disagreement: OnDisagreement | None = None
    why: _Text | None = None
    expects_of_marketing: _Text | None = None
    expects_of_sales: _Text | None = None


class RuleSet(Strict):
    """The rules, where a lead begins (where the first rule does, unless given) and may rest."""

    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=200)]
    start: _Status | None = None
    ends: Annotated[tuple[_Status, ...], Field(max_length=50)] = ENDS

    @model_validator(mode="after")
    def _no_name_twice(self) -> RuleSet:
        """Refuse two rules with one name for one type of customer: no row could name them."""
        seen = set()
        for i, rule in enumerate(self.rules):
            key = (rule.name.casefold(), (rule.customer_type or "").casefold())
            if key in seen:
                raise misfit("same_rule_name", at=("rules", i, "name"), given=rule.name)
            seen.add(key)
        return self

    @property
    def first_status(self) -> str:
        """The status in which a lead begins."""
        return self.start or self.rules[0].from_status

    @property
    def customer_types(self) -> tuple[str, ...]:
        """The types of customer that have a rule of their own, sorted."""
        return tuple(sorted({rule.customer_type for rule in self.rules if rule.customer_type}))

    def applying(self, customer_type: str | None) -> tuple[Rule, ...]:
        """Return the rules for a type of customer; for null those of whom no rule names."""
        own = [rule for rule in self.rules if _same(rule.customer_type, customer_type)]
        cases = {_case(rule) for rule in own}
        return tuple(
            rule
            for rule in self.rules
            if rule in own or (rule.customer_type is None and _case(rule) not in cases)
        )


def read_rules(folder: Path) -> RuleSet | None:
    """Return the rules of a workspace, or ``None`` where none were written down.

    Raises ``InputError`` that names the file, the line, what was given and what is allowed.
    """
    path = folder / RULES_FILE
    return read_model(path, RuleSet) if path.is_file() else None


def _same(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.casefold() == other.casefold()


def _case(rule: Rule) -> tuple[str, str]:
    return rule.from_status, rule.trigger.casefold()
