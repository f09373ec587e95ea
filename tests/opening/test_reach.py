"""Whether the room answers where it should, and what is taken for an address from outside."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from workshop.errors import InputError
from workshop.opening.reach import answers, checked_url, same_room


@contextmanager
def serving(body: bytes, status: int = 200) -> Iterator[str]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_room_that_answers_is_found_and_silence_is_not():
    with serving(b":root{}") as address:
        assert answers(address)
    assert not answers(address, patience=1)


def test_a_proxy_of_the_office_is_not_asked(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with serving(b":root{}") as address:
        assert answers(address)


def test_a_login_page_in_between_is_not_the_room():
    with serving(b"", status=302) as address:
        assert not answers(address)


def test_something_that_takes_a_call_and_says_nothing_is_not_the_room():
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        assert not answers(f"http://127.0.0.1:{mute.getsockname()[1]}", patience=0.3)


def test_outside_has_to_be_this_room_and_not_another():
    with serving(b"one") as here, serving(b"one") as same, serving(b"two") as other:
        assert same_room(same, here)
        assert not same_room(other, here)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://room.example.org", "https://room.example.org"),
        (" https://Room.Example.org/ ", "https://room.example.org"),
        ("https://room.example.org:8443", "https://room.example.org:8443"),
    ],
)
def test_an_address_for_outside_is_used_without_its_slash(given, used):
    assert checked_url(given) == used


@pytest.mark.parametrize(
    "given",
    [
        "http://room.example.org",
        "room.example.org",
        "https://room.example.org/acme",
        "https://an:secret@room.example.org",
        "https://room.example.org?x=1",
        "https://",
        "https://room.example.org:99999",
        "https://[::1",
        "",
    ],
)
def test_what_cannot_be_an_address_for_outside_is_refused(given):
    with pytest.raises(InputError) as caught:
        checked_url(given)
    assert caught.value.code == "bad_public_url"
