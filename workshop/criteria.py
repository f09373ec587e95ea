"""A definition as data: criteria on a lead, joined by all of, any of and not.

::

    term: mql
    version: 3
    joint:
      text: Fits our market and has shown interest
      criteria:
        all_of:
          - {field: sector, operator: one_of, value: [Voeding, Logistiek], about: fit}
          - {field: activities.Download, operator: at_least, value: 2, about: readiness}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, get_args

from pydantic import (
    BaseModel,
    Discriminator,
    Field,
    PlainValidator,
    StringConstraints,
    Tag,
    model_validator,
)

from workshop.errors import Phrase
from workshop.model_file import misfit, said_as
from workshop.model_kinds import Strict

Side = Literal["joint", "sales", "marketing"]
SIDES: tuple[Side, ...] = get_args(Side)
Operator = Literal["is", "is_not", "one_of", "none_of", "at_least", "at_most", "is_known"]
About = Literal["fit", "readiness"]

LANDMARK_DAYS = 30
"""Days after a lead's creation at which it is judged, unless the term says otherwise."""
WINDOW_DAYS = 180
"""Days after its creation within which a lead becomes a customer, or does not count as one."""

_Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Value: TypeAlias = str | int | float
_MOST_VALUES = 500
_LARGEST = 1e15


def _plain(value: object) -> Value | tuple[Value, ...] | None:
    """Let through nothing, texts, finite numbers and lists of these."""
    if isinstance(value, list | tuple):
        if not 0 < len(value) <= _MOST_VALUES:
            raise misfit("values", most=_MOST_VALUES)
        return tuple(_plain_one(item) for item in value)
    return None if value is None else _plain_one(value)


def _plain_one(value: object) -> Value:
    if isinstance(value, str) and value and "\x00" not in value:
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return value
    raise misfit("value")


def _shape(value: Value | tuple[Value, ...] | None) -> str:
    """Return the code of what kind of value this is."""
    if value is None:
        return "nothing"
    if isinstance(value, tuple):
        kinds = {isinstance(item, str) for item in value}
        return "mixed" if len(kinds) > 1 else _WORDS[kinds.pop()] + "s"
    return _WORDS[isinstance(value, str)]


_WORDS = {True: "text", False: "number"}
_ONE = ("text", "number")
_LIST = ("texts", "numbers")
_TAKES: dict[str, tuple[str, ...]] = {
    "is": _ONE,
    "is_not": _ONE,
    "one_of": _LIST,
    "none_of": _LIST,
    "at_least": ("number",),
    "at_most": ("number",),
    "is_known": ("nothing",),
}


class Criterion(Strict):
    """One statement about a lead: true, false, or unknown where its field is empty.

    ``is_known`` takes no value and is never unknown. ``about`` tells whether it says who the lead
    is (fit) or how far it has come (readiness).
    """

    field: _Text
    operator: Operator
    value: Annotated[Value | tuple[Value, ...] | None, PlainValidator(_plain)] = None
    about: About | None = None

    @model_validator(mode="after")
    def _value_fits(self) -> Criterion:
        takes = _TAKES[self.operator]
        if _shape(self.value) not in takes:
            kinds = [Phrase(f"operand.{kind}") for kind in takes]
            raise misfit("operand", at=("value",), operator=self.operator, kinds=kinds)
        return self

    @property
    def values(self) -> tuple[Value, ...]:
        """The value or values, as a tuple."""
        if self.value is None:
            return ()
        return self.value if isinstance(self.value, tuple) else (self.value,)


class AllOf(Strict):
    """Holds when all clauses do; false when one is false, else unknown when one is unknown."""

    all_of: Annotated[tuple[Clause, ...], Field(min_length=1, strict=False)]


class AnyOf(Strict):
    """Holds when one clause does; else unknown when one is unknown."""

    any_of: Annotated[tuple[Clause, ...], Field(min_length=1, strict=False)]


class Not(Strict):
    """Holds when its clause is false; unknown when that is unknown."""

    negated: Clause = Field(alias="not")


