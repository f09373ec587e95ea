"""An exercise: what is asked of the room, in both languages, and what an answer may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from workshop.model_file import misfit, said_as
from workshop.model_kinds import Closed

MOST_QUESTIONS = 40
SIDES = ("marketing", "sales")
"""The teams whose part in the journey is asked for, in the order of the journey."""

About = Literal[
    "win_rate", "days_to_won", "lead_to_won", "lead_to_mql", "mql_to_sql", "first_touch_hours"
]
"""What a guess can be about, such that the CRM has an answer to hold it against."""

Which = Literal["best_channel", "noisy_channel", "best_campaign", "fastest_sector"]
"""What a choice can be about, such that the CRM gives its options and says what it knows."""

_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$"), said_as("id")]
_Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]


class Words(Closed):
    """A text in both languages."""

    nl: _Text
    en: _Text

    def of(self, language: str) -> str:
        """Return the text in one language."""
        return str(getattr(self, language))


class Option(Closed):
    """One of the answers that can be chosen."""

    id: _Id
    text: Words


_Options = Annotated[tuple[Option, ...], Field(min_length=2, max_length=30)]
_OwnOptions = Annotated[tuple[Option, ...], Field(max_length=30)]


class Card(Closed):
    """A lead as the room sees it: facts by field, never its outcome, its name or a contact."""

    lead_id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    facts: tuple[tuple[str, str | None], ...]


class Place(NamedTuple):
    """Where in the journey an item of involvement belongs; the type is empty where none is."""

    customer_type: str
    stage: Words
    team: str


class BadAnswer(ValueError):
    """An answer that its question does not allow: a code, and what is allowed."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code, fields)
        self.code = code
        self.fields = fields


class _Question(Closed):
    """What all kinds share: an id, what is asked, and a word of help."""

    id: _Id
    text: Words
    help: Words | None = None

    def items(self) -> tuple[str, ...]:
        """Return the ids of what is answered one by one."""
        return (self.id,)

    def checked(self, value: Any) -> Any:
        """Return an answer as it is stored, or null for none; raise ``BadAnswer``."""
        raise NotImplementedError


class Statement(_Question):
    """How far do you agree, 1 (not at all) to 5 (entirely)."""

    kind: Literal["statement"]
    about: _Id | None = None

    def checked(self, value: Any) -> int | None:
        """Take 1 to 5."""
        return None if _nothing(value) else _whole(value, 1, 5)


class FreeText(_Question):
    """A text in one's own words."""

    kind: Literal["text"]
    longest: Annotated[int, Field(ge=20, le=2_000)] = 600

    def checked(self, value: Any) -> str | None:
        """Take a text of at most ``longest`` characters."""
        return _text(value, self.longest)


class Lines(_Question):
    """Several short lines, such as a note for each reason."""

    kind: Literal["lines"]
    most: Annotated[int, Field(ge=1, le=20)] = 8
    longest: ClassVar[int] = 200

    def checked(self, value: Any) -> list[str] | None:
        """Take lines, as a list or as one text; empty ones do not count."""
        given = value.splitlines() if isinstance(value, str) else value
        lines = [text for line in _listed(given) if (text := _text(line, self.longest))]
        if len(lines) > self.most:
            raise BadAnswer("too_many_lines", most=self.most)
        return lines or None


class Choice(_Question):
    """One of several; with ``which`` the options may be left to the CRM."""

    kind: Literal["choice"]
    options: _OwnOptions = ()
    which: Which | None = None

    @model_validator(mode="after")
    def _options_or_the_crm(self) -> Choice:
        if len(self.options) < 2 and not (self.which and not self.options):
            raise misfit("options_needed", at=("options",), instead="which")
        _distinct_options(self)
        return self

    def checked(self, value: Any) -> str | None:
        """Take an option's id."""
        return None if _nothing(value) else _option(value, self.options)


