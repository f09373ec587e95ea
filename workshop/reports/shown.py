"""Leave out of a report what only belongs there if a certain cell showed something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workshop.reports.jupyter import jupyter

if TYPE_CHECKING:
    from nbformat import NotebookNode

WITH = "with:"
"""How a markdown cell's tag begins that names the cell it goes with."""


def with_their_cells(notebook: NotebookNode) -> NotebookNode:
    """Return an executed notebook without the words whose cell, by its id, showed nothing."""
    silent = {cell.id for cell in notebook.cells if cell.cell_type == "code" and not cell.outputs}
    kept = [cell for cell in notebook.cells if not silent & set(_companions(cell))]
    left: NotebookNode = jupyter("nbformat").from_dict({**notebook, "cells": kept})
    return left


def _companions(cell: NotebookNode) -> list[str]:
    tags = cell.metadata.get("tags", ())
    return [tag.removeprefix(WITH) for tag in tags if tag.startswith(WITH)]
