"""A revealed round as the phones show it: the room's answers, as far as they may be read."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workshop.i18n import Translator
from workshop.room import words
from workshop.session.exercise import (
    Choice,
    Choices,
    Dots,
    FreeText,
    Involvement,
    Label,
    Lines,
    Number,
    Question,
    Ranking,
    Statement,
)
from workshop.session.floor import INSIDE, TOTAL
from workshop.session.results import Results, results
from workshop.session.rounds import Round
from workshop.session.store import Store
from workshop.session.tally import drawn_groups, gathered, lines, tally


class Bar(NamedTuple):
    """What one team gave one answer: a share of 100 to draw, and the figure to read."""

    team: str
    code: str
    share: float
    said: str
    people: int


class Line(NamedTuple):
    """One answer, with a bar for each team that may be shown."""

    answer: str
    text: str
    bars: tuple[Bar, ...]


class Spread(NamedTuple):
    """Where a team's numbers lie: places of 100 to draw, and the figures to read."""

    team: str
    code: str
    low: float
    middle: float
    high: float
    said: str
    middle_said: str


class Quotes(NamedTuple):
    """What a team wrote: each line, who wrote it where the round was named, and how many did."""

    team: str
    code: str
    texts: tuple[tuple[str, str | None, int], ...]


class Part(NamedTuple):
    """One item of a question as it is shown; ``note`` says what is hidden and why."""

    item: str
    title: str | None
    facts: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str, int], ...]
    lines: tuple[Line, ...]
    spreads: tuple[Spread, ...]
    quotes: tuple[Quotes, ...]
    named: tuple[tuple[str, str], ...]
    note: str | None


class Shown(NamedTuple):
    """A question and its parts."""

    question: Question
    parts: tuple[Part, ...]

    @property
    def by_item(self) -> dict[str, Part]:
        """The parts by what they are about."""
        return {part.item: part for part in self.parts}


def shown(
    store: Store, found: Round, floor: int, t: Translator, currency: str
) -> tuple[Shown, ...]:
    """Return the questions of a revealed round with the room's answers.

    Raises ``InputError`` (``sealed``) before the reveal.
    """
    told = results(store, found.round_id)
    view = _View(told, floor, t, currency)
    return tuple(
        Shown(question, tuple(view.part(question, item, table) for item in question.items()))
        for question in found.content.questions
        for table in [tally(told, question)]
    )


