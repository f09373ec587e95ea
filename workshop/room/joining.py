"""The way in: a code, a language, a team; and the way to somebody else on a shared device."""

from __future__ import annotations

import hmac

from tornado.web import HTTPError

from workshop.errors import InputError
from workshop.room.base import COOKIE, Base
from workshop.session import people
from workshop.session.people import Means
from workshop.session.schema import LANGUAGES, TEAMS
from workshop.session.sessions import Session

LONGEST_CODE = 40


class Home(Base):
    """Where a code is typed."""

    async def get(self) -> None:
        """Ask for the code, or go on where one is already in."""
        now = await self.desk.board.now()
        if self.who and now.session and self.who.session_id == now.session.session_id:
            self.see("/room")
            return
        self.show("home.html.j2", runs=now.session is not None)

    async def post(self) -> None:
        """Go to the session of a code."""
        code = tidy(self.field("code"))
        found = await session_of_code(self, code)
        if found is None:
            text = self.t("room.code.wrong" if code else "room.code.empty")
            self.set_status(404)
            self.show("home.html.j2", runs=True, note=text)
            return
        self.see(f"/j/{found.code}?lang={self.asked_language}")


class Join(Base):
    """Where one joins: the page that the QR code opens."""

    async def get(self, code: str) -> None:
        """Ask for language and team."""
        found = await self._session(code)
        if self.who and self.who.session_id == found.session_id:
            self.see("/room")
            return
        self._ask(found)

    async def post(self, code: str) -> None:
        """Join, under a token that nobody can have known before."""
        found = await self._session(code)
        team, language = self.field("team"), self.field("language")
        if team not in TEAMS or language not in LANGUAGES:
            self.set_status(422)
            self._ask(found, note=self.t("room.join.team_missing"))
            return
        self.hold(self.desk.limits.join.take(self.address))
        token, old = self._fresh_token(), self._joined_token(found)
        means: Means = "shared" if self.field("means") == "shared" else "phone"
        store = self.desk.store

        def join() -> None:
            if old:
                people.renew(store, old, token)
            people.join(store, found.session_id, token, team, language, means)

        await self.desk.writer.run(join)
        for one in filter(None, (old, token)):
            self.desk.board.forget(one)
        self.keep_token(token)
        self.see("/room")

    async def _session(self, code: str) -> Session:
        found = await session_of_code(self, tidy(code))
        if found is None:
            raise HTTPError(404)
        return found

    def _ask(self, found: Session, note: str | None = None) -> None:
        self.show(
            "join.html.j2",
            code=found.code,
            form=self.desk.offer_form(),
            team=self.field("team"),
            shared="shared" in (self.field("means"), self.get_query_argument("means", "")),
            language=self.asked_language,
            note=note,
        )

    def _joined_token(self, found: Session) -> str | None:
        same = self.who is not None and self.who.session_id == found.session_id
        return self.token if same else None

    def _fresh_token(self) -> str:
        form = self.field("form")
        return self.desk.token_for(form) if 16 <= len(form) <= 64 else people.new_token()


class Me(Base):
    """Where one changes language, or the team as long as nothing was answered in it."""

    async def get(self) -> None:
        """Show what was chosen."""
        if self.who is None:
            self.see("/")
            return
        self.show("me.html.j2")

    async def post(self) -> None:
        """Change it."""
        token = self.token
        if self.who is None or token is None:
            self.see("/")
            return
        team, language = self.field("team"), self.field("language")
        if team not in TEAMS or language not in LANGUAGES:
            raise HTTPError(422)
        store = self.desk.store
        try:
            self.who = await self.desk.writer.run(
                lambda: people.change(store, token, team=team, language=language)
            )
        except InputError:
            self.set_status(409)
            team_name = self.t(f"room.team.{self.who.team}")
            self.show("me.html.j2", note=self.t("room.me.team_fixed", team=team_name))
            return
        self.desk.board.forget(token)
        self.see("/room")


class Next(Base):
    """A shared device goes to the next person, who finds nothing of the last one."""

    async def post(self) -> None:
        """Let go of who held it and ask who it is now."""
        if self.who is None or self.token is None or self.who.means != "shared":
            self.see("/room")
            return
        now = await self.desk.board.now()
        self.desk.let_go(self.token)
        self.clear_cookie(COOKIE, path="/", httponly=True, samesite="Lax")
        if now.session is None:
            self.see("/")
            return
        self.see(f"/j/{now.session.code}?means=shared&lang={self.who.language}")


async def session_of_code(page: Base, code: str) -> Session | None:
    """Return the session that runs under a code; a wrong one is counted against its sender."""
    limits = page.desk.limits
    page.hold(limits.wait_for_code(page.address))
    found = (await page.desk.board.now()).session
    if found is not None and hmac.compare_digest(code.encode(), found.code.encode()):
        return found
    if code:
        limits.count_wrong_code(page.address)
    return None


def tidy(code: str) -> str:
    """Return a code as it is stored, however it was typed.

    >>> tidy(" k7m-4qp ")
    'K7M4QP'
    """
    return "".join(c for c in code[:LONGEST_CODE].upper() if c.isascii() and c.isalnum())
