"""A worker of a batch: reads a client's folder and an order from stdin, answers on stdout.

It leads a session of its own, so that Ctrl-C reaches the batch and not the report in hand; and
it ends when the batch does, for its stdin is closed then.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from contextlib import suppress
from typing import BinaryIO


def work(orders: BinaryIO, answers: BinaryIO) -> None:
    """Carry out each order until there are no more."""
    from workshop.reports.work import work_on

    while True:
        try:
            place, order = pickle.load(orders)
        except EOFError:
            return
        pickle.dump(work_on(place, order), answers)
        answers.flush()


def main() -> None:
    """Serve the batch that started this; what a library prints goes to stderr."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with suppress(BrokenPipeError):
        work(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
