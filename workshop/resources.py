"""Find what ships beside the code: notebooks, templates, example data."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_PACKAGE = Path(__file__).parent


def kit(*parts: str) -> Path:
    """Return the path of something that ships with the kit.

    A wheel carries the folders under ``workshop/_kit``; a checkout has them at its top.
    """
    bundled = _PACKAGE / "_kit"
    return (bundled if bundled.is_dir() else _PACKAGE.parent).joinpath(*parts)


def templates(*parts: str) -> Environment:
    """Return the templates of one of the kit's folders, each of which sees only that folder.

    Every value is escaped, and one that is missing raises.
    """
    return Environment(
        loader=FileSystemLoader(kit("templates", *parts)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
