"""Any request to any address: an answer that is foreseen, and never what was not to be known."""

from __future__ import annotations

import json
import logging
import os
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.room.phones import exercise
from tests.security.routes import ALWAYS, ELSEWHERE, ROUTES, Route
from tests.security.wire import request, said
from workshop.room.base import COOKIE
from workshop.room.server import application
from workshop.session import rounds

TRIES = 20_000 if os.environ.get("SAMENSPEL_TORTURE") == "full" else 350
SECRET, NAME = "wat-een-ander-schreef", "Naam Vaneenander"
ODD = st.sampled_from(
    [
        "",
        "\x00",
        "%00",
        "../..",
        "'\"><script>",
        "${7*7}",
        "{{7*7}}",
        "\udcff",
        "é" * 300,
        "-1",
        "1e9",
    ]
)
VALUES = st.one_of(
    ODD,
    st.sampled_from(["sales", "marketing", "other", "nl", "en", "1", "2", "yes", "text", "a"]),
    st.text(max_size=40),
)
HEADERS = st.sampled_from(
    [
        "Accept-Language: nl;q=nan, en;q=1e999",
        "Accept-Language: " + "a," * 500,
        "Accept-Encoding: gzip",
        "If-None-Match: *",
        "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
        "Range: bytes=0-1",
        "Range: bytes=-1,0-0,5-",
        "Sec-Fetch-Site: none",
        "Sec-Fetch-Site: cross-site",
        "X-Forwarded-For: 10.0.0.1, \x00",
        "X-Requested-With: XMLHttpRequest",
        "Expect: 100-continue",
        "Referer: http://[",
        "Origin: http://[::1",
        "Content-Type: application/json; charset=utf-7",
        "Content-Type: text/plain",
        "Content-Type: multipart/form-data",
        "Cookie: " + "a=b;" * 200,
        f"Cookie: {COOKIE}=\x01\x7f",
        f"Cookie: {COOKIE}={'x' * 200}; {COOKIE}=",
    ]
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), VALUES)
ENTRY = st.fixed_dictionaries(
    {
        "item": st.one_of(st.sampled_from(["text", "choice"]), VALUES),
        "value": st.recursive(
            LEAVES, lambda x: st.lists(x) | st.dictionaries(VALUES, x), max_leaves=6
        ),
        "key": st.one_of(st.from_regex(r"[A-Za-z0-9_-]{8,20}", fullmatch=True), VALUES),
    }
)
SENT = st.fixed_dictionaries(
    {"round": st.one_of(st.just(1), st.integers(), VALUES), "answers": st.lists(ENTRY, max_size=3)}
)


@st.composite
def calls(draw) -> tuple[Route, str, str, list[str], bytes]:
    """Draw a request: a route, a method, a target, headers and a body."""
    route = draw(st.sampled_from([*ROUTES.values(), ELSEWHERE]))
    method = draw(st.sampled_from(["GET", "POST", "POST", "HEAD", "PUT", "OPTIONS", "DELETE"]))
    headers = draw(st.lists(HEADERS, max_size=3))
    kind = draw(st.sampled_from(["form", "json", "bytes", "none"]))
    body = b""
    if kind == "form":
        fields = st.sampled_from(route.fields) if route.fields else VALUES
        pairs = draw(st.lists(st.tuples(st.one_of(fields, VALUES), VALUES), max_size=6))
        body = "&".join(f"{name}={value}" for name, value in pairs).encode("utf-8", "replace")
        headers.append("Content-Type: application/x-www-form-urlencoded")
    elif kind == "json":
        body = json.dumps(draw(SENT)).encode()
        headers.append("Content-Type: application/json")
    elif kind == "bytes":
        body = draw(st.binary(max_size=200))
    return route, method, draw(st.sampled_from(route.targets)), headers, body


class _Errors(logging.Handler):
    """What the server notes as its own fault."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(f"{record.name}: {record.getMessage()} {record.exc_info}")


@pytest.fixture
def errors():
    handler, loggers = _Errors(), [logging.getLogger(n) for n in ("tornado", "workshop", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler.found
    for logger in loggers:
        logger.removeHandler(handler)


def test_every_address_is_described(room):
    rules: Any = application(room.desk).default_router.rules[0].target.rules
    assert {rule.matcher.regex.pattern for rule in rules} == {f"{pattern}$" for pattern in ROUTES}


@pytest.mark.parametrize("named", [False, True], ids=["anonymous", "named"])
def test_any_request(generous, store, session, phone, errors, named):
    """Ask as someone who joined and as someone who did not; another has answered already."""
    found = rounds.open_round(
        store, session.session_id, "a", exercise("text", "choice", named=named)
    )
    writer = phone("marketing")
    writer.web.post("/name", data={"name": NAME})
    assert writer.states(writer.send(found.round_id, {"text": SECRET})) == ["saved"]
    one, port = {"token": phone().token}, generous.port
    host = f"127.0.0.1:{port}"
    secrets = [SECRET, NAME, writer.token, str(generous.workspace.path), "Traceback", "tornado"]

    @settings(
        max_examples=TRIES // 2,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(calls(), st.booleans(), st.booleans())
    def ask(call, joined, own) -> None:
        route, method, target, headers, body = call
        given = [*headers, *([f"Origin: http://{host}"] if own else [])]
        given += [f"Cookie: {COOKIE}={one['token']}"] if joined else []
        content = request(method, target.format(code=session.code), *given, body=body, host=host)
        # A stream has no end, which is what it is for.
        heard = said(port, content, patience=0.2 if target == "/events" else 20)
        assert heard.status in route.statuses | ALWAYS, content
        assert heard.answers == 1
        if heard.status != 400 or b"content-security-policy" in heard.head:
            assert b"\r\nserver:" not in heard.head
        if heard.status not in (400, 421):
            assert b"content-security-policy: default-src 'none'" in heard.head
            assert b"x-content-type-options: nosniff" in heard.head
            assert b"etag" not in heard.head
        text = heard.text.decode("utf-8", "replace")
        assert not [secret for secret in secrets if secret in text], content
        renewed = re.search(rf"{COOKIE}=([\w-]{{20,}})", text)
        one["token"] = renewed[1] if renewed and joined else one["token"]

    ask()
    assert errors == []
    assert SECRET in writer.page()
