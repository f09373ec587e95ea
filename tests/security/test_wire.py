"""What no browser sends: broken frames, borrowed names, smuggled requests, floods."""

from __future__ import annotations

import gzip
import json
import re
import socket
import time

import pytest

from tests.room.phones import exercise, served
from tests.security.wire import request, said
from workshop.room import board, server
from workshop.room.base import COOKIE
from workshop.room.limits import Buckets, Limits
from workshop.session import people, rounds, sessions

FORM = "Content-Type: application/x-www-form-urlencoded"
SECOND = b"GET /static/icon.svg HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
FRAMES = {
    "both lengths": ("Content-Length: 4", "Transfer-Encoding: chunked"),
    "unknown coding": ("Transfer-Encoding: xchunked",),
    "coding twice": ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
    "coding listed": ("Transfer-Encoding: gzip, chunked",),
    "space before the colon": ("Content-Length : 4",),
    "signed": ("Content-Length: +4",),
    "negative": ("Content-Length: -1",),
    "hexadecimal": ("Content-Length: 0x4",),
    "two figures": ("Content-Length: 4, 5",),
    "with an underscore": ("Content-Length: 1_0",),
    "no figure": ("Content-Length: four",),
}
CHUNKS = {
    "size with a sign": b"+4\r\na=bc\r\n0\r\n\r\n",
    "size of another base": b"0x4\r\na=bc\r\n0\r\n\r\n",
    "size without end": b"f" * 300 + b"\r\n",
    "negative size": b"-1\r\nabcd\r\n0\r\n\r\n",
    "too much in all": b"8000\r\n"
    + b"x" * 0x8000
    + b"\r\n8001\r\n"
    + b"x" * 0x8001
    + b"\r\n0\r\n\r\n",
    "nothing after the size": b"4\r\nab\r\n0\r\n\r\n" + SECOND,
}


@pytest.mark.parametrize("headers", FRAMES.values(), ids=FRAMES)
def test_no_second_request_is_smuggled_in(room, headers):
    lines = "\r\n".join(["POST / HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode()
    heard = said(room.port, lines + b"0\r\n\r\n" + SECOND, patience=0.5)
    assert heard.answers <= 1
    assert heard.status in (0, 400)


@pytest.mark.parametrize("body", CHUNKS.values(), ids=CHUNKS)
def test_a_body_in_pieces_is_bounded_and_framed(room, body):
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    heard = said(room.port, head + body, patience=0.5)
    assert heard.answers <= 1
    assert heard.status in (0, 400, 413)


@pytest.mark.parametrize(
    ("target", "statuses"),
    [
        ("http://evil.example/room", (303, 400, 404, 421)),
        ("//evil.example/%2e%2e", (404,)),
        ("/static/../../session.db", (404,)),
        ("/static/..%2f..%2fsession.db", (404,)),
        ("/static/%00room.js", (404,)),
        ("/j/%0d%0aSet-Cookie:%20a=b", (404,)),
        ("/?lang=%0d%0aSet-Cookie:%20a=b", (200,)),
        ("/room?lang=nl%0d%0aX: 1", (303, 400)),
        ("*", (400, 404)),
        ("/" + "a" * 9_000, (404,)),
        ("/%ff%fe", (400, 404)),
        ("/j/" + "%00" * 20, (404,)),
        ("/lab", (404,)),
        ("/api/kernels", (404,)),
        ("/voila/render/x.ipynb", (404,)),
    ],
)
def test_an_address_leads_nowhere_else(room, target, statuses):
    heard = said(room.port, request("GET", target))
    assert heard.status in statuses
    assert b"set-cookie" not in heard.head
    assert b"evil" not in heard.text
    if heard.status == 303:
        assert b"location: /\r\n" in heard.head + b"\r\n"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "PRI", "get", "G\x00T"])
def test_another_method_does_and_echoes_nothing(room, phone, method):
    token = phone().token
    heard = said(room.port, request(method, "/me", f"Cookie: {COOKIE}={token}"))
    assert heard.status in (400, 404, 405)
    assert token.encode() not in heard.text


@pytest.mark.parametrize(
    "header",
    [
        "X-HTTP-Method-Override: POST",
        "X-Method-Override: POST",
        "X-Original-URL: /answers",
        "X-Rewrite-URL: /answers",
        "Upgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13",
        "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
        "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https",
        "Forwarded: host=evil.example;proto=https",
    ],
)
def test_a_header_changes_no_meaning(room, store, phone, header):
    one = phone("sales", "nl")
    cookie = f"Cookie: {COOKIE}={one.token}"
    heard = said(room.port, request("GET", "/me?team=marketing&language=en", cookie, header))
    assert heard.status == 200
    assert b"evil" not in heard.text
    assert people.participant(store, one.token).team == "sales"


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://a]", "://", "http://"])
def test_an_origin_that_is_none_is_a_foreign_one(room, origin):
    """What the fuzzer found: an address that cannot be read ended in an error of the server's."""
    heard = said(room.port, request("POST", "/", f"Origin: {origin}", body=b"code=ABC234"))
    assert heard.status == 403


