"""What a report keeps in its files only: the words stay on the page, the figures go behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.i18n import Translator
from workshop.views import sheet_name
from workshop.views.display import Chart, Prose, Table
from workshop.views.fragment import Shown


@dataclass(frozen=True)
class InFiles(Shown):
    """A table that takes no room on the page."""

    table: Table

    def html(self) -> str:
        """Return nothing to see."""
        return ""

    def plain(self) -> str:
        """Return the title and the size."""
        return self.table.plain()

    def behind(self) -> dict[str, Any]:
        """Return the table."""
        return self.table.behind()


def files_only(
    told: Sequence[Shown], t: Translator, *, drawn: Sequence[Shown] = ()
) -> tuple[Shown, ...]:
    """Return the parts, their tables in the files only, and a line that says so.

    The charts of what is ``told`` go with the tables; those of what is ``drawn`` stay.
    """
    left: list[Shown] = [part for part in drawn if isinstance(part, Table)]
    left += [part for part in told if isinstance(part, Table | Chart)]
    tables = list(_tables(left))
    if not tables:
        return (*drawn, *told)
    words = [part for part in (*drawn, *told) if not any(part is one for one in left)]
    sheets = [sheet_name(table.name) for table in tables]
    said = Prose(t("display.in_files", sheets=list(dict.fromkeys(sheets))))
    return (*words, *map(InFiles, tables), said)


def _tables(parts: Sequence[Shown]) -> Iterator[Table]:
    for part in parts:
        if isinstance(part, Table):
            yield part
        elif isinstance(part, Chart) and part.table is not None:
            yield part.table
