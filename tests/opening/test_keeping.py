"""What looks after an open room: it follows the network and the session, and says so once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workshop.errors import WorkspaceError
from workshop.i18n import Translator
from workshop.opening import keeping, network
from workshop.opening.keeping import Keeper
from workshop.opening.network import LOOPBACK, Address
from workshop.opening.screen import Screen
from workshop.session import sessions
from workshop.session.room_file import read_room
from workshop.session.store import open_store
from workshop.workspace import Workspace

WIFI = Address("192.168.1.20", "wlan0", "near")
HOTSPOT = Address("172.20.10.2", "wlan0", "near")
HERE = Address(LOOPBACK, "lo", "loopback")


class Room:
    """A room that is not served: what it is asked, and how it fares."""

    def __init__(self, address: Address, public_url: str | None = None) -> None:
        self.address, self.port, self.public_url = address, 8484, public_url
        self.fates: list[str] = []
        self.problem = "first"
        self.fails = False

    def keep_up(self) -> str:
        return self.fates.pop(0) if self.fates else "runs"

    def move(self, address: Address) -> None:
        self.address = address
        if self.fails:
            raise WorkspaceError("room_not_started", problem="full", log="x.log")


class Lab:
    """A JupyterLab that ends as often as told."""

    ends = 0

    def keep_up(self) -> bool:
        self.ends -= 1
        return self.ends >= 0


class Scene:
    """A keeper and the world that it looks at."""

    def __init__(self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        self.workspace = workspace
        self.store = open_store(workspace)
        self.session = sessions.start(self.store)
        self.found: tuple[Address, ...] = (WIFI,)
        self.lab = Lab()
        monkeypatch.setattr(network, "addresses", lambda: self.found)
        monkeypatch.setattr(network, "free_port", lambda address, port, tries: port)
        monkeypatch.setattr(keeping, "answers", lambda address: True)
        monkeypatch.setattr(keeping, "same_room", lambda url, address: False)
        monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.0)

    def keeper(self, room: Any, *, fixed: bool = False) -> Keeper:
        lab: Any = self.lab
        screen = Screen(Translator("en"))
        return Keeper(self.workspace, self.store, screen, room, lab, fixed)

    def url(self) -> str:
        found = read_room(self.workspace)
        assert found is not None
        return found.url


@pytest.fixture
def scene(tmp_path: Path, monkeypatch):
    made = Scene(Workspace.create(tmp_path / "client", "Rekvast", language="en"), monkeypatch)
    yield made
    made.store.close()


def test_the_notebook_finds_where_the_room_is(scene, capsys):
    scene.keeper(Room(WIFI)).announce()
    code = scene.session.code
    assert scene.url() == f"http://192.168.1.20:8484/j/{code}"
    shown = capsys.readouterr()
    assert f"Join at 192.168.1.20:8484 with code {code}" in shown.out
    assert "does not show that the network lets phones through" in shown.out
    assert shown.err == ""


def test_the_room_goes_along_to_a_hotspot(scene, capsys):
    room = Room(WIFI)
    keeper = scene.keeper(room)
    keeper.announce()
    scene.found = (HOTSPOT,)
    keeper.look()
    assert room.address == HOTSPOT
    assert scene.url().startswith("http://172.20.10.2:8484/")
    assert "another address" in capsys.readouterr().err
    keeper.look()
    assert capsys.readouterr() == ("", "")


def test_a_room_without_a_network_takes_the_first_there_is(scene, capsys):
    scene.found = ()
    room = Room(HERE)
    keeper = scene.keeper(room)
    keeper.announce()
    said = capsys.readouterr()
    assert "Phones cannot reach the room yet" in said.err
    assert "Hotspot" in said.out and "Guest Wi-Fi" not in said.out
    keeper.look()
    assert room.address == HERE
    scene.found = (HOTSPOT,)
    keeper.look()
    assert room.address == HOTSPOT


@pytest.mark.parametrize("room", [Room(WIFI), Room(HERE, "https://room.example.org")])
def test_an_address_that_was_asked_for_is_kept(scene, room):
    before = room.address
    keeper = scene.keeper(room, fixed=room.public_url is None)
    scene.found = (HOTSPOT,)
    keeper.look()
    assert room.address == before


def test_a_move_that_fails_is_said_once_and_tried_by_the_next_look(scene, capsys):
    room = Room(WIFI)
    keeper = scene.keeper(room)
    scene.found, room.fails = (HOTSPOT,), True
    room.fates = ["runs", "failed", "failed", "restarted"]
    room.problem = "The disk is full."
    keeper.look()
    assert "full" in capsys.readouterr().err
    keeper.look()
    keeper.look()
    assert capsys.readouterr().err.count("The disk is full.") == 1
    keeper.look()
    assert "was started again" in capsys.readouterr().out


def test_another_session_s_code_is_said_and_written(scene, capsys):
    keeper = scene.keeper(Room(WIFI))
    keeper.announce()
    capsys.readouterr()
    code = sessions.start(scene.store).code
    keeper.look()
    assert code in capsys.readouterr().out
    assert scene.url().endswith(code)
    keeper.look()
    assert capsys.readouterr().out == ""


def test_an_ended_lab_is_said(scene, capsys):
    scene.lab.ends = 1
    keeper = scene.keeper(Room(WIFI))
    keeper.look()
    assert "JupyterLab stopped" in capsys.readouterr().err
    keeper.look()
    assert capsys.readouterr().err == ""


def test_people_outside_are_sent_to_the_address_for_outside(scene, capsys):
    scene.keeper(Room(HERE, "https://room.example.org")).announce()
    said = capsys.readouterr().out
    assert f"Join at room.example.org with code {scene.session.code}" in said
    assert scene.url() == f"https://room.example.org/j/{scene.session.code}"
    assert "pass that on to http://127.0.0.1:8484" in said
    assert "does not answer at https://room.example.org yet" in said
    assert "Guest Wi-Fi" not in said


def test_a_vpn_and_the_other_addresses_are_said(scene, capsys):
    tunnel = Address("10.8.0.2", "utun3", "vpn")
    scene.found = (WIFI, tunnel)
    scene.keeper(Room(WIFI)).announce()
    said = capsys.readouterr()
    assert "10.8.0.2 (utun3, VPN)" in said.out
    assert "utun3" in said.err


def test_a_firewall_in_the_way_is_said(scene, capsys, monkeypatch):
    monkeypatch.setattr(keeping, "answers", lambda address: False)
    scene.keeper(Room(WIFI)).announce()
    assert "gets no answer at http://192.168.1.20:8484" in capsys.readouterr().err
