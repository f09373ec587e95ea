"""What a worker does with an order: of a folder at hand, or of one on shared storage."""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from workshop.reports.finish import finish
from workshop.reports.order import Measure, Order, Outcome, Place
from workshop.reports.storage import at_hand, hand_in, named_there, storage_failure


def work_on(place: Place, order: Order | Measure) -> Outcome:
    """Carry out an order; what goes wrong is part of the outcome."""
    if isinstance(place, Path):
        return _work_on(place, order)
    begin = time.monotonic()
    try:
        with at_hand(place, order) as (folder, elsewhere):
            outcome = _work_on(folder, order, elsewhere)
            if outcome.files and not outcome.already:
                hand_in(Path(outcome.files[0]), folder, place)
            return named_there(outcome, folder, place)
    except Exception as error:
        failure = storage_failure(place, error)
        return Outcome(place, seconds=time.monotonic() - begin, failure=failure)


def _work_on(
    path: Path, order: Order | Measure, elsewhere: Collection[PurePosixPath] = ()
) -> Outcome:
    if isinstance(order, Measure):
        # a report needs no CRM in this process: its kernel has that
        from workshop.reports.measure import measure

        return measure(path, order)
    return finish(path, order, elsewhere)
