"""Find what ships beside the code: notebooks, templates, example data."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def kit(*parts: str) -> Path:
    """Return the path of something that ships with the kit.

    A wheel carries the folders under ``workshop/_kit``; a checkout has them at its top.
    """
    bundled = _PACKAGE / "_kit"
    return (bundled if bundled.is_dir() else _PACKAGE.parent).joinpath(*parts)
