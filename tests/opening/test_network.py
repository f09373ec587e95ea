"""Which of a machine's addresses phones can reach, on the machines that facilitators bring."""

from __future__ import annotations

import socket

import pytest

from workshop.errors import InputError
from workshop.opening.network import (
    LOOPBACK,
    Address,
    addresses,
    asked_for,
    best,
    free_port,
    kind_of,
    ranked,
)

WINDOWS = {
    "Loopback Pseudo-Interface 1": ["127.0.0.1", "::1"],
    "vEthernet (WSL)": ["172.28.0.1"],
    "VirtualBox Host-Only Network": ["192.168.56.1"],
    "Local Area Connection* 2": ["169.254.10.1"],
    "Tailscale": ["100.101.102.103"],
    "Wi-Fi": ["fe80::1", "10.20.30.40"],
}
MAC = {
    "lo0": ["127.0.0.1", "::1", "fe80::1%lo0"],
    "utun3": ["10.8.0.2", "fe80::2%utun3"],
    "bridge100": ["192.168.64.1"],
    "awdl0": ["fe80::3%awdl0"],
    "en0": ["fe80::4%en0", "2a02:a03f::10", "192.168.1.20"],
}
LINUX = {
    "lo": ["127.0.0.1", "::1"],
    "docker0": ["172.17.0.1"],
    "br-3a5c9f": ["172.18.0.1"],
    "veth12ab": ["fe80::5%veth12ab"],
    "wg0": ["10.66.66.2"],
    "zt7nnig26": ["10.147.17.5"],
    "wlp2s0": ["192.168.178.31", "fe80::6%wlp2s0"],
}


@pytest.mark.parametrize(
    ("machine", "chosen"),
    [(WINDOWS, "10.20.30.40"), (MAC, "192.168.1.20"), (LINUX, "192.168.178.31")],
    ids=["windows", "mac", "linux"],
)
def test_the_wireless_address_goes_before_tunnels_and_virtual_machines(machine, chosen):
    found = ranked(machine)
    assert best(found).text == chosen
    assert {one.text for one in found if one.is_near} >= {chosen}
    # What has to be typed with a zone, or is this machine only, cannot be typed on a phone.
    assert not [one for one in found if one.text.startswith(("fe80", "127.", "169.254", "::1"))]


def test_a_vpn_that_takes_all_traffic_is_still_not_chosen():
    assert best(ranked(LINUX, routes=("10.66.66.2",))).text == "192.168.178.31"


def test_among_equals_the_one_that_the_machine_uses_goes_first():
    two = {"eth0": ["192.168.1.5"], "wlan0": ["192.168.2.5"]}
    assert best(ranked(two, routes=("192.168.2.5",))).text == "192.168.2.5"
    assert best(ranked(two, routes=("192.168.1.5",))).text == "192.168.1.5"


def test_a_private_address_goes_before_a_public_one_and_version_4_before_6():
    found = ranked({"eth0": ["2a02:a03f::10", "8.8.8.8", "fd00::2", "10.0.0.2"]})
    assert [one.text for one in found] == ["10.0.0.2", "8.8.8.8", "fd00::2", "2a02:a03f::10"]


def test_a_machine_with_version_6_only_gets_an_address_that_can_be_typed():
    chosen = best(ranked({"lo": ["::1"], "eth0": ["fe80::1%eth0", "fd00::2"]}))
    assert chosen.text == "fd00::2"
    assert chosen.url(8484) == "http://[fd00::2]:8484"


@pytest.mark.parametrize("machine", [{}, {"lo": ["127.0.0.1"]}, {"tun0": ["10.8.0.2"]}])
def test_without_a_network_only_this_machine_is_left(machine):
    assert best(ranked(machine)) == Address(LOOPBACK, "lo", "loopback")


@pytest.mark.parametrize(
    ("interface", "kind"),
    [
        ("Ethernet 3", "near"),
        ("enp3s0", "near"),
        ("eno1", "near"),
        ("usb0", "near"),
        ("tailscale0", "vpn"),
        ("Cisco AnyConnect Secure Mobility Client", "vpn"),
        ("OpenVPN TAP-Windows6", "vpn"),
        ("ppp0", "vpn"),
        ("vmnet8", "virtual"),
        ("VMware Network Adapter VMnet1", "virtual"),
        ("virbr0", "virtual"),
        ("br0", "unknown"),
    ],
)
def test_an_interface_is_known_by_its_name(interface, kind):
    assert kind_of(interface) == kind


def test_an_address_that_was_asked_for_has_to_be_this_machine_s():
    found = ranked(LINUX)
    assert asked_for("172.17.0.1", found).interface == "docker0"
    assert asked_for("localhost", found).text == LOOPBACK
    assert asked_for("[fd00:0:0::2]", ranked({"eth0": ["fd00::2"]})).text == "fd00::2"
    with pytest.raises(InputError) as caught:
        asked_for("192.168.1.99", found)
    assert caught.value.code == "no_such_address"
    assert caught.value.fields["allowed"][0] == "192.168.178.31"
    assert caught.value.fields["allowed"][-1] == LOOPBACK


def test_this_very_machine_can_be_asked():
    for one in addresses():
        with socket.socket(
            socket.AF_INET6 if ":" in one.text else socket.AF_INET, socket.SOCK_STREAM
        ) as probe:
            probe.bind((one.text, 0))


class TestPorts:
    def test_the_next_free_port_is_taken(self):
        with socket.socket() as taken:
            taken.bind((LOOPBACK, 0))
            taken.listen()
            port = taken.getsockname()[1]
            assert port < free_port(LOOPBACK, port, 20) < port + 20

    def test_a_taken_port_that_was_asked_for_is_said(self):
        with socket.socket() as taken:
            taken.bind((LOOPBACK, 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(InputError) as caught:
                free_port(LOOPBACK, port, 1)
        assert caught.value.code == "room_address_in_use"
        assert caught.value.fields == {"host": LOOPBACK, "port": str(port)}
