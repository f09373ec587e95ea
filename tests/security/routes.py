"""Every address of the room: how it is asked, and what may come back."""

from __future__ import annotations

from typing import NamedTuple


class Route(NamedTuple):
    """One pattern of the room: addresses that fit it, its forms' fields, its own statuses."""

    targets: tuple[str, ...]
    fields: tuple[str, ...]
    statuses: frozenset[int]


ALWAYS = frozenset({400, 403, 404, 405, 421, 429})
"""What any address may answer: a bad frame, a foreign page, nothing here, not so, a flood."""

ROUTES = {
    r"/": Route(("/", "/?lang=en"), ("code",), frozenset({200, 303})),
    r"/j/([^/]{1,40})": Route(
        ("/j/{code}", "/j/ABC234", "/j/{code}?means=shared", "/j/%00"),
        ("team", "language", "form", "means"),
        frozenset({200, 303, 422}),
    ),
    r"/room": Route(
        ("/room", "/room?saved=1"),
        ("round", "v/text", "v/choice", "shown", "clear", "done"),
        frozenset({200, 303, 409, 422}),
    ),
    r"/name": Route(("/name",), ("name",), frozenset({200, 303, 422})),
    r"/me": Route(("/me",), ("team", "language"), frozenset({200, 303, 409, 422})),
    r"/next": Route(("/next",), (), frozenset({303})),
    r"/answers": Route(("/answers",), (), frozenset({200, 401, 409})),
    r"/events": Route(("/events",), (), frozenset({200, 401})),
    r"/brand\.css": Route(("/brand.css",), (), frozenset({200})),
    r"/static/([a-z.]{1,20})": Route(
        ("/static/room.js", "/static/room.css?v=1", "/static/x", "/static/../x"),
        (),
        frozenset({200}),
    ),
}
ELSEWHERE = Route(("/lab", "/api", "/%2e%2e/", "/session.db", "//x"), (), frozenset())