def test_a_packed_body_is_not_unpacked(room, session):
    body = gzip.compress(b"team=sales&language=nl&x=" + b"x" * 5_000_000)
    headers = (FORM, "Content-Encoding: gzip", f"Origin: {room.url}")
    host = f"127.0.0.1:{room.port}"
    heard = said(room.port, request("POST", f"/j/{session.code}", *headers, body=body, host=host))
    assert heard.status == 400
    assert heard.seconds < 5


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b"a=1&" * 15_000),
        (FORM, b"&" * 60_000),
        (FORM, b"v/" * 30_000),
        (
            "Content-Type: multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 900 + b"--b--\r\n",
        ),
        ("Content-Type: multipart/form-data; boundary=" + "b" * 500, b"-" * 60_000),
        ("Content-Type: application/json", b"[" * 60_000),
        ("Content-Type: application/json", b'{"a":' * 12_000),
        ("Content-Type: application/json", b'{"round": 1' + b"0" * 50_000 + b', "answers": []}'),
    ],
    ids=["fields", "ampersands", "one name", "parts", "boundary", "lists", "objects", "digits"],
)
def test_what_costs_much_to_read_is_answered_soon(room, phone, kind, body):
    cookie = f"Cookie: {COOKIE}={phone().token}"
    for path in ("/room", "/answers", "/me", "/name"):
        headers = (kind, cookie, f"Origin: {room.url}")
        host = f"127.0.0.1:{room.port}"
        heard = said(room.port, request("POST", path, *headers, body=body, host=host))
        assert heard.status in (303, 400, 409, 413, 422), path
        assert heard.seconds < 5, path


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "-1e999", "9" * 4_000])
def test_numbers_that_are_none_are_refused(store, session, phone, value):
    found = rounds.open_round(store, session.session_id, "a", exercise("number", "text"))
    one = phone()
    for item in ("number", "text"):
        body = (
            f'{{"round": {found.round_id}, '
            f'"answers": [{{"item": "{item}", "value": {value}, "key": "12345678"}}]}}'
        )
        headers = {"Content-Type": "application/json"}
        answer = one.web.post("/answers", content=body, headers=headers)
        assert answer.status_code in (200, 400)
        if answer.status_code == 200:
            assert one.states(answer) == ["refused"], item


def test_a_half_character_is_no_text(store, session, phone):
    found = rounds.open_round(store, session.session_id, "a", exercise("text"))
    one = phone()
    one.send(found.round_id, {"text": "\ud800half\x00 \u202etxt"})
    assert "half txt" in one.page()


class TestCodes:
    def test_a_day_of_guessing_finds_none(self):
        limits, day = Limits(), 8 * 3600
        tries = limits.wrong_code_anywhere.burst + limits.wrong_code_anywhere.rate * day
        codes = len(sessions.ALPHABET) ** sessions.CODE_LENGTH
        assert tries / codes < 1 / 5_000

    def test_a_school_behind_one_address_gets_in(self, room, store, session):
        host, form = f"127.0.0.1:{room.port}", b"team=sales&language=nl"
        headers = (FORM, f"Origin: {room.url}")
        door = f"/j/{session.code}"
        for _ in range(100):
            assert said(room.port, request("GET", door, host=host)).status == 200
            joined = said(room.port, request("POST", door, *headers, body=form, host=host))
            assert joined.status == 303
            cookie = re.search(rb"set-cookie: ([^;]+)", joined.text, re.I)[1].decode()
            assert said(room.port, request("GET", "/room", f"Cookie: {cookie}")).status == 200
        assert people.joined(store, session.session_id)["sales"] == 100

    def test_cookies_that_are_nobody_s_cost_no_more_than_others(self, room, phone, monkeypatch):
        asked, look = [], board.people.participant
        monkeypatch.setattr(
            board.people, "participant", lambda *given: asked.append(given) or look(*given)
        )
        one = phone()
        one.page()
        room.desk.limits.stranger = Buckets(rate=0.01, burst=20)
        asked.clear()
        flood = [request("GET", "/room", f"Cookie: {COOKIE}=none{n}") for n in range(60)]
        statuses = [said(room.port, call).status for call in flood]
        assert statuses == [303] * 20 + [429] * 40
        assert len(asked) == 20
        assert one.web.get("/room").status_code == 200


def test_one_address_cannot_take_every_connection(workspace, store, session, monkeypatch):
    monkeypatch.setattr(server, "MOST_OF_ADDRESS", 5)
    with served(workspace, store) as room:
        here = ("127.0.0.2", 0)
        taken = [
            socket.create_connection(("127.0.0.1", room.port), source_address=here, timeout=20)
            for _ in range(5)
        ]
        for one in taken:
            # Answered, it is known to the server, and stays open for the next.
            one.sendall(SECOND)
            assert one.recv(4096).startswith(b"HTTP/1.1 200")
        try:
            call = request("GET", "/")
            assert said(room.port, call, source="127.0.0.2").text == b""
            assert said(room.port, call, source="127.0.0.3").status == 200
            assert said(room.port, call).status == 200
        finally:
            for one in taken:
                one.close()


def test_a_session_s_cookie_opens_nothing_of_the_next(room, store, session, phone):
    one = phone()
    later = sessions.start(store)
    found = rounds.open_round(
        store,
        later.session_id,
        "a",
        exercise("text", title={"nl": "later aan de beurt", "en": "later"}),
    )
    until = time.monotonic() + 5
    while room.desk.board.latest.session != sessions.running(store) and time.monotonic() < until:
        time.sleep(0.05)
    assert "later aan de beurt" not in one.page()
    assert one.send(found.round_id, {"text": "x"}).status_code == 409
    assert later.code not in one.page()
    answer = one.raw({"round": found.round_id, "answers": []})
    assert json.loads(answer.text)["error"] == 400
