"""The room of the room's own tests, for those who attack it."""

from __future__ import annotations

import pytest

from tests.room.conftest import _hang_up, phone, room, session, store, workspace

__all__ = ["_hang_up", "generous", "phone", "room", "session", "store", "workspace"]


@pytest.fixture
def generous(room):
    """Let one caller ask everything: what is held up here is what is said, not how often."""
    for bucket in vars(room.desk.limits).values():
        bucket.rate = bucket.burst = 10**6
    return room
