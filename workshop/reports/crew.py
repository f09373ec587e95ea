"""What runs on the workers of a Dask cluster.

There as here each report is made by a process of its own, which takes no worker with it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from distributed import WorkerPlugin, get_worker

from workshop.reports.batch import Batch
from workshop.reports.inputs import of_kit
from workshop.reports.order import Failure, Measure, Order, Outcome, Place


class Crew(WorkerPlugin):
    """The processes of one Dask worker that make reports, as many as it has threads."""

    def __init__(self, name: str) -> None:
        self.name = name

    def setup(self, worker: Any) -> None:
        """Lay down the processes; what they leave behind goes with the worker's own files."""
        self.batch = Batch(worker.state.nthreads, Path(worker.local_directory))

    def teardown(self, worker: Any) -> None:
        """End them, and the report in hand: whoever asked for it is gone."""
        self.batch.leave(at_once=True)


def carry_out(crew: str, kit: str, place: Place, order: Order | Measure) -> Outcome:
    """Carry out an order on the worker that this runs on, if its kit is the one that asks."""
    worker: Any = get_worker()
    if of_kit() != kit:
        return Outcome(place, failure=Failure("other_kit", {"worker": worker.address}))
    if isinstance(place, Path) and not place.is_dir():
        failure = Failure("not_shared", {"path": str(place), "worker": worker.address})
        return Outcome(place, failure=failure)
    batch: Batch = worker.plugins[crew].batch
    return batch.outcome(place, order, lambda begun: worker.log_event(crew, str(begun)))
