"""Eight hours of the room leave nothing behind but the data.

Short: an hour and a half. ``SAMENSPEL_TORTURE=full``: eight hours, four rounds a quarter.
"""

from __future__ import annotations

import asyncio
import os

import psutil
import pytest

from benchmarks.room import server
from tests.torture.soak import PEOPLE, Day, Growth, Held, growth
from workshop.session import people
from workshop.session.store import open_store
from workshop.workspace import Workspace

FULL = os.environ.get("SAMENSPEL_TORTURE") == "full"
ROUNDS = 128 if FULL else 6
MOST_A_REQUEST = 500 if FULL else 8_000
"""Bytes; in the first hours SQLite fills its caches, which then stay as large as they are."""
MOST_JOURNAL = 8 << 20
"""SQLite takes its journal into the file at 4 MB, once nobody reads."""


async def play(day: Day, rounds: int) -> list[Held]:
    return [await day.quarter() for _ in range(rounds)]


def check(found: Growth) -> None:
    """Hold what grew to its bounds."""
    assert found.resident < MOST_A_REQUEST
    assert abs(found.files) < 3
    assert abs(found.threads) < 1


def test_eight_hours(tmp_path, tried):
    workspace = Workspace.create(tmp_path / "client", "Klant")
    with server(workspace) as (process, port):
        watched = psutil.Process(process.pid)
        day = Day(workspace, port, watched)
        own_files, own_threads = psutil.Process().num_fds(), psutil.Process().num_threads()
        held = asyncio.run(play(day, ROUNDS))
        assert psutil.Process().num_fds() <= own_files + 2
        assert psutil.Process().num_threads() <= own_threads + 1
        day.close()
    assert day.refused == []
    check(growth(held))
    last = held[-1]
    assert last.database < 1.5 * last.data + (64 << 10)
    assert max(one.journal for one in held) < MOST_JOURNAL
    assert last.requests > ROUNDS * 200
    store = open_store(workspace)
    joined = people.joined(store, day.session.session_id)
    assert sum(joined.values()) == PEOPLE + 3 * (ROUNDS - 1)
    store.close()
    tried("requests to the room in a day", "answered", last.requests)
    tried("requests to the room in a day", "of which answers", last.answers)


def flat(number: int) -> Held:
    """Return a measurement of a server at rest, with the noise that memory has."""
    noise = (number * 7919) % 200_000
    return Held(300 * number, 150 * number, 180_000_000 + noise, 16, 8, 500_000, 400_000, 4_000_000)


@pytest.mark.parametrize("rounds", [6, 128])
def test_a_server_at_rest_does_not_grow(rounds):
    check(growth([flat(n) for n in range(rounds)]))


@pytest.mark.parametrize(
    ("what", "each"), [("resident", 300 * 9_000), ("files", 1), ("threads", 1)]
)
def test_what_each_round_leaves_behind_is_noticed(what, each):
    leaking = [flat(n)._replace(**{what: getattr(flat(n), what) + each * n}) for n in range(ROUNDS)]
    with pytest.raises(AssertionError):
        check(growth(leaking))