def _kind(value: Any) -> str | None:
    """Return which of the four clauses this is, by the key that only it has."""
    if isinstance(value, BaseModel):
        return _TAGS[type(value)]
    found = [tag for key, tag in _KEYS.items() if isinstance(value, dict) and key in value]
    return found[0] if len(found) == 1 else None


_KEYS = {"field": "criterion", "all_of": "all_of", "any_of": "any_of", "not": "not"}
_TAGS: dict[type[BaseModel], str] = {
    Criterion: "criterion",
    AllOf: "all_of",
    AnyOf: "any_of",
    Not: "not",
}

Clause: TypeAlias = Annotated[
    Annotated[Criterion, Tag("criterion")]
    | Annotated[AllOf, Tag("all_of")]
    | Annotated[AnyOf, Tag("any_of")]
    | Annotated[Not, Tag("not")],
    Discriminator(_kind),
    said_as("clause"),
]


class Version(Strict):
    """What one side means by a term: its own words, and the criteria if there are any yet."""

    text: Annotated[str, StringConstraints(max_length=5_000)] | None = None
    criteria: Clause | None = None


class Definition(Strict):
    """A term's meaning, versioned: the joint one, and those of either side.

    A lead is judged ``landmark_days`` after its creation; ``outcome`` is what it should become
    within ``window_days`` of its creation.
    """

    term: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$"), said_as("term")]
    version: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    landmark_days: Annotated[int, Field(ge=0, le=730)] = LANDMARK_DAYS
    window_days: Annotated[int, Field(ge=1, le=1_825)] = WINDOW_DAYS
    outcome: Literal["won", "opportunity"] = "won"
    joint: Version | None = None
    sales: Version | None = None
    marketing: Version | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Definition:
        if not any(getattr(self, side) for side in SIDES):
            raise misfit("no_side", allowed=list(SIDES))
        if self.window_days <= self.landmark_days:
            raise misfit("window", at=("window_days",), landmark=self.landmark_days)
        return self

    @property
    def sides(self) -> dict[Side, Clause]:
        """The sides that have criteria, in order, with them."""
        versions = {side: getattr(self, side) for side in SIDES}
        return {side: v.criteria for side, v in versions.items() if v and v.criteria}


class Codes(NamedTuple):
    """One line of a definition, for a view to put into words.

    ``joined`` is how the line hangs together with those beside it under the same parent
    (``all_of``, ``any_of``, ``not``; null for the first). A line without a field opens a group.
    """

    depth: int
    joined: str | None
    field: str | None
    operator: str
    value: Value | tuple[Value, ...] | None
    about: str | None


def codes(clause: Clause) -> list[Codes]:
    """Return a definition as lines of codes, outermost first.

    >>> clause = AllOf.model_validate(
    ...     {"all_of": [{"field": "role", "operator": "is_known"}]}
    ... )
    >>> [(line.depth, line.field, line.operator) for line in codes(clause)]
    [(0, None, 'all_of'), (1, 'role', 'is_known')]
    """
    return list(_codes(clause, 0, None))


def _codes(clause: Clause, depth: int, joined: str | None) -> Iterator[Codes]:
    if isinstance(clause, Criterion):
        yield Codes(depth, joined, clause.field, clause.operator, clause.value, clause.about)
        return
    how = _TAGS[type(clause)]
    yield Codes(depth, joined, None, how, None, None)
    for part in parts(clause):
        yield from _codes(part, depth + 1, how)


def parts(clause: Clause) -> tuple[Clause, ...]:
    """Return the clauses directly within one."""
    if isinstance(clause, AllOf):
        return clause.all_of
    if isinstance(clause, AnyOf):
        return clause.any_of
    return (clause.negated,) if isinstance(clause, Not) else ()


def criteria(clause: Clause) -> Iterator[Criterion]:
    """Yield every criterion of a definition, in order."""
    if isinstance(clause, Criterion):
        yield clause
    for part in parts(clause):
        yield from criteria(part)
