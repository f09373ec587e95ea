"""What to try when a phone cannot open the room follows from where the room is."""

from __future__ import annotations

import pytest

from workshop.i18n import Translator
from workshop.session.room_file import RoomFile
from workshop.views.room.unreachable import is_here_only, steps
from workshop.views.room.welcome import Welcome

EN = Translator("en")


def room(url: str) -> RoomFile:
    return RoomFile(address=url.partition("//")[2], code="K7M4QP", url=f"{url}/j/K7M4QP")


NEAR = room("http://192.168.1.20:8484")
HERE = room("http://127.0.0.1:8484")
OUTSIDE = room("https://room.example.org")


@pytest.mark.parametrize(
    ("where", "first", "absent"),
    [
        (NEAR, "Is the phone on the same Wi-Fi", "tunnel or proxy running"),
        (HERE, "Hotspot", "Guest Wi-Fi"),
        (OUTSIDE, "Is the tunnel or proxy running? Open https://room.example.org/", "Guest Wi-Fi"),
    ],
)
def test_the_steps_fit_where_the_room_is(where, first, absent):
    found = steps(where, EN)
    assert found[0].startswith(first)
    assert absent not in " ".join(found)
    assert "answer cards" in found[-1]


def test_the_firewall_s_step_names_the_port_as_it_is_typed():
    assert "sudo ufw allow 8484/tcp" in " ".join(steps(NEAR, EN))


def test_only_loopback_is_here_only():
    assert is_here_only(HERE) and is_here_only(room("http://[::1]:8484"))
    assert not is_here_only(NEAR) and not is_here_only(OUTSIDE)


def test_the_notebook_has_the_steps_folded_until_they_are_surely_needed():
    near, here = Welcome(NEAR, EN).html(), Welcome(HERE, EN).html()
    assert '<details class="kit-unreachable"><summary>' in near
    assert "Guest Wi-Fi" in near
    assert '<details class="kit-unreachable" open>' in here
    assert "Phones cannot reach the room yet" in here
