"""Before the reveal nobody reads anything of a round, by whatever way they ask."""

from __future__ import annotations

import json
import re
import socket

import pytest

from tests.room.phones import Phone, exercise
from workshop.room.base import COOKIE
from workshop.session import answers, people, rounds, sessions

SECRET = "zeer-herkenbare-tekst"
NAME = "Herkenbare Naam"
PATHS = (
    "/",
    "/room",
    "/room?saved=1",
    "/room?round=1&done=yes",
    "/me",
    "/name",
    "/next",
    "/answers",
    "/answers?round=1",
    "/results",
    "/results/1",
    "/admin",
    "/api/rounds/1",
    "/session.db",
    "/static/../session.db",
    "/static/room.css",
    "/static/%2e%2e/session.db",
    "/static/room.js?v=../../session.db",
    "/brand.css",
    "/j/x",
    "/favicon.ico",
    "/%00",
)
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND")


def events(room, token: str) -> bytes:
    """Return what an event stream says in a second."""
    with socket.create_connection(("127.0.0.1", room.port), timeout=1) as line:
        lines = f"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {COOKIE}={token}\r\n\r\n"
        line.sendall(lines.encode())
        heard = b""
        try:
            while chunk := line.recv(4096):
                heard += chunk
        except TimeoutError:
            return heard
    return heard


def everything(room, phone: Phone) -> str:
    """Return all that a participant can get out of the server."""
    heard = [events(room, phone.token).decode()]
    for path in PATHS:
        for method in METHODS:
            for headers in ({}, {"Range": "bytes=0-5000"}, {"Accept": "application/json"}):
                answer = phone.web.request(method, path, headers=headers)
                assert answer.status_code != 500, (method, path)
                heard.append(f"{answer.headers} {answer.text}")
    heard.append(phone.send(10**6, {"text": "x"}).text)
    heard.append(phone.raw({"round": 1, "answers": []}).text)
    return "\n".join(heard)


@pytest.fixture
def generous(room):
    """Let one phone ask everything: what is held up here is what is said, not how often."""
    for bucket in vars(room.desk.limits).values():
        bucket.rate = bucket.burst = 10**6
    return room


class TestSealed:
    @pytest.mark.parametrize("named", [False, True], ids=["anonymous", "named"])
    def test_an_open_round_tells_nobody_anything(self, generous, store, session, phone, named):
        writers = [phone("sales") for _ in range(7)]
        reader = phone("marketing")
        content = exercise("text", "choice", named=named)
        found = rounds.open_round(store, session.session_id, "a", content)
        if named:
            for one in (*writers, reader):
                one.web.post("/name", data={"name": NAME if one is not reader else "Lezer"})
        reader.page()
        before = everything(generous, reader)
        for one in writers:
            one.send(found.round_id, {"text": SECRET, "choice": "c"})
            one.save(found.round_id, done="yes")
        after = everything(generous, reader)
        for heard in (before, after):
            assert SECRET not in heard
            assert NAME not in heard
        # Not a byte of what anyone can ask differs by what others answered, but for fresh marks.
        assert blanked(before) == blanked(after)

    def test_what_is_one_s_own_is_the_only_thing_shown(self, room, store, session, phone):
        found = rounds.open_round(store, session.session_id, "a", exercise("text"))
        one, other = phone(), phone()
        one.send(found.round_id, {"text": SECRET})
        assert SECRET in one.page()
        assert SECRET not in other.page()

    def test_a_round_closed_without_a_reveal_stays_sealed(self, generous, store, session, phone):
        writers = [phone() for _ in range(6)]
        found = rounds.open_round(store, session.session_id, "a", exercise("text"))
        for one in writers:
            one.send(found.round_id, {"text": SECRET})
        rounds.close(store, found.round_id)
        assert SECRET not in everything(generous, phone("marketing"))
        assert SECRET not in everything(generous, writers[0])

    def test_after_the_reveal_it_is_there(self, room, store, session, phone):
        writers = [phone() for _ in range(6)]
        found = rounds.open_round(store, session.session_id, "a", exercise("text"))
        for one in writers:
            one.send(found.round_id, {"text": SECRET})
        rounds.reveal(store, found.round_id, early=True)
        assert SECRET in phone("marketing").page()

    def test_a_group_under_the_floor_is_in_no_page(self, room, store, session, phone):
        found = rounds.open_round(store, session.session_id, "a", exercise("text", "statement"))
        alone = phone("other")
        alone.send(found.round_id, {"text": SECRET, "statement": 5})
        for _ in range(6):
            phone("sales").send(found.round_id, {"text": "gewoon", "statement": 2})
        rounds.reveal(store, found.round_id, early=True)
        page = phone("marketing").page()
        assert "gewoon" in page
        assert SECRET not in page
        assert "Ander team" not in page.split("<main")[1]

    def test_a_stream_says_when_and_never_what(self, room, store, session, phone):
        one = phone()
        found = rounds.open_round(store, session.session_id, "a", exercise("text"))
        one.send(found.round_id, {"text": SECRET})
        heard = events(room, one.token).partition(b"\r\n\r\n")[2]
        lines = heard.decode().split("\r\n")
        said = [line for chunk in lines for line in chunk.split("\n") if ":" in line]
        assert said == ["retry: 2000", f"data: {session.session_id}.1"]


