"""Lay a report's notebook down in the reader's language, run it, and take the machine out of it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from workshop.errors import ReportError
from workshop.i18n import Translator
from workshop.kernels.warm import SPEC
from workshop.reports import known_error
from workshop.reports.jupyter import jupyter
from workshop.reports.outline import nearest_heading

if TYPE_CHECKING:
    from nbformat import NotebookNode


class Executed(NamedTuple):
    """A notebook that ran, fit to be handed over, and what it wrote to stderr."""

    notebook: NotebookNode
    warnings: tuple[str, ...]


def laid_down(path: Path, t: Translator) -> NotebookNode:
    """Return a notebook whose markdown is in the language of ``t``, without what it once showed."""
    notebook: NotebookNode = jupyter("nbformat").read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = t.prose(cell.source)
        elif cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def executed(
    notebook: NotebookNode, name: str, parameters: Mapping[str, str], folder: Path
) -> NotebookNode:
    """Run a notebook with papermill, its kernel working in ``folder``; return it with outputs.

    Raises ``ReportError``: ``notebook_parameters`` for a name that the notebook does not declare
    (papermill only warns, and writes names unescaped), ``cell_failed``, ``cell_stopped`` for an
    error of ours, ``kernel_died``.
    """
    papermill = jupyter("papermill")
    missing = sorted(set(parameters) - set(papermill.inspect_notebook(notebook)))
    if missing:
        raise ReportError("notebook_parameters", notebook=name, missing=missing)
    try:
        ran: NotebookNode = papermill.execute_notebook(
            notebook,
            None,
            dict(parameters),
            kernel_name=_kernel_name(),
            progress_bar=False,
            request_save_on_cell_execute=False,
            # papermill's own ``cwd`` would move this whole process
            resources={"metadata": {"path": str(folder)}},
            config=_settings(),
            extra_arguments=_OPTIONS,
        )
    except papermill.PapermillExecutionError as error:
        raise _cell_failed(notebook, name, error) from error
    except RuntimeError as error:  # nbclient: the kernel died, or never answered
        raise ReportError("kernel_died", notebook=name, problem=str(error)) from error
    return ran


def handed_over(notebook: NotebookNode, paths: Mapping[str, str]) -> Executed:
    """Return the notebook without times, random ids, stderr and this machine's paths.

    ``paths`` says what stands instead of each absolute path.
    """
    warnings = tuple(
        output.text
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type == "stream" and output.name == "stderr"
    )
    metadata = notebook.metadata
    plain = {
        "cells": [_plain_cell(number, cell) for number, cell in enumerate(notebook.cells, 1)],
        "metadata": {key: metadata[key] for key in _KEPT_METADATA if key in metadata},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    # the longest first, or a path inside another would be cut short
    order = sorted(paths.items(), key=lambda pair: -len(pair[0]))
    return Executed(jupyter("nbformat").from_dict(_replaced(plain, order)), warnings)


_OPTIONS = [
    # a kernel logs every interrupt of its own shutdown as an error
    "--IPKernelApp.log_level=CRITICAL",
    # what a report runs is no part of anyone's history
    "--HistoryManager.enabled=False",
    f"--InteractiveShellApp.extra_extensions={known_error.__name__}",
]
_KEPT_METADATA = ("kernelspec", "language_info")


def _plain_cell(number: int, cell: NotebookNode) -> dict[str, Any]:
    kept = {
        "id": f"cell-{number}",
        "cell_type": cell.cell_type,
        "metadata": {"tags": list(cell.metadata.get("tags", ()))},
        "source": cell.source,
    }
    if cell.cell_type != "code":
        return kept
    outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return {**kept, "execution_count": cell.execution_count, "outputs": outputs}


def _replaced(value: Any, paths: list[tuple[str, str]]) -> Any:
    """Return a notebook's tree with each path replaced, as it stands and as a literal shows it."""
    if isinstance(value, str):
        for path, instead in paths:
            value = value.replace(path, instead).replace(path.replace("\\", "\\\\"), instead)
        return value
    if isinstance(value, Mapping):
        return {key: _replaced(item, paths) for key, item in value.items()}
    return [_replaced(item, paths) for item in value] if isinstance(value, list) else value


def _cell_failed(notebook: NotebookNode, name: str, error: Any) -> ReportError:
    """Return the error in the terms of the notebook on disk: it has no injected cell."""
    tags = [cell.metadata.get("tags", ()) for cell in notebook.cells]
    injected = next((n for n, given in enumerate(tags, 1) if "parameters" in given), 0)
    position = error.cell_index - (error.cell_index >= injected)
    heading = nearest_heading(notebook.cells[: position + 1])
    known = known_error.received(error.traceback)
    if known is not None:
        return ReportError("cell_stopped", heading=heading, problem=known)
    return ReportError(
        "cell_failed",
        notebook=name,
        cell=position + 1,
        heading=heading,
        error=f"{error.ename}: {error.evalue}",
    )


def _kernel_name() -> str | None:
    """Return the kernelspec of the forked kernels; none, for the notebook's, if not installed."""
    kernelspec = import_module("jupyter_client.kernelspec")
    try:
        kernelspec.get_kernel_spec(SPEC)
    except kernelspec.NoSuchKernel:
        return None
    return SPEC


def _settings() -> Any:
    """Return how kernels are reached: encrypted where the system can, and without idle waits."""
    import zmq
    from traitlets.config import Config

    policy = "auto" if zmq.has("curve") else "disabled"
    client = "workshop.kernels.client.PromptClient"
    return Config({"KernelManager": {"transport_encryption": policy, "client_class": client}})
