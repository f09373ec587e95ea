"""The machine's addresses, and the one that phones at a venue can most likely reach."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import psutil

from workshop.errors import InputError

LOOPBACK = "127.0.0.1"
Kind = Literal["near", "unknown", "vpn", "virtual", "loopback"]
"""Wi-Fi or a cable; something unknown; a tunnel; a machine within this one; this machine only."""

_PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("vpn", r"tun|tap|ppp|wg|ipsec|tailscale|zt|zerotier|nord|proton|mullvad|wireguard|openvpn"),
    ("vpn", r".*(vpn|tap-windows|anyconnect|globalprotect|zscaler|warp)"),
    (
        "virtual",
        r"docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|cni|podman|vethernet|bridge|awdl|llw",
    ),
    (
        "virtual",
        r".*(virtualbox|vmware|hyper-v|host-only|wsl|loopback|bluetooth)|ap\d|anpi|gif|stf",
    ),
    ("near", r"wl|wi-?fi|wlan|en\w*\d|eth|usb|ww|ethernet|local area|lan-verbinding|draadloze"),
)
_ORDER: tuple[Kind, ...] = ("near", "unknown", "vpn", "virtual", "loopback")
# A documentation address (RFC 5737): connecting a datagram socket to it sends nothing.
_ELSEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}


class Address(NamedTuple):
    """An address of this machine, the interface that has it, and what that is."""

    text: str
    interface: str
    kind: Kind

    @property
    def is_near(self) -> bool:
        """Whether a device at the same place can be expected to reach it."""
        return self.kind in ("near", "unknown")

    def url(self, port: int) -> str:
        """Return what to type to reach a port of it."""
        return f"http://{self.place(port)}"

    def place(self, port: int) -> str:
        """Return the address with a port.

        >>> Address("fd00::2", "eth0", "near").place(8484)
        '[fd00::2]:8484'
        """
        return f"[{self.text}]:{port}" if ":" in self.text else f"{self.text}:{port}"


def addresses() -> tuple[Address, ...]:
    """Return the machine's addresses, the best for phones first; none but loopback is none."""
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    found = {
        name: [one.address for one in given if one.family in _ELSEWHERE]
        for name, given in psutil.net_if_addrs().items()
        if name in up
    }
    return ranked(found, routed())


def ranked(found: Mapping[str, Sequence[str]], routes: Sequence[str] = ()) -> tuple[Address, ...]:
    """Return addresses by interface in the order in which phones can be expected to reach them.

    Wi-Fi and cable before tunnels and machines within this one, IPv4 before IPv6, private before
    public; among equals the one that this machine's own traffic takes (``routes``).
    """
    usable = [
        Address(text, interface, kind_of(interface))
        for interface, texts in found.items()
        for text in texts
        if _usable(text)
    ]

    def order(address: Address) -> tuple[object, ...]:
        parsed = ipaddress.ip_address(address.text)
        return (
            _ORDER.index(address.kind),
            parsed.version,
            not parsed.is_private,
            address.text not in routes,
            address.interface,
        )

    return tuple(sorted(usable, key=order))


def kind_of(interface: str) -> Kind:
    """Return what an interface is, by the name that its system gives it.

    >>> [kind_of(name) for name in ("wlp2s0", "utun3", "docker0", "Wi-Fi", "vEthernet (WSL)")]
    ['near', 'vpn', 'virtual', 'near', 'virtual']
    """
    name = interface.lower()
    if re.match(r"utun\d", name):
        return "vpn"
    return next((kind for kind, pattern in _PATTERNS if re.match(pattern, name)), "unknown")


def best(found: Sequence[Address]) -> Address:
    """Return the address to take where none was asked for: loopback if nothing is near."""
    return next((one for one in found if one.is_near), Address(LOOPBACK, "lo", "loopback"))


def asked_for(text: str, found: Sequence[Address]) -> Address:
    """Return an address by its text; raise ``InputError`` for one that this machine lacks."""
    if text in (LOOPBACK, "localhost"):
        return Address(LOOPBACK, "lo", "loopback")
    for one in found:
        if _same(text, one.text):
            return one
    raise InputError(
        "no_such_address", given=text, allowed=[one.text for one in found] + [LOOPBACK]
    )


def routed() -> tuple[str, ...]:
    """Return the addresses from which this machine's own traffic would leave; sends nothing."""
    texts = []
    for family, elsewhere in _ELSEWHERE.items():
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((elsewhere, 9))
                texts.append(str(probe.getsockname()[0]))
        except OSError:
            continue
    return tuple(texts)


def free_port(address: str, wanted: int, tries: int) -> int:
    """Return the first port from ``wanted`` that nothing listens on.

    Raises ``InputError`` where ``tries`` of them are taken, or the address is not to be had.
    """
    family: Any = socket.AF_INET6 if ":" in address else socket.AF_INET
    for port in range(wanted, min(wanted + tries, 65_536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As the servers do: a port whose last connections still fade is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                continue
            return port
    raise InputError("room_address_in_use", host=address, port=str(wanted))


def _usable(text: str) -> bool:
    """Tell whether a phone could type it: no loopback, and none that needs a zone."""
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)


def _same(text: str, other: str) -> bool:
    try:
        return ipaddress.ip_address(text.strip("[]")) == ipaddress.ip_address(other)
    except ValueError:
        return False