class _View(NamedTuple):
    told: Results
    floor: int
    t: Translator
    currency: str

    def part(self, question: Question, item: str, table: pd.DataFrame) -> Part:
        t = self.t
        groups = self._groups(item)
        own = table[(table["item"] == item) & table["team"].isin(groups.index)]
        order = [code for code in groups.index if (own["team"] == code).any()]
        cells = {code: own[own["team"] == code] for code in order}
        spread = isinstance(question, Number | Involvement)
        written = isinstance(question, FreeText | Lines)
        cards = question.cards if isinstance(question, Label) else ()
        card = dict(zip(question.items(), cards, strict=True)).get(item) if cards else None
        return Part(
            item,
            words.item_title(t, question, item),
            tuple(words.facts(t, card)) if card else (),
            tuple((words.team(t, code), code, int(groups[code])) for code in order),
            () if spread or written else self._lines(question, cells, groups),
            self._spreads(question, cells) if spread else (),
            self._quotes(item, cells) if written else (),
            () if written else self._named(question, item),
            self._note(item, bool(order)),
        )

    def _groups(self, item: str) -> pd.Series[int]:
        """Return the people of each group to show: the teams, or else both together."""
        mine = self.told.groups[self.told.groups["item"] == item]
        people = mine[mine["shown"]].set_index("team")["people"]
        # Texts of which only the team is hidden stand under the total.
        return people.reindex(drawn_groups(people.index[people > 0])).astype(int)

    def _lines(
        self, question: Question, cells: dict[str, pd.DataFrame], groups: pd.Series[int]
    ) -> tuple[Line, ...]:
        options = _options(question, self.t)
        order = list(options)
        if isinstance(question, Ranking | Dots) and cells:
            together = pd.concat(cells.values()).groupby("answer")["amount"].mean()
            ascending = isinstance(question, Ranking)
            order = list(together.sort_values(ascending=ascending, kind="stable").index)
        return tuple(
            Line(
                answer,
                options[answer],
                tuple(
                    self._bar(question, code, cell[cell["answer"] == answer], int(groups[code]))
                    for code, cell in cells.items()
                ),
            )
            for answer in order
        )

    def _bar(self, question: Question, code: str, row: pd.DataFrame, people: int) -> Bar:
        t = self.t
        n = int(row["people"].iloc[0])
        amount = float(row["amount"].iloc[0])
        if isinstance(question, Ranking):
            least = len(question.options)
            share = 100 * (least - amount) / (least - 1)
            said = t("room.result.place", place=t.number(amount, 1))
        elif isinstance(question, Dots):
            share = 100 * amount / (question.dots * people)
            said = t("room.result.dots", n=int(amount))
        else:
            share = 100 * n / people
            said = t("room.result.people", n=n, share=n / people)
        return Bar(words.team(t, code), code, round(share, 1), said, n)

    def _spreads(self, question: Question, cells: dict[str, pd.DataFrame]) -> tuple[Spread, ...]:
        if not cells:
            return ()
        scale = _scale(question, pd.concat(cells.values())["amount"])
        return tuple(self._spread(question, code, cell, scale) for code, cell in cells.items())

    def _spread(
        self, question: Question, code: str, cell: pd.DataFrame, scale: tuple[float, float]
    ) -> Spread:
        values = dict(zip(cell["answer"], cell["amount"].astype(float), strict=True))
        figures = [values[name] for name in ("lowest", "median", "highest")]
        if isinstance(question, Number):
            said = [words.number(self.t, question, one, self.currency) for one in figures]
        else:
            said = [words.part(self.t, one) for one in figures]
        key = "room.result.spread" if said[0] != said[2] else "room.result.all_same"
        start, width = scale
        low, middle, high = (round(100 * (one - start) / width, 1) for one in figures)
        text = self.t(key, low=said[0], middle=said[1], high=said[2])
        return Spread(words.team(self.t, code), code, low, middle, high, text, said[1])

    def _quotes(self, item: str, cells: dict[str, pd.DataFrame]) -> tuple[Quotes, ...]:
        found = []
        for code, cell in cells.items():
            texts: list[tuple[str, str | None, int]]
            texts = [(text, None, n) for text, n in gathered(cell["answer"])]
            if self.told.round.named:
                rows = self.told.rows
                mine = rows[(rows["item"] == item) & (rows["team"] == code)]
                texts = [
                    (line, name, 1)
                    for name, value in zip(mine["name"], mine["value"], strict=True)
                    for line in lines(value)
                ]
            found.append(Quotes(words.team(self.t, code), code, tuple(texts)))
        return tuple(found)

    def _named(self, question: Question, item: str) -> tuple[tuple[str, str], ...]:
        """Return everyone's answer beside the name, where the round was named."""
        if not self.told.round.named:
            return ()
        rows = self.told.rows[self.told.rows["item"] == item]
        said = [
            (str(name), words.own(self.t, question, value, self.currency))
            for name, value in zip(rows["name"], rows["value"], strict=True)
        ]
        return tuple(sorted(said))

    def _note(self, item: str, any_shown: bool) -> str | None:
        """Return the sentence on what is hidden; ``None`` where all there is stands there."""
        if self.told.round.named:
            return None if any_shown else self.t("room.result.nobody")
        again = "_again" if self.told.round.repeats else ""
        if not any_shown:
            return self.t(f"room.result.hidden_all{again}", floor=self.floor)
        mine = self.told.groups[self.told.groups["item"] == item].set_index("team")
        teams = mine.loc[list(INSIDE), "shown"]
        if not teams.any():
            return self.t(f"room.result.hidden_teams{again}", floor=self.floor)
        if not mine.loc[TOTAL, "shown"]:
            return self.t("room.result.hidden_rest", floor=self.floor)
        return None


def _scale(question: Question, amounts: pd.Series[float]) -> tuple[float, float]:
    """Return where a strip begins and how wide it is.

    Guesses of days or money lie close together within what may be answered: there the strip runs
    from the lowest to the highest answer.
    """
    if isinstance(question, Involvement):
        return 0.0, float(question.most)
    if not isinstance(question, Number):
        return 0.0, 100.0
    if question.unit == "percent":
        return question.lowest, question.highest - question.lowest
    lowest, highest = float(amounts.min()), float(amounts.max())
    return (lowest, highest - lowest) if highest > lowest else (lowest - 0.5, 1.0)


def _options(question: Question, t: Translator) -> dict[str, str]:
    if isinstance(question, Statement):
        return {str(n): t(f"room.agree.{n}") for n in range(1, 6)}
    if isinstance(question, Choice | Choices | Label | Ranking | Dots):
        return {option.id: option.text.of(t.language) for option in question.options}
    raise TypeError(f"{question.kind} is not counted by option")
