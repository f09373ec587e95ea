"""The room's few files, by their names and no others."""

from __future__ import annotations

from tornado.web import HTTPError

from workshop.room.base import Base
from workshop.room.desk import marks, static

_A_WEEK = "max-age=604800, immutable"


class File(Base):
    """One of the room's own files."""

    counted = False

    async def get(self, name: str) -> None:
        """Send it; a phone keeps what it asked for by its mark."""
        found = static(name)
        if found is None:
            raise HTTPError(404)
        content, kind = found
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        if self.get_query_argument("v", "") == marks()[name]:
            self.set_header("Cache-Control", _A_WEEK)
        self.finish(content)


class Colors(Base):
    """The client's colours, as a style sheet."""

    counted = False

    async def get(self) -> None:
        """Send the sheet."""
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.set_header("Cache-Control", "max-age=300")
        self.finish(self.desk.brand_css())
