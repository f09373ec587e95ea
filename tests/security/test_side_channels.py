"""What an answer's size, its headers or the time it takes say of what is sealed: nothing."""

from __future__ import annotations

import re
import threading

import pytest
import sqlalchemy as sa

from tests.room.phones import exercise
from tests.security.wire import request, said
from workshop.room.base import COOKIE
from workshop.session import answers, people, rounds
from workshop.session.answers import Given

TARGETS = ("/", "/room", "/me", "/name", "/answers", "/brand.css", "/static/room.js", "/x")
OTHERS = 40
ANYBODY_S = ("answers", "finished")
"""The tables of which nothing but one's own is read before the reveal."""


@pytest.fixture
def statements(store):
    """Note what is asked of the database, and with what."""
    noted: list[tuple[str, tuple[object, ...]]] = []

    def note(connection, cursor, statement, parameters, context, many) -> None:
        # The server's own look at what changed comes by the clock, whoever asks.
        if threading.current_thread().name != "MainThread" and "running" not in statement:
            noted.append((" ".join(statement.split()), tuple(parameters)))

    sa.event.listen(store.engine, "before_cursor_execute", note)
    yield noted
    sa.event.remove(store.engine, "before_cursor_execute", note)


def heard(room, token: str, packed: str) -> dict[str, tuple[int, bytes]]:
    """Return the size and the headers of every page, as they go over the wire."""
    cookie = f"Cookie: {COOKIE}={token}"
    found = {
        target: said(room.port, request("GET", target, cookie, f"Accept-Encoding: {packed}"))
        for target in TARGETS
    }
    return {
        target: (len(one.text), re.sub(rb"\r\ndate: [^\r]*", b"", one.head))
        for target, one in found.items()
    }


@pytest.mark.parametrize("packed", ["identity", "gzip"])
def test_sizes_headers_and_what_is_asked_are_the_same_whoever_answered(
    generous, store, session, phone, statements, packed
):
    found = rounds.open_round(store, session.session_id, "a", exercise("text", "choice", "dots"))
    reader = phone("marketing")
    others = [
        people.join(store, session.session_id, people.new_token(), "sales", "nl").participant_id
        for _ in range(OTHERS)
    ]
    heard(generous, reader.token, packed)
    statements.clear()
    before = heard(generous, reader.token, packed)
    asked_before = sorted(statements)
    answers.save(
        store,
        [Given(found.round_id, who, "text", "x" * 600, f"key-{who[:20]}") for who in others],
    )
    for who in others:
        answers.say_done(store, found.round_id, who)
    statements.clear()
    after = heard(generous, reader.token, packed)
    assert before == after
    # The database does the same work: how long it takes says nothing of how many answered.
    assert sorted(statements) == asked_before
    for statement, parameters in statements:
        if any(re.search(rf"\b{table}\b", statement) for table in ANYBODY_S):
            me = people.participant(store, reader.token).participant_id
            assert me in parameters, statement
    assert any("answers" in statement for statement, _ in statements)


def test_nothing_of_the_room_is_kept_by_anyone_between(room, store, session, phone):
    rounds.open_round(store, session.session_id, "a", exercise("text"))
    pages = heard(room, phone().token, "gzip")
    for target in set(TARGETS) - {"/brand.css"}:
        assert b"cache-control: no-store" in pages[target][1], target
    assert not [target for target, (_, head) in pages.items() if b"etag" in head]
    assert not [target for target, (_, head) in pages.items() if b"last-modified" in head]
