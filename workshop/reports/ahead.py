"""Rehearse the page and the PDF while a notebook runs: this process has nothing to do then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from workshop.reports.jupyter import jupyter
from workshop.reports.pdf import as_pdf
from workshop.reports.render import Cover, page

if TYPE_CHECKING:
    from nbformat import NotebookNode

_rehearsed: set[str] = set()


@contextmanager
def rehearsing(notebook: NotebookNode, name: str, cover: Cover, *, pdf: bool) -> Iterator[None]:
    """Make the page of a notebook without outputs, and its PDF, in a thread of its own.

    That imports, compiles and reads what the first page and the first PDF of a process need, once
    in a process. What fails there fails again, and is said, where it is needed. What runs the
    notebook is imported before: two threads that import parts of it find each other's half made.
    """
    jupyter("papermill")
    thread = threading.Thread(target=_rehearse, args=(notebook, name, cover, pdf), daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _rehearse(notebook: NotebookNode, name: str, cover: Cover, pdf: bool) -> None:
    files = {"html", "pdf"} if pdf else {"html"}
    if files <= _rehearsed:
        return
    _rehearsed.update(files)
    with suppress(Exception):
        html = page(notebook, name, cover, [])
        if pdf:
            as_pdf(html)
