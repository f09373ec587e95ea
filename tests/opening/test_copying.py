"""Copying beside a session: it never stops it, and says once what is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from workshop.errors import WorkspaceError
from workshop.opening import copying
from workshop.opening.copying import Copying


class Disk:
    """A copy whose steps fail as told; each step takes the next of ``fates``, the last for good."""

    def __init__(self, *fates: Exception | None) -> None:
        self.fates = list(fates)
        self.steps = 0
        self.closed = False

    def step(self) -> None:
        self.steps += 1
        fate = self.fates.pop(0) if len(self.fates) > 1 else self.fates[0]
        if fate is not None:
            raise fate

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def watched(monkeypatch) -> Callable[..., Any]:
    monkeypatch.setattr(copying, "SECONDS", 0.01)

    def watch(*fates: Exception | None) -> Any:
        heard: list[str] = []
        disk: Any = Disk(*fates)
        made = Copying(
            disk,
            fails=heard.append,
            works=lambda: heard.append("works"),
            over=lambda error: heard.append(error.code),
        )
        return SimpleNamespace(disk=disk, copying=made, heard=heard)

    return watch


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_failing_disk_is_said_once_and_tried_on_until_it_works(watched):
    full = OSError(28, "No space left on device")
    one = watched(None, full, full, full, None)
    one.copying.start()
    until(lambda: one.disk.steps > 8)
    assert one.copying.stop()
    assert one.heard == [str(full), "works"]
    assert one.disk.closed


def test_another_fault_is_said_anew(watched):
    one = watched(OSError("first"), OSError("first"), OSError("second"))
    one.copying.start()
    until(lambda: one.disk.steps > 4)
    assert not one.copying.stop()
    assert one.heard == ["first", "second"]


def test_a_copy_that_became_an_original_ends_it(watched):
    one = watched(None, WorkspaceError("copy_goes_on", path="x"))
    one.copying.start()
    until(lambda: one.disk.closed)
    steps = one.disk.steps
    assert not one.copying.stop()
    assert one.disk.steps == steps == 2
    assert one.heard == ["copy_goes_on"]


def test_stopping_copies_once_more(watched, monkeypatch):
    monkeypatch.setattr(copying, "SECONDS", 60.0)
    one = watched(None)
    one.copying.start()
    until(lambda: one.disk.steps == 1)
    assert one.copying.stop()
    assert one.disk.steps == 2


def test_a_disk_that_hangs_does_not_hold_up_the_end(watched, monkeypatch):
    monkeypatch.setattr(copying, "LAST_SECONDS", 0.05)
    one = watched(None)
    one.disk.step = lambda: time.sleep(1)
    one.copying.start()
    assert not one.copying.stop()
