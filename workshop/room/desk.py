"""All that one server holds: the workspace, the store with its one writer, the templates."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from jinja2 import Environment

from workshop.colors import NIGHT, PAPER, palette
from workshop.errors import WorkshopError
from workshop.i18n import Translator
from workshop.resources import kit, templates
from workshop.room import words
from workshop.room.board import Board
from workshop.room.hosts import Hosts
from workshop.room.limits import Limits
from workshop.room.shown import Shown, shown
from workshop.room.streams import Streams
from workshop.room.writer import Writer
from workshop.session.people import new_token
from workshop.session.rounds import Round
from workshop.session.store import Store
from workshop.workspace import Workspace

MOST_JOINING = 1_000
SENT_TWICE_SECONDS = 30.0
KEPT_SECONDS = 10.0
_STATIC = {"room.css": "text/css", "room.js": "text/javascript", "icon.svg": "image/svg+xml"}


class _Joining(NamedTuple):
    """The token of a join form, and until when the form sent again is the same person."""

    until: float
    token: str


class _Kept(NamedTuple):
    """What a revealed round shows, and until when that need not be read again."""

    until: float
    reading: asyncio.Future[tuple[Shown, ...]]


@dataclass
class Desk:
    """What the pages of one server share."""

    workspace: Workspace
    store: Store
    hosts: Hosts
    board: Board
    writer: Writer
    limits: Limits = field(default_factory=Limits)
    streams: Streams = field(default_factory=Streams)
    _joining: OrderedDict[str, _Joining] = field(default_factory=OrderedDict)
    _shown: dict[tuple[int, str], _Kept] = field(default_factory=dict)

    @classmethod
    def of(cls, workspace: Workspace, store: Store, hosts: Hosts) -> Desk:
        """Set up the desk of a workspace."""
        return cls(workspace, store, hosts, Board(store), Writer(store))

    def close(self) -> None:
        """Write what was asked for, and stop."""
        self.writer.close()
        self.board.close()

    def token_for(self, form: str) -> str:
        """Return the token of whoever sends a join form: one, also when a thumb sends it twice."""
        moment = time.monotonic()
        kept = self._joining.get(form)
        if kept is not None and kept.until >= moment:
            return kept.token
        token = new_token()
        self._joining[form] = _Joining(moment + SENT_TWICE_SECONDS, token)
        self._joining.move_to_end(form)
        while len(self._joining) > MOST_JOINING:
            self._joining.popitem(last=False)
        return token

    def let_go(self, token: str) -> None:
        """Forget a token whose device goes to somebody else."""
        self._joining = OrderedDict(
            (form, kept) for form, kept in self._joining.items() if kept.token != token
        )
        self.board.forget(token)

    def offer_form(self) -> str:
        """Return a mark for a join form, which nobody else knows."""
        return secrets.token_urlsafe(16)

    async def result(self, found: Round, floor: int, language: str) -> tuple[Shown, ...]:
        """Return what a revealed round shows, added up once for everyone."""
        key, moment = (found.round_id, language), asyncio.get_running_loop().time()
        kept = self._shown.get(key)
        if kept is None or kept.until < moment:
            t = self.workspace.translator(language)
            currency = self.workspace.settings.currency
            reading = self.board.read(lambda: shown(self.store, found, floor, t, currency))
            # One round at a time is shown, and a name that is forgotten goes from here too.
            kept = _Kept(moment + KEPT_SECONDS, asyncio.ensure_future(reading))
            self._shown = {one: old for one, old in self._shown.items() if old.until >= moment}
            self._shown[key] = kept
        try:
            return await asyncio.shield(kept.reading)
        except WorkshopError:
            self._shown.pop(key, None)
            raise

    def render(self, template: str, t: Translator, **values: object) -> str:
        """Return a page; what it is given is text wherever it lands."""
        return (
            _templates()
            .get_template(template)
            .render(t=t, lang=t.language, words=words, room=self, marks=marks(), **values)
        )

    def brand_css(self) -> str:
        """Return the client's colours for paper and for a dark screen."""
        brand = self.workspace.settings.brand.color
        light, dark = palette(brand, PAPER), palette(brand, NIGHT)
        rules = [
            f":root{{--brand:{one.brand};--accent:{one.text};--tint:{one.tint}}}"
            for one in (light, dark)
        ]
        return f"{rules[0]}\n@media (prefers-color-scheme:dark){{{rules[1]}}}\n"


@cache
def static(name: str) -> tuple[bytes, str] | None:
    """Return one of the room's own files with its type, or ``None`` for any other name."""
    kind = _STATIC.get(name)
    return (kit("templates", "room", name).read_bytes(), kind) if kind else None


@cache
def marks() -> dict[str, str]:
    """Return a mark of each file's contents, so that a phone keeps it until it changes."""
    found = {name: static(name) for name in _STATIC}
    return {name: hashlib.sha256(f[0]).hexdigest()[:12] for name, f in found.items() if f}


@cache
def _templates() -> Environment:
    environment = templates("room")
    environment.filters["whole"] = lambda value: int(value)
    return environment
