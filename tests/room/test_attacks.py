"""Who may ask, in whose name, how much and how often."""

from __future__ import annotations

import socket
import time

import pytest

from tests.room.phones import Phone, exercise, served
from workshop.room import server
from workshop.room.base import COOKIE
from workshop.room.hosts import Hosts, neighbourhood
from workshop.room.limits import Buckets
from workshop.session import rounds


def raw(port: int, *lines: str, body: bytes = b"", patience: float = 5) -> bytes:
    """Send lines as they are and return what comes back until the end, or until patience ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        heard = b""
        try:
            while chunk := line.recv(65536):
                heard += chunk
        except (TimeoutError, ConnectionResetError):
            return heard
    return heard


def status(heard: bytes) -> int:
    return int(heard.split()[1])


class TestHosts:
    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "127.0.0.1.evil.example",
            "evil.example:80@127.0.0.1",
            "127.0.0.1/../x",
            "10.9.9.9",
            "[::1",
            "",
        ],
    )
    def test_another_s_name_is_refused(self, room, host):
        heard = raw(room.port, "GET / HTTP/1.1", f"Host: {host}", "Connection: close")
        assert status(heard) in (400, 421)
        assert b"Rekvast" not in heard

    def test_without_a_host(self, room):
        heard = raw(room.port, "GET / HTTP/1.1", "Connection: close")
        assert status(heard) in (400, 421)

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:99", "[::1]:1"])
    def test_its_own_names_are_not(self, room, host):
        assert status(raw(room.port, "GET / HTTP/1.1", f"Host: {host}", "Connection: close")) == 200

    @pytest.mark.parametrize(
        ("address", "counted"),
        [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("fe80::1%eth0", "fe80::/64"),
            ("2001:db8::zz", "2001:db8::zz"),
        ],
    )
    def test_whom_an_address_counts_for(self, address, counted):
        assert neighbourhood(address) == counted

    def test_the_address_a_phone_came_in_by(self):
        hosts = Hosts("0.0.0.0", "https://room.example/")
        assert hosts.known("192.168.1.5:8000", "192.168.1.5")
        assert hosts.known("192.168.1.5", "::ffff:192.168.1.5")
        assert hosts.known("[fe80::1]:8000", "fe80::1%eth0")
        assert hosts.known("room.example", "127.0.0.1")
        assert not hosts.known("192.168.1.6", "192.168.1.5")

    def test_the_cookie_is_for_https_only_where_it_came_by_https(self):
        hosts = Hosts("0.0.0.0", "https://room.example")
        assert hosts.is_secure("room.example")
        assert hosts.is_secure("localhost:8000")
        assert not hosts.is_secure("192.168.1.5:8000")
        assert not Hosts("0.0.0.0", "http://room.example").is_secure("room.example")


class TestForeignPages:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:1"},
            {"Origin": ""},
            {"Origin": "", "Referer": "https://evil.example/"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
    def test_a_form_of_another_site_is_refused(self, store, session, phone, headers):
        found = rounds.open_round(store, session.session_id, "a", exercise("statement"))
        one = phone()
        for path in ("/room", "/answers", "/name", "/me", "/next", f"/j/{session.code}", "/"):
            answer = one.web.post(path, data={"round": found.round_id}, headers=headers)
            assert answer.status_code == 403, path

    def test_an_old_browser_that_sends_a_referer_only(self, room, session):
        one = Phone(room.url, Origin="", Referer=f"{room.url}/j/{session.code}")
        one.join(session.code)

    def test_through_a_proxy_the_outer_address_is_its_own(self, workspace, store, session):
        with served(workspace, store, "https://room.example") as room:
            Phone(room.url, Origin="https://room.example").join(session.code)
            foreign = Phone(room.url, Origin="http://room.example")
            assert foreign.web.post(f"/j/{session.code}", data={}).status_code == 403


class TestHeaders:
    @pytest.mark.parametrize("path", ["/", "/room", "/nothing", "/static/room.js", "/brand.css"])
    def test_every_answer_says_what_a_browser_may_do(self, phone, path):
        answer = phone().web.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "server" not in answer.headers

    def test_no_page_has_a_script_or_a_style_of_its_own(self, store, session, phone):
        rounds.open_round(store, session.session_id, "a", exercise())
        page = phone().page()
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick" not in page
        assert page.count("<script") == page.count('<script src="/static/room.js')
        assert "http://" not in page
        assert "https://" not in page

    def test_the_client_s_name_is_text(self, phone):
        assert "Rekvast &lt;BV&gt;" in phone().page()

    def test_what_is_not_there_says_no_more(self, phone):
        pages = {phone().web.get(path).text.split("data-me")[0] for path in ("/x", "/j/ABC234")}
        assert len(pages) == 1


class TestSizes:
    @pytest.mark.parametrize("length", ["70000", "99999999999"])
    def test_a_body_that_is_too_large_is_not_read(self, room, length):
        lines = ("POST /room HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}")
        heard = raw(room.port, *lines, body=b"x" * 70_000)
        assert not heard or status(heard) == 400

    def test_headers_that_are_too_large(self, room):
        lines = ("GET / HTTP/1.1", "Host: 127.0.0.1", f"X: {'x' * 20_000}")
        heard = raw(room.port, *lines)
        assert not heard or status(heard) in (400, 431)

    def test_two_lengths_are_one_too_many(self, room):
        lines = ("POST / HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 4", "Content-Length: 5")
        heard = raw(room.port, *lines, body=b"a=b&c")
        assert not heard or status(heard) == 400

    @pytest.mark.parametrize(
        ("lines", "constant"),
        [
            (("GET / HTTP/1.1",), "IDLE_SECONDS"),
            (("POST / HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 50"), "BODY_SECONDS"),
        ],
        ids=["headers", "body"],
    )
    def test_one_who_dawdles_is_let_go(
        self, workspace, store, session, monkeypatch, lines, constant
    ):
        monkeypatch.setattr(server, constant, 1.0)
        with (
            served(workspace, store) as room,
            socket.create_connection(("127.0.0.1", room.port), timeout=8) as line,
        ):
            end = "\r\n\r\n" if constant == "BODY_SECONDS" else "\r\n"
            line.sendall(("\r\n".join(lines) + end).encode())
            begin = time.monotonic()
            heard = b""
            with pytest.MonkeyPatch.context():
                try:
                    while time.monotonic() - begin < 6:
                        line.sendall(b"x")
                        time.sleep(0.2)
                except (BrokenPipeError, ConnectionResetError):
                    heard = b"closed"
            assert heard == b"closed"
            assert time.monotonic() - begin < 4

    def test_dawdlers_do_not_hold_up_the_room(self, room, phone):
        lines = [socket.create_connection(("127.0.0.1", room.port)) for _ in range(100)]
        try:
            for line in lines:
                line.sendall(b"POST /room HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            begin = time.monotonic()
            assert "Even wachten" in phone().page()
            assert time.monotonic() - begin < 3
        finally:
            for line in lines:
                line.close()

    def test_so_many_connections_and_no_more(self, workspace, store, session, monkeypatch):
        monkeypatch.setattr(server, "MOST_CONNECTIONS", 5)
        with served(workspace, store) as room:
            lines = [socket.create_connection(("127.0.0.1", room.port)) for _ in range(5)]
            time.sleep(0.3)
            try:
                assert raw(room.port, "GET / HTTP/1.1", "Host: 127.0.0.1") == b""
            finally:
                for line in lines:
                    line.close()
            time.sleep(0.3)
            assert "Code" in Phone(room.url).web.get("/").text


class TestFloods:
    def test_a_flood_is_held_up_and_the_neighbour_is_not(self, room, store, session, phone):
        # So that it is a flood on a slow machine too.
        room.desk.limits.participant.rate = 2
        found = rounds.open_round(store, session.session_id, "a", exercise("statement"))
        flooder, neighbour = phone(), phone()
        statuses = [flooder.send(found.round_id, {"statement": 1}).status_code for _ in range(150)]
        assert statuses[:50] == [200] * 50
        refused = [n for n in statuses if n == 429]
        assert refused
        answer = next(
            answer
            for answer in (flooder.send(found.round_id, {"statement": 1}) for _ in range(100))
            if answer.status_code == 429
        )
        assert answer.json()["wait"] >= 1
        assert answer.headers["retry-after"] == str(answer.json()["wait"])
        assert neighbour.states(neighbour.send(found.round_id, {"statement": 2})) == ["saved"]

    def test_a_bucket_fills_again_and_never_overflows(self):
        moment = [0.0]
        bucket = Buckets(rate=2, burst=3, clock=lambda: moment[0])
        assert [bucket.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
        assert bucket.take("b") == 0
        moment[0] = 0.5
        assert bucket.take("a") == 0
        assert bucket.take("a") > 0
        moment[0] = 1_000
        assert [bucket.take("a") == 0 for _ in range(4)] == [True, True, True, False]

    def test_a_participant_s_fourth_stream_ends_the_first(self, room, phone):
        token = phone().token
        lines = f"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {COOKIE}={token}\r\n\r\n"
        streams = []
        try:
            for _ in range(4):
                stream = socket.create_connection(("127.0.0.1", room.port), timeout=5)
                stream.sendall(lines.encode())
                assert b"text/event-stream" in stream.recv(4096)
                streams.append(stream)
            heard = b""
            while b"event: full" not in heard:
                heard += streams[0].recv(4096)
            assert room.desk.streams.count == 3
        finally:
            for stream in streams:
                stream.close()
        deadline = time.monotonic() + 5
        while room.desk.streams.count and time.monotonic() < deadline:
            time.sleep(0.05)
        assert room.desk.streams.count == 0

    def test_when_all_streams_are_taken_a_phone_is_told_to_look_later(self, room, phone):
        room.desk.streams.in_all = 0
        answer = phone().web.get("/events")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "10"