class Choices(_Question):
    """Any of several, at most so many."""

    kind: Literal["choices"]
    options: _Options
    most: Annotated[int, Field(ge=1, le=30)] | None = None

    _distinct = model_validator(mode="after")(lambda self: _distinct_options(self))

    def checked(self, value: Any) -> list[str] | None:
        """Take ids of options, each once."""
        chosen = {_option(one, self.options) for one in _listed(value)}
        if self.most is not None and len(chosen) > self.most:
            raise BadAnswer("too_many_choices", most=self.most)
        return [option.id for option in self.options if option.id in chosen] or None


class Label(_Question):
    """One label for each of some leads; the cards are dealt when the round opens."""

    kind: Literal["label"]
    options: _Options
    count: Annotated[int, Field(ge=3, le=30)] = 12
    cards: Annotated[tuple[Card, ...], Field(max_length=30)] = ()

    _distinct = model_validator(mode="after")(lambda self: _distinct_options(self))

    def items(self) -> tuple[str, ...]:
        """Return an item a card, by its place: a lead's id may mean something to someone."""
        return tuple(f"{self.id}/{n}" for n in range(len(self.cards)))

    def checked(self, value: Any) -> str | None:
        """Take an option's id."""
        return None if _nothing(value) else _option(value, self.options)


class Number(_Question):
    """A number within bounds, such as a guess before the data."""

    kind: Literal["number"]
    lowest: Annotated[float, Field(allow_inf_nan=False)] = 0
    highest: Annotated[float, Field(allow_inf_nan=False)]
    unit: Literal["percent", "money", "days", "hours", "count"] = "count"
    about: About | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Number:
        if self.highest <= self.lowest:
            raise misfit("highest_below_lowest", at=("highest",), lowest=self.lowest)
        return self

    def checked(self, value: Any) -> float | None:
        """Take a number from ``lowest`` to ``highest``, with a point or a comma."""
        if _nothing(value):
            return None
        try:
            number = float(str(value).strip().replace(",", "."))
        except ValueError:
            number = float("nan")
        if not self.lowest <= number <= self.highest:
            lowest, highest = (int(x) if x == int(x) else x for x in (self.lowest, self.highest))
            raise BadAnswer("number_out_of_range", lowest=lowest, highest=highest)
        return number


class Involvement(_Question):
    """How much each team should do: at each stage, for each type of customer.

    From 0 (nothing) to 4 (leads), for marketing and for sales apart: both can do much, or little.
    """

    kind: Literal["involvement"]
    stages: _Options
    customer_types: Annotated[tuple[_Line, ...], Field(max_length=6)] = ()
    most: ClassVar[int] = 4

    _distinct = model_validator(mode="after")(lambda self: _distinct_options(self))

    def items(self) -> tuple[str, ...]:
        """Return an item a type of customer, stage and team; types are numbered in their order."""
        types = range(max(1, len(self.customer_types)))
        return tuple(
            self.item(n, stage.id, team) for n in types for stage in self.stages for team in SIDES
        )

    def item(self, number: int, stage: str, team: str) -> str:
        """Return the item of a type of customer (by its number), a stage and a team."""
        return f"{self.id}/{number}/{stage}/{team}"

    def place(self, item: str) -> Place:
        """Return what an item is about."""
        _, number, stage, team = item.rsplit("/", 3)
        types = self.customer_types
        named = next(one.text for one in self.stages if one.id == stage)
        return Place(types[int(number)] if types else "", named, team)

    def checked(self, value: Any) -> int | None:
        """Take 0 to 4."""
        return None if _nothing(value) else _whole(value, 0, self.most)


