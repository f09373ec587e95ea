"""Texts as quotes, team by team."""

from __future__ import annotations

from dataclasses import dataclass

from workshop.i18n import Translator
from workshop.session.exercise import FreeText, Lines
from workshop.session.floor import APART, TOTAL
from workshop.session.results import Results
from workshop.views.fragment import Shown, fill
from workshop.views.look import lines_of
from workshop.views.room.groups import group_name

ORDER = ("sales", "marketing", TOTAL, APART)


@dataclass(frozen=True)
class Quote:
    """What somebody wrote: in a named round all of it, beside the name; else a line."""

    lines: tuple[str, ...]
    said_by: str = ""


@dataclass(frozen=True)
class Voices:
    """The quotes of one group."""

    name: str
    quotes: tuple[Quote, ...]


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
            lines += [f"- {text}" for quote in column.quotes for text in quote.lines]
        return "\n".join(lines)


def quotes(found: Results, question: FreeText | Lines, t: Translator) -> list[Shown]:
    """Show what may be shown of the texts, in an order that tells nothing."""
    rows = found.rows[found.rows["item"] == question.id]
    voices: dict[str, list[Quote]] = {}
    for row in lines_of(rows):
        texts = row.value if isinstance(row.value, list) else [row.value]
        said_by = t("said.by", name=row.name) if row.name else ""
        group = row.team if row.team else TOTAL
        lines = tuple(str(text) for text in texts)
        own = [Quote(lines, said_by)] if said_by else [Quote((line,)) for line in lines]
        voices.setdefault(str(group), []).extend(own)
    columns = tuple(
        Voices(group_name(t, group), tuple(voices[group])) for group in ORDER if group in voices
    )
    if not columns:
        return []
    n = sum(len(quote.lines) for column in columns for quote in column.quotes)
    return [Quotes(t("said.quotes.title", n=n), columns)]
