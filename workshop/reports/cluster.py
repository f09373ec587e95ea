"""Reports of many clients by the workers of a Dask scheduler, on machines that share the storage.

The scheduler hands the order of a worker that died to another one.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from workshop.errors import InputError
from workshop.reports.inputs import of_kit
from workshop.reports.order import Failure, Measure, Order, Outcome, Place

SCHEMES = ("tcp", "tls")
CONNECT_SECONDS = 10
WORKER_SECONDS = 60
"""How long a scheduler without workers is waited for: some start them when there is work."""
_LOGS = ("distributed", "distributed.client")


def check_address(address: str) -> None:
    """Raise ``InputError`` for what is no scheduler's address."""
    if not re.fullmatch(rf"({'|'.join(SCHEMES)})://[^\s/]+:\d+", address):
        raise InputError(
            "bad_cluster", given=address, allowed=[f"{one}://…:8786" for one in SCHEMES]
        )


class Cluster:
    """A Dask scheduler whose workers make reports; leaving it ends what was asked of them."""

    def __init__(self, address: str) -> None:
        check_address(address)
        self._dask = _dask()
        # its reconnecting and giving up is said by what becomes of the orders
        for name in _LOGS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._name, self._address = f"samenspel-{secrets.token_hex(6)}", address
        try:
            self._client: Any = self._dask.Client(
                address, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise InputError("no_cluster", given=address, problem=str(error)) from error
        try:
            self._client.wait_for_workers(1, timeout=WORKER_SECONDS)
            crew = import_module("workshop.reports.crew").Crew(self._name)
            self._client.register_plugin(crew)
        except BaseException as error:
            self._client.close()
            if isinstance(error, TimeoutError | self._dask.TimeoutError):
                raise InputError("no_workers", given=address) from error
            if isinstance(error, ImportError):
                raise InputError("other_workers", given=address, problem=str(error)) from error
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        if self._client.status == "running":
            self._client.unregister_worker_plugin(self._name)
        self._client.close()

    def outcomes(
        self, places: Sequence[Place], order: Order | Measure, begun: Callable[[Place], None]
    ) -> Iterator[Outcome]:
        """Yield what became of each client's order as soon as it is known.

        ``begun`` hears of each as a worker takes it up, from a thread of its own.
        """
        known = {_as_sent(place): place for place in places}
        shown = {str(sent): place for sent, place in known.items()}
        self._client.subscribe_topic(self._name, lambda event: begun(shown[event[1]]))
        carry_out = import_module("workshop.reports.crew").carry_out
        asked = {
            self._client.submit(carry_out, self._name, of_kit(), sent, order, pure=False): place
            for sent, place in known.items()
        }
        for future in self._dask.as_completed(list(asked), loop=self._client.loop):
            yield self._outcome(future, asked[future])._replace(path=asked[future])

    def _outcome(self, future: Any, place: Place) -> Outcome:
        """Return what a worker answered, or why none did."""
        try:
            outcome: Outcome = future.result()
        except self._dask.KilledWorker:
            return Outcome(place, failure=Failure("workers_died", {}))
        except CancelledError:
            return Outcome(place, failure=Failure("scheduler_gone", {"given": self._address}))
        except Exception as error:
            problem = f"{type(error).__name__}: {error}".splitlines()[0]
            return Outcome(place, failure=Failure("cluster_broke", {"problem": problem}))
        return outcome


def _as_sent(place: Place) -> Place:
    """Return a client's folder as a worker, which runs in a folder of its own, finds it."""
    return place.absolute() if isinstance(place, Path) else place


def _dask() -> Any:
    try:
        return import_module("distributed")
    except ImportError as error:
        raise InputError("needs_dask") from error
