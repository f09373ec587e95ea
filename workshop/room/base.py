"""What every answer of the room's server has in common: who may ask, how often, and the headers."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from typing import Any, ClassVar

from tornado.web import HTTPError, RequestHandler

from workshop.errors import WorkspaceError
from workshop.i18n import LANGUAGES, Translator
from workshop.room import words
from workshop.room.desk import Desk
from workshop.room.hosts import neighbourhood
from workshop.room.limits import whole_seconds
from workshop.session.people import Participant

COOKIE = "samenspel_room"
COOKIE_SECONDS = 16 * 3600
BUSY_SECONDS = 2
TEXTS = {404: "room.error.404", 413: "room.error.413", 429: "room.error.429", 503: "room.error.503"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: under it browsers send a form with `Origin: null`, as a foreign page would.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
    "Content-Type": "text/html; charset=utf-8",
}

_log = logging.getLogger(__name__)


class Base(RequestHandler):
    """A page of the room, or another answer of it."""

    counted: ClassVar[bool] = True
    """Whether a request costs its sender something of the bucket."""
    who: Participant | None = None
    wait: int | None = None
    """How many seconds one has to wait, where that is what is wrong."""

    @property
    def desk(self) -> Desk:
        """What all handlers share."""
        desk: Desk = self.application.settings["desk"]
        return desk

    def set_default_headers(self) -> None:
        """Say what a browser may do with this, and not what made it."""
        self.clear_header("Server")
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    async def prepare(self) -> None:
        """Turn away who calls the room by another's name, comes from a foreign page, or floods."""
        host = self.request.headers.get("Host", "")
        if not self.desk.hosts.known(host, self._local_address()):
            raise HTTPError(421)
        if self.request.method == "POST" and not self._is_own_page(host):
            raise HTTPError(403)
        if self.counted:
            self.who = await self._known()
            limits = self.desk.limits
            bucket = limits.participant if self.who else limits.stranger
            self.hold(bucket.take(self.who.participant_id if self.who else self.address))

    async def _known(self) -> Participant | None:
        """Return who sends the cookie; a token not seen before waits where its address has to."""
        token, board = self.token, self.desk.board
        if token is None:
            return None
        if not board.has_seen(token):
            self.hold(self.desk.limits.stranger.wait(self.address))
        return await board.participant(token)

    def hold(self, wait: float) -> None:
        """Refuse a request that has to wait, and say for how long."""
        if wait > 0:
            self.wait = whole_seconds(wait)
            raise HTTPError(429)

    @property
    def address(self) -> str:
        """Whom a request counts for; a proxy is believed where it runs on this machine."""
        address = str(self.request.remote_ip)
        forwarded = self.request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        by_proxy = self.desk.hosts.public is not None and address in ("127.0.0.1", "::1")
        return neighbourhood(forwarded[:50] if by_proxy and forwarded else address)

    @property
    def token(self) -> str | None:
        """What the device's cookie says."""
        token = self.get_cookie(COOKIE)
        return token if token and len(token) <= 100 else None

    def keep_token(self, token: str) -> None:
        """Have the device keep a token, out of reach of scripts and of other sites."""
        secure = self.desk.hosts.is_secure(self.request.headers.get("Host", ""))
        self.set_cookie(
            COOKIE,
            token,
            path="/",
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=secure,
        )

    @property
    def t(self) -> Translator:
        """The words of the reader: as joined, as asked for, or as the browser would like."""
        given = self.who.language if self.who else self.asked_language
        return self.desk.workspace.translator(given)

    @property
    def asked_language(self) -> str:
        """The language of someone who has not joined yet."""
        asked = self.get_query_argument("lang", "")
        if asked in LANGUAGES:
            return asked
        wanted = self.request.headers.get("Accept-Language", "")
        known = [code for code in _preferred(wanted) if code in LANGUAGES]
        return known[0] if known else self.desk.workspace.settings.language

    def show(self, template: str, /, **values: object) -> None:
        """Answer with a page."""
        values.setdefault("note", None)
        self.finish(
            self.desk.render(
                template,
                self.t,
                who=self.who,
                me=_mark(self.who) if self.who else "",
                revision=self.desk.board.latest.revision,
                **values,
            )
        )

    def see(self, place: str) -> None:
        """Send the browser on, so that a reload sends nothing twice."""
        self.redirect(place, status=303)

    @property
    def fields(self) -> Mapping[str, list[str]]:
        """What a form holds, as text."""
        return {
            name: [value.decode("utf-8", "replace") for value in values]
            for name, values in self.request.body_arguments.items()
        }

    def field(self, name: str) -> str:
        """Return a field of a form, empty where it is not there."""
        return (self.fields.get(name) or [""])[-1]

    def compute_etag(self) -> None:
        """Mark no page: nothing of the room is kept."""
        return

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Note what went wrong without what was sent: it may be somebody's answer."""
        if not isinstance(value, HTTPError | WorkspaceError):
            _log.error("%s %s", self.request.method, type(self).__name__, exc_info=(typ, value, tb))
        elif isinstance(value, WorkspaceError):
            _log.warning("%s", value)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what went wrong, and no more than someone outside may know."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        if isinstance(error, WorkspaceError):
            status_code = 503
            self.set_status(503)
            self.wait = BUSY_SECONDS
        if self.wait is not None:
            self.set_header("Retry-After", str(self.wait))
        text = self._error_text(status_code, error)
        if self.wants_json:
            self.set_header("Content-Type", "application/json")
            self.finish({"error": status_code, "text": text, "wait": self.wait})
            return
        if status_code == 421:
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish("")
            return
        self.show("error.html.j2", status=status_code, text=text)

    @property
    def wants_json(self) -> bool:
        """Whether a script asks."""
        return self.request.headers.get("Content-Type", "").startswith("application/json")

    def _error_text(self, status: int, error: object) -> str:
        t = self.t
        if isinstance(error, WorkspaceError):
            return words.store_error(t, error)
        return t(TEXTS.get(status, "room.error.other"))

    def _local_address(self) -> str:
        stream = getattr(self.request.connection, "stream", None)
        socket = getattr(stream, "socket", None)
        return str(socket.getsockname()[0]) if socket else ""

    def _is_own_page(self, host: str) -> bool:
        headers = self.request.headers
        if headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = headers.get("Origin") or headers.get("Referer") or ""
        return self.desk.hosts.same_origin(origin, host)


class NotFound(Base):
    """Whatever the room does not have."""

    async def prepare(self) -> None:
        """Say so, after the same questions as anywhere."""
        await super().prepare()
        raise HTTPError(404)


def _mark(who: Participant) -> str:
    """Return what a page calls its reader, so that a device never mixes up two people's answers."""
    return hashlib.sha256(who.participant_id.encode()).hexdigest()[:16]


def _preferred(accepted: str) -> list[str]:
    """Return the languages of an ``Accept-Language`` header, the most wanted first.

    >>> _preferred("fr, en-GB;q=0.7, nl;q=0.9")
    ['fr', 'nl', 'en']
    """
    found = []
    for place, part in enumerate(accepted[:200].split(",")):
        code, _, weight = part.strip().partition(";q=")
        try:
            found.append((-float(weight or 1), place, code[:2].lower()))
        except ValueError:
            continue
    return [code for _, _, code in sorted(found)]
