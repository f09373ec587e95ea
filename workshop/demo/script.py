"""The script of the example session: what is done when, every answer, and the words of both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from workshop.model_file import read_model
from workshop.model_kinds import Closed
from workshop.questions.experiment import Measure
from workshop.resources import kit
from workshop.session.reviews import Outcome
from workshop.session.schema import TEAMS

Team = Literal["sales", "marketing", "other"]
ByTeam = dict[Team, tuple[Any, ...]]
"""Values by team, in the order of its people; who is not in the list gave none."""
Verb = Literal["ask", "vote", "decide", "promise", "review", "experiment"]


class Person(NamedTuple):
    """Someone who takes part: a number, a team, and a place among its people."""

    number: int
    team: Team
    place: int


class Step(NamedTuple):
    """One thing that is done: a verb, and what it is done with."""

    verb: str
    what: tuple[str, ...]


class Sitting(Closed):
    """One sitting: when it starts, with which export, its steps, and the reports made after it."""

    starts: dt.datetime
    weeks_later: int
    steps: tuple[str, ...]
    reports: tuple[str, ...]

    def done(self) -> Iterator[Step]:
        """Yield what is done, in order."""
        for step in self.steps:
            verb, *what = step.split()
            yield Step(verb, tuple(what))

    def start(self, zone: ZoneInfo) -> dt.datetime:
        """Return when it starts, where the client is."""
        return self.starts.replace(tzinfo=zone)


class Deciding(Closed):
    """Who owns a decision, when it is looked at again, and who signs for sales and marketing."""

    owner: int
    review_on: dt.date
    signed: tuple[int, int] | None = None


class Promising(Closed):
    """Whose a promise is, and by when."""

    owner: int
    by: dt.date


class Looking(Closed):
    """What became of a decision, and when it is looked at again."""

    outcome: Outcome
    next_on: dt.date | None = None


class Trying(Closed):
    """The test of an experiment, its days, and who is behind it: of sales and of marketing."""

    measure: Measure
    source: str
    at_least: float
    starts_on: dt.date
    ends_on: dt.date
    who: tuple[int, int]


class Play(Closed):
    """Everything that is the same in both languages."""

    teams: dict[Team, int]
    sittings: tuple[Sitting, ...]
    goal: dict[str, Any]
    votes: dict[str, ByTeam]
    decisions: dict[str, Deciding]
    promises: dict[str, Promising]
    reviews: dict[str, Looking]
    experiments: dict[str, Trying]
    answers: dict[str, dict[str, ByTeam]]
    involvement: dict[str, dict[str, dict[Team, tuple[int, int]]]]


class DecisionWords(Closed):
    """A decision in words; a subject where it is not of a term, the rules or the goal."""

    subject: str = ""
    what: str
    why: str
    expects_of_marketing: str
    expects_of_sales: str


class PromiseWords(Closed):
    """A promise in words."""

    what: str
    so_that: str


class TryingWords(Closed):
    """An experiment in words, as its form asks for them."""

    tries: str
    with_whom: str
    because: str
    if_not: str
    marketing_does: str
    sales_does: str


class Spoken(Closed):
    """Everything that somebody says or writes, in one language."""

    person: str
    answers: dict[str, dict[str, ByTeam]]
    reasons: dict[str, ByTeam]
    decisions: dict[str, DecisionWords]
    promises: dict[str, PromiseWords]
    experiments: dict[str, TryingWords]
    notes: dict[str, str]


@dataclass(frozen=True)
class Script:
    """The play with the words of one language."""

    language: str
    play: Play
    spoken: Spoken

    @property
    def people(self) -> tuple[Person, ...]:
        """Who takes part, numbered through the teams."""
        places = [(team, place) for team in TEAMS for place in range(self.play.teams[_team(team)])]
        return tuple(
            Person(n, _team(team), place) for n, (team, place) in enumerate(places, start=1)
        )

    def person(self, number: int) -> Person:
        """Return who has a number."""
        return self.people[number - 1]

    def name(self, number: int) -> str:
        """Return what a person is called: nobody's name, and fictional by its own words."""
        return self.spoken.person.format(n=number)

    def given(self, exercise: str, question: str) -> ByTeam | None:
        """Return what is answered to a question; ``None`` where the script has no answers."""
        for answers in (self.play.answers, self.spoken.answers):
            found = answers.get(exercise, {}).get(question)
            if found is not None:
                return found
        return None


def read_script(language: str) -> Script:
    """Return the script in a language."""
    folder = kit("datasets", "example", "session")
    return Script(
        language,
        read_model(folder / "play.yaml", Play),
        read_model(folder / f"words.{language}.yaml", Spoken),
    )


def of(values: ByTeam, person: Person) -> Any:
    """Return a person's part of what the teams give; ``None`` where there is none."""
    own = values.get(person.team, ())
    return own[person.place] if person.place < len(own) else None


def _team(name: str) -> Team:
    return next(team for team in ("sales", "marketing", "other") if team == name)
