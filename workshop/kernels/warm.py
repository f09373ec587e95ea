"""The warm parent of this program: started when first asked for, gone when this program is."""

from __future__ import annotations

import atexit
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.metadata import entry_points
from typing import NamedTuple

from workshop.kernels import wire
from workshop.kernels.parent import UNSAFE
from workshop.kernels.warming import ONE_THREAD

IMPORTS = (
    "workshop.programme",
    "workshop.reports.session",
    "workshop.reports.audit",
    "workshop.reports.minutes",
    "workshop.reports.rhythm",
    "ibis.backends.duckdb",
    "ibis.formats.pandas",
    "holidays.countries",
    "pandas.core.reshape.reshape",
    "pyarrow.pandas_compat",
    "workshop.i18n:read_catalogues",
    "workshop.views.won_lost:power_of",
)
"""What the kit's notebooks import, what comes with that later, and what is called once."""
ADDRESS = "SAMENSPEL_WARM_PARENT"
"""Where the workers of a program find its warm parent, so that all of them share one."""
STOCK = "SAMENSPEL_STOCK_KERNELS"
"""Set to anything, every kernel starts as Jupyter starts it."""


SPEC = "samenspel"
"""The kernelspec that names the provisioner."""
PROVISIONER = "samenspel-fork"
"""The provisioner's entry point."""
_START = """
import sys
sys.path[:] = [place for place in sys.path if place]
from workshop.kernels.parent import main
main()
"""
"""Not by ``-P``, which keeps a kernel from finding modules in its folder for good."""
_GROUP = "jupyter_client.kernel_provisioners"


def can_fork() -> bool:
    """Tell whether this system can fork kernels and this environment lets it."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and not os.environ.get(STOCK)


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what an interpreter reads of its environment when it starts, and never again."""
    return {name: value for name, value in environment.items() if name.startswith("PYTHON")}


class Address(NamedTuple):
    """Where a warm parent listens, and the secret that a request has to name."""

    place: str
    secret: str

    def __str__(self) -> str:
        return f"{self.place}:{self.secret}"


class WarmParent:
    """A running warm parent, which ends with this program or when it is told to."""

    def __init__(self, imports: Sequence[str] = IMPORTS) -> None:
        self._owner = os.getpid()
        theirs, self._life = os.pipe()
        secret = secrets.token_hex(16)
        os.write(self._life, f"{secret}\n".encode())
        with wire.listener() as listening:
            self.address = Address(wire.address_of(listening), secret)
            files = [listening.fileno(), theirs]
            command = ["-c", _START, *map(str, files), *imports]
            self.process = subprocess.Popen(
                [sys.executable, *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=files,
                env={**os.environ, **ONE_THREAD},
                # Ctrl-C is for the program that asks, which then stops its kernels.
                start_new_session=True,
            )
        os.close(theirs)
        atexit.register(self.stop)

    def stop(self) -> None:
        """End it and its kernels."""
        # A fork of this program knows of the parent but is not its owner.
        if self._owner == os.getpid() and self._life >= 0:
            os.close(self._life)
            self._life = -1
            # Ends it while it warms up; later it ignores this and ends its kernels first.
            self.process.terminate()
            self.process.wait()
            atexit.unregister(self.stop)


_own: dict[frozenset[tuple[str, str]], WarmParent] = {}


def warm_parent(environment: Mapping[str, str], imports: Sequence[str] = IMPORTS) -> Address | None:
    """Return where to ask for a kernel with this environment, and start a parent where none runs.

    ``None`` where the environment asks for another kind of interpreter than this program's, or no
    fork would be safe.
    """
    if settings(environment) != settings(os.environ):
        return None
    place, _, secret = os.environ.get(ADDRESS, "").partition(":")
    if secret:
        return Address(place, secret)
    kind = frozenset({*settings(environment).items(), *((name, "") for name in imports)})
    found = _own.get(kind)
    status = None if found is None else found.process.poll()
    if status == UNSAFE:
        return None
    if found is None or status is not None:
        if found is not None:
            found.stop()
        found = _own[kind] = WarmParent(imports)
    return found.address


def by_default() -> dict[str, str]:
    """Return the environment in which Jupyter's programs fork each kernel of this Python.

    Empty where the provisioner is not installed, as in a checkout without ``pip install``.
    """
    installed = entry_points(group=_GROUP, name=PROVISIONER)
    return {"JUPYTER_DEFAULT_PROVISIONER_NAME": PROVISIONER} if installed else {}


def prepare() -> None:
    """Start a warm parent, so that it is warm when the first kernel is asked for."""
    if can_fork():
        with suppress(OSError):
            warm_parent(os.environ)
