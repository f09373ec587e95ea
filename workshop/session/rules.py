"""The hand-over rules that were agreed, or that a consultant proposes: ``rules.yaml``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from workshop.errors import InputError
from workshop.session.marked_yaml import Marked, Place, read_marked

RULES_FILE = "rules.yaml"
ENDS = ("opportunity", "customer", "won", "lost", "rejected")
"""Statuses in which a lead may rest, unless the file says others."""

Team = Literal["sales", "marketing"]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
_Status = Annotated[
    str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True, to_lower=True)
]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
_Hours = Annotated[float, Field(gt=0, le=2000, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AtLimit(_Strict):
    """What happens when the time limit passes: a new status, a new owner, somebody is told."""

    status: _Status | None = None
    owner: Team | None = None
    tell: _Name | None = None


class OnDisagreement(_Strict):
    """What happens when the teams disagree about a lead: who decides, and within how long."""

    decides: _Name
    within: _Hours
    reason_required: bool = True


class Rule(_Strict):
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


class RuleSet(_Strict):
    """The rules, where a lead begins (where the first rule does, unless given) and may rest."""

    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=200)]
    start: _Status | None = None
    ends: Annotated[tuple[_Status, ...], Field(max_length=50)] = ENDS

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
    if not path.is_file():
        return None
    marked = read_marked(path)
    if not isinstance(marked.data, dict):
        given = _short(marked.data)
        raise InputError(
            "bad_field", path=str(path), line=1, field=RULES_FILE, given=given, kinds=["fields"]
        )
    try:
        rules = RuleSet.model_validate(marked.data)
    except ValidationError as error:
        raise _first_problem(path, marked, error) from error
    _refuse_doubles(path, marked, rules.rules)
    return rules


def _same(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.casefold() == other.casefold()


def _case(rule: Rule) -> tuple[str, str]:
    return rule.from_status, rule.trigger.casefold()


def _refuse_doubles(path: Path, marked: Marked, rules: Iterable[Rule]) -> None:
    """Refuse two rules with one name for one type of customer: no row could name them."""
    seen = set()
    for i, rule in enumerate(rules):
        key = (rule.name.casefold(), (rule.customer_type or "").casefold())
        if key in seen:
            line = marked.line(("rules", i, "name"))
            raise InputError("same_rule_name", path=str(path), line=line, given=rule.name)
        seen.add(key)


_EXPECTED: dict[str, str] = {
    "rules": "rules",
    "owner": "team",
    "time_limit": "hours",
    "within": "hours",
    "at_most": "times",
    "at_limit": "fields",
    "on_disagreement": "fields",
    "reason_required": "true_or_false",
    "ends": "statuses",
    "why": "long_text",
    "expects_of_marketing": "long_text",
    "expects_of_sales": "long_text",
}
_FIELDS: dict[int, type[BaseModel]] = {0: RuleSet, 2: Rule}
_PARTS: dict[str | int, type[BaseModel]] = {"at_limit": AtLimit, "on_disagreement": OnDisagreement}


def _first_problem(path: Path, marked: Marked, error: ValidationError) -> InputError:
    """Return the first problem in the file's order as an error with its line."""
    found = error.errors(include_url=False, include_context=False)
    # A list that lost a wrong item may be called too short as well: the item is the problem.
    within = {item["loc"][:n] for item in found for n in range(len(item["loc"]))}
    own = [item for item in found if item["loc"] not in within]
    first = min(own, key=lambda item: marked.line(item["loc"]))
    place: Place = first["loc"]
    where: dict[str, Any] = {
        "path": str(path),
        "line": marked.line(place),
        "field": _spelled(place),
    }
    if first["type"] == "extra_forbidden":
        return InputError("unknown_field", **where, allowed=_allowed_names(place[:-1]))
    if first["type"] == "missing":
        return InputError("missing_field", **where)
    named = [part for part in place if isinstance(part, str)]
    kind = _EXPECTED.get(named[-1], "short_text")
    return InputError("bad_field", **where, given=_short(first["input"]), kinds=[kind])


def _allowed_names(place: Place) -> list[str]:
    model = _PARTS.get(place[-1]) if place else None
    model = model or _FIELDS.get(len(place), Rule)
    return [field.alias or name for name, field in model.model_fields.items()]


def _spelled(place: Place) -> str:
    """Write a place as people do: ``rules[2].owner``, counted from 1.

    >>> _spelled(("rules", 1, "owner"))
    'rules[2].owner'
    """
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".") or RULES_FILE


def _short(given: object) -> str:
    """Write what was given as it stood in the file, not all of it where it is long."""
    words = {True: "true", False: "false", None: "null"}
    if isinstance(given, dict | tuple):
        brackets = "{}" if isinstance(given, dict) else "[]"
        return "…".join(brackets) if given else brackets
    text = words[given] if given is None or isinstance(given, bool) else str(given)
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
