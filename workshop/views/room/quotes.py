"""Texts as quotes, team by team."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workshop.i18n import Translator
from workshop.session.exercise import FreeText, Lines
from workshop.session.floor import APART, TOTAL
from workshop.session.results import Results
from workshop.session.tally import gathered, lines
from workshop.views.fragment import Shown, fill
from workshop.views.look import lines_of
from workshop.views.room.groups import group_name

ORDER = ("sales", "marketing", TOTAL, APART)


@dataclass(frozen=True)
class Quote:
    """A line that somebody wrote, in a named round beside the name.

    ``said_by`` says the name as it stands beside the text. ``times`` is how many wrote that very
    line, ``often`` the same in words.
    """

    text: str
    name: str = ""
    said_by: str = ""
    times: int = 1
    often: str = ""


@dataclass(frozen=True)
class Voices:
    """The quotes of one group, and in words how many more there are."""

    name: str
    quotes: tuple[Quote, ...]
    rest: str = ""


@dataclass(frozen=True)
class Quotes(Shown):
    """What the groups wrote, beside each other."""

    title: str
    columns: tuple[Voices, ...]

    def html(self) -> str:
        """Return a column a group."""
        return fill("quotes.html.j2", quotes=self)

    def plain(self) -> str:
        """Return the quotes under their groups."""
        lines = [self.title]
        for column in self.columns:
            lines += [column.name]
            for quote in column.quotes:
                lines += [f"- {quote.text} {quote.often}".rstrip()]
            lines += [column.rest] if column.rest else []
        return "\n".join(lines)


def quotes(
    found: Results, question: FreeText | Lines, t: Translator, most: int | None = None
) -> list[Shown]:
    """Show what may be shown of the texts: what most wrote first, else in an order without meaning.

    Of each group ``most`` quotes; all of them unless given.
    """
    voices = voices_of(found, question, t)
    columns = tuple(_column(group_name(t, group), said, t, most) for group, said in voices.items())
    if not columns:
        return []
    n = sum(quote.times for said in voices.values() for quote in said)
    return [Quotes(t("said.quotes.title", n=n), columns)]


def voices_of(found: Results, question: FreeText | Lines, t: Translator) -> dict[str, list[Quote]]:
    """Return all that may be shown of the texts, by group."""
    rows = found.rows[found.rows["item"] == question.id]
    voices = {str(group): _said(own, t) for group, own in rows.groupby(rows["team"].fillna(TOTAL))}
    return {group: voices[group] for group in ORDER if group in voices}


def _column(name: str, said: list[Quote], t: Translator, most: int | None) -> Voices:
    """Return the quotes of a group; a single one more takes no more room than to say so."""
    if most is None or len(said) <= most + 1:
        return Voices(name, tuple(said))
    return Voices(name, tuple(said[:most]), t("said.quotes.rest", n=len(said) - most))


def _said(rows: pd.DataFrame, t: Translator) -> list[Quote]:
    """Return each line, beside the name of who wrote it where there are names."""
    named = rows["name"].notna()
    quoted = [
        Quote(line, row.name, t("said.by", name=row.name))
        for row in lines_of(rows[named])
        for line in lines(row.value)
    ]
    lone = gathered(rows.loc[~named, "value"])
    return [
        *quoted,
        *(
            Quote(line, times=n, often=t("room.result.times", n=n) if n > 1 else "")
            for line, n in lone
        ),
    ]
