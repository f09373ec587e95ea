"""Which names the room answers to: its own addresses, and the one it was given for outside."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Hosts:
    """The room's names: ``host`` it listens on, and its address from outside."""

    host: str
    public_url: str | None = None

    @property
    def public(self) -> SplitResult | None:
        """The address from outside, in its parts."""
        return urlsplit(self.public_url) if self.public_url else None

    def known(self, host: str, local_address: str) -> bool:
        """Tell whether a ``Host`` header names this room.

        ``local_address`` is where this very connection came in: an address of this machine, so
        that a name which somebody else's server resolves to it is none of ours.
        """
        name = _name(host)
        if name is None:
            return False
        public = self.public.hostname if self.public else None
        machine = socket.gethostname().lower()
        own = {*_HERE, self.host.lower(), machine, f"{machine}.local", public}
        return name in own or _same_address(name, local_address)

    def same_origin(self, origin: str, host: str) -> bool:
        """Tell whether an ``Origin`` or ``Referer`` is a page of this room."""
        try:
            given = urlsplit(origin)
        except ValueError:
            return False
        if given.scheme not in ("http", "https") or not given.netloc:
            return False
        public = self.public
        if public and (given.scheme, given.netloc.lower()) == (
            public.scheme,
            public.netloc.lower(),
        ):
            return True
        return given.netloc.lower() == host.lower()

    def is_secure(self, host: str) -> bool:
        """Tell whether a cookie set here can travel over HTTPS only.

        From outside it does; a phone in the room may still come straight to the machine.
        """
        public = self.public
        if public is None or public.scheme != "https":
            return False
        name = _name(host)
        return name == public.hostname or name in _HERE


def _name(host: str) -> str | None:
    """Return the name in a ``Host`` header, without its port; ``None`` for what is no host."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    plain = parts.netloc == host and "@" not in host and not parts.path
    return parts.hostname if plain else None


def _same_address(name: str, address: str) -> bool:
    try:
        one, other = (ipaddress.ip_address(text.partition("%")[0]) for text in (name, address))
    except ValueError:
        return False
    return _unmapped(one) == _unmapped(other)


@lru_cache(4096)
def neighbourhood(address: str) -> str:
    """Return what counts as one caller: an address, or the IPv6 network that it lies in.

    Whoever has one address of such a network can take any of its 2⁶⁴.

    >>> neighbourhood("2001:db8::5"), neighbourhood("::ffff:192.0.2.1"), neighbourhood("unknown")
    ('2001:db8::/64', '192.0.2.1', 'unknown')
    """
    try:
        found = _unmapped(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), 64), strict=False))


def _unmapped(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return getattr(address, "ipv4_mapped", None) or address