class Ranking(_Question):
    """All options in one's own order, the first first."""

    kind: Literal["ranking"]
    options: _Options

    _distinct = model_validator(mode="after")(lambda self: _distinct_options(self))

    def checked(self, value: Any) -> list[str] | None:
        """Take every option's id once, as a list or as places (``{id: place}``)."""
        given = value
        if isinstance(value, dict):
            places = {key: place for key, place in value.items() if not _nothing(place)}
            numbers = {key: _whole(place, 1, len(self.options)) for key, place in places.items()}
            given = sorted(numbers, key=lambda key: numbers[key])
            if len(set(numbers.values())) < len(numbers):
                raise BadAnswer("place_twice")
        order = [_option(one, self.options) for one in _listed(given)]
        if not order:
            return None
        if len(set(order)) != len(order) or len(order) != len(self.options):
            raise BadAnswer("rank_all", n=len(self.options))
        return order


class Dots(_Question):
    """So many dots to spread over options."""

    kind: Literal["dots"]
    options: _Options
    dots: Annotated[int, Field(ge=1, le=20)] = 3

    _distinct = model_validator(mode="after")(lambda self: _distinct_options(self))

    def checked(self, value: Any) -> dict[str, int] | None:
        """Take dots by option, at most ``dots`` in all."""
        given = {} if _nothing(value) else value
        if not isinstance(given, dict):
            raise BadAnswer("unknown_option")
        spread = {
            _option(key, self.options): 0 if _nothing(n) else _whole(n, 0, self.dots)
            for key, n in given.items()
        }
        if sum(spread.values()) > self.dots:
            raise BadAnswer("too_many_dots", most=self.dots)
        return {key: n for key, n in spread.items() if n} or None


Question: TypeAlias = Annotated[
    Statement | FreeText | Lines | Choice | Choices | Label | Number | Involvement | Ranking | Dots,
    Field(discriminator="kind"),
]


class Exercise(Closed):
    """What is asked of the room in one round.

    ``named``: everyone's answers stand beside their names after the reveal; fixed before a round
    opens, and said on the phone. ``minutes`` is a time box, which ends nothing on its own.
    """

    title: Words
    intro: Words | None = None
    named: bool = False
    minutes: Annotated[int, Field(ge=1, le=120)] | None = None
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]

    @model_validator(mode="after")
    def _distinct_ids(self) -> Exercise:
        _refuse_twice([question.id for question in self.questions], "questions")
        return self

    def items(self) -> Iterator[Item]:
        """Yield all that is answered one by one, in order."""
        for question in self.questions:
            for name in question.items():
                yield Item(name, question)

    def question_of(self, item: str) -> Question:
        """Return the question that an item belongs to; raise ``BadAnswer`` for no such item."""
        for name, question in self.items():
            if name == item:
                return question
        raise BadAnswer("unknown_item")


class Item(NamedTuple):
    """What is answered one by one, and the question it belongs to."""

    name: str
    question: Question


def _distinct_options(question: Any) -> Any:
    name = "stages" if isinstance(question, Involvement) else "options"
    _refuse_twice([option.id for option in getattr(question, name)], name)
    return question


def _refuse_twice(ids: list[str], field: str) -> None:
    for i, name in enumerate(ids):
        if name in ids[:i]:
            raise misfit("id_twice", at=(field, i, "id"), given=name)


def _nothing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _listed(value: Any) -> list[Any]:
    if _nothing(value):
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _whole(value: Any, lowest: int, highest: int) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not text.isascii() or not text.isdecimal() or len(text) > 6:
        raise BadAnswer("number_out_of_range", lowest=lowest, highest=highest)
    if not lowest <= int(text) <= highest:
        raise BadAnswer("number_out_of_range", lowest=lowest, highest=highest)
    return int(text)


def _option(value: Any, options: tuple[Option, ...]) -> str:
    if not isinstance(value, str) or value not in {option.id for option in options}:
        raise BadAnswer("unknown_option")
    return value


def _text(value: Any, longest: int) -> str | None:
    """Return a text without the characters that no one types, or ``None`` for an empty one."""
    if value is not None and not isinstance(value, str):
        raise BadAnswer("text_needed")
    typed = "".join(c for c in value or "" if c.isprintable() or c == "\n").strip()
    if len(typed) > longest:
        raise BadAnswer("text_too_long", most=longest)
    return typed or None
