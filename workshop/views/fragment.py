"""What everything shown has in common: an HTML fragment from a template, and a plain text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment

from workshop.resources import templates
from workshop.views import TABLE_TYPE


class Shown:
    """Base of what a cell shows: a fragment of a page, a text, at most one table behind it."""

    def html(self) -> str:
        """Return the fragment of a page."""
        raise NotImplementedError

    def plain(self) -> str:
        """Return what is left where only text can be shown."""
        raise NotImplementedError

    def behind(self) -> dict[str, Any] | None:
        """Return the table that a reader can have as a file, as JSON carries it."""
        return None

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        table = self.behind()
        bundle = {"text/html": _lab_style() + self.html(), "text/plain": self.plain()}
        return bundle if table is None else {**bundle, TABLE_TYPE: table}


def fill(template: str, **values: Any) -> str:
    """Return a fragment; every value is escaped, and one that is missing raises."""
    return _templates().get_template(template).render(**values)


def paragraphs(text: str) -> list[str]:
    r"""Return the parts of a text that blank lines set apart.

    >>> paragraphs("One.\n\nTwo,\ngoing on.\n")
    ['One.', 'Two,\ngoing on.']
    """
    parts = (part.strip() for part in re.split(r"\n\s*\n", text))
    return [part for part in parts if part]


def check_name(name: str) -> None:
    """Hold a name to what a file, a sheet and an address can all be called."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or len(name) > 31:
        raise ValueError(
            f"{name!r} is no name: lower-case words and hyphens, at most 31 characters"
        )


@cache
def _templates() -> Environment:
    return templates("report", "display")


@cache
def _lab_style() -> str:
    """Return the few rules that make a fragment look well outside a report's page."""
    return fill("lab.html")