class TestForged:
    def test_rounds_items_and_options_that_are_not_there(self, store, session, phone):
        old = rounds.open_round(store, session.session_id, "a", exercise("choice"))
        rounds.close(store, old.round_id)
        found = rounds.open_round(store, session.session_id, "b", exercise("choice"))
        one = phone()
        for number in (
            old.round_id,
            found.round_id + 1,
            0,
            -1,
            2**40,
            "1; DROP TABLE answers",
            None,
        ):
            assert one.send(number, {"choice": "a"}).status_code in (400, 409), number
        for item in ("nope", "choice/0", "../choice", "", "x" * 201):
            answer = one.send(found.round_id, {item: "a"})
            refused = answer.status_code == 400 or one.states(answer) == ["refused"]
            assert refused, item
        for value in ("nope", 1, True, ["a", "b"], {"a": 1}, "A"):
            assert one.states(one.send(found.round_id, {"choice": value})) == ["refused"], value
        with store.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM answers").scalar() == 0

    @pytest.mark.parametrize(
        "body",
        [
            [],
            {},
            {"round": 1},
            {"round": 1, "answers": {}},
            {"round": 1, "answers": [{"item": "q", "value": 1}]},
            {"round": 1, "answers": [{"item": "q", "value": 1, "key": "short"}]},
            {"round": 1, "answers": [{"item": "q", "value": 1, "key": "k" * 65}]},
            {"round": 1, "answers": [{"item": "q", "value": 1, "key": "not a key!"}]},
            {
                "round": 1,
                "answers": [{"item": "q", "value": 1, "key": "k" * 9, "participant_id": "x"}],
            },
            {
                "round": 1,
                "answers": [{"item": "q", "value": 1, "key": f"k{n:09}"} for n in range(101)],
            },
        ],
    )
    def test_bodies_that_no_page_sends(self, phone, body):
        assert phone().raw(body).status_code == 400

    def test_nested_without_end(self, phone):
        one = phone()
        body = b'{"round":1,"answers":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
        headers = {"Content-Type": "application/json"}
        assert one.web.post("/answers", content=body, headers=headers).status_code == 400

    def test_nobody_answers_for_another(self, room, store, session, phone):
        found = rounds.open_round(store, session.session_id, "a", exercise("statement"))
        one, other = phone(), phone()
        victim = people.participant(store, other.token)
        entry = {"item": "statement", "value": 1, "key": "k" * 10}
        for extra in (
            {"participant_id": victim.participant_id},
            {"participant": victim.participant_id},
            {"token": other.token},
        ):
            assert (
                one.raw({"round": found.round_id, "answers": [entry], **extra}).status_code == 400
            )
        form = {"participant_id": victim.participant_id, "me": victim.participant_id}
        one.save(found.round_id, v_statement="3", **form)
        path = f"/answers?participant={victim.participant_id}&{COOKIE}={other.token}"
        entries = {"round": found.round_id, "answers": [entry]}
        headers = {"Content-Type": "application/json"}
        one.web.post(path, content=json.dumps(entries), headers=headers)
        assert answers.mine(store, found.round_id, victim.participant_id) == {}

    def test_a_token_of_another_session_opens_nothing(self, room, store, session, phone):
        old = phone()
        new = sessions.start(store)
        found = rounds.open_round(store, new.session_id, "a", exercise("statement"))
        assert old.send(found.round_id, {"statement": 1}).status_code == 409
        assert "asked statement" not in old.page()

    @pytest.mark.parametrize("token", ["", "x", "x" * 5000, "é", '"; --', "../../etc/passwd"])
    def test_a_token_that_is_none(self, room, token):
        with socket.create_connection(("127.0.0.1", room.port), timeout=5) as line:
            text = f"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {COOKIE}={token}\r\n\r\n"
            line.sendall(text.encode())
            assert line.recv(100).split()[1] in (b"401", b"400")


def blanked(heard: str) -> str:
    """Return what was heard without what differs from one request to the next."""
    fresh = r"'date': '[^']*'|data: \S+|Date: [^\r\n]*"
    return re.sub(fresh, "", heard)
