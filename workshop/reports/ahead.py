"""Get the page and the PDF ready while a notebook runs: this process has nothing to do then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from workshop.reports.jupyter import jupyter
from workshop.reports.pdf import ready_for_pdf
from workshop.reports.render import ready_for_page


@contextmanager
def getting_ready(*, pdf: bool) -> Iterator[None]:
    """Import in a thread of its own what makes the page, and the PDF where one is asked for.

    What fails there fails again, and is said, where it is needed. What runs the notebook is
    imported before: two threads that import parts of it find each other's half made.
    """
    jupyter("papermill")
    thread = threading.Thread(target=_get_ready, args=(pdf,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _get_ready(pdf: bool) -> None:
    ready_for_page()
    if pdf:
        ready_for_pdf()
