"""Make a report: run its notebook, lay out its page, write its files, publish them at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workshop.colors import palette
from workshop.questions.period import parse_day
from workshop.reports.ahead import rehearsing
from workshop.reports.brand import logo_address
from workshop.reports.execute import Executed, executed, handed_over, laid_down
from workshop.reports.inputs import write_mark
from workshop.reports.jupyter import jupyter
from workshop.reports.kinds import FORMATS, MEETINGS, check_formats, notebook_of
from workshop.reports.outline import outlined
from workshop.reports.pdf import as_pdf
from workshop.reports.publish import publication
from workshop.reports.render import Cover, page
from workshop.reports.shown import with_their_cells
from workshop.reports.tables import tables_of, write_csv_files, write_workbook
from workshop.session.health import require_sound
from workshop.workspace import Workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode


class Report(NamedTuple):
    """A finished report: its folder, its files, and what is not there.

    ``missing`` holds the code ``pdf_needs_pango`` where the system cannot make a PDF; ``warnings``
    what the notebook's code wrote to stderr.
    """

    folder: Path
    files: tuple[Path, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]


def make_report(
    workspace: Workspace,
    kind: str,
    language: str | None = None,
    *,
    as_of: str,
    seed: int = 0,
    formats: Sequence[str] = FORMATS,
    made_of: str | None = None,
) -> Report:
    """Make a report and publish it as ``reports/<kind>-<as_of>-<language>/`` in the workspace.

    ``as_of`` is a day in ISO 8601; the language is the workspace's unless given. ``made_of`` is
    the number by which a batch knows a finished report. Raises ``InputError`` for a wrong call; see
    `report_from` for the rest.
    """
    require_sound(workspace)
    notebook = notebook_of(kind)
    day = parse_day(as_of)
    check_formats(formats)
    cover = Cover(
        client=workspace.settings.client,
        as_of=day,
        seed=seed,
        colors=palette(workspace.settings.brand.color),
        logo=logo_address(workspace),
        t=workspace.translator(language),
        example=workspace.settings.example,
        one_page=kind in MEETINGS,
    )
    name = report_name(kind, day, cover.t.language)
    return report_from(notebook, name, workspace, cover, formats, made_of)


def report_name(kind: str, day: dt.date, language: str) -> str:
    """Return the name of a report's folder."""
    return f"{kind}-{day}-{language}"


def report_from(
    notebook: Path,
    name: str,
    workspace: Workspace,
    cover: Cover,
    formats: Sequence[str] = FORMATS,
    made_of: str | None = None,
) -> Report:
    """Make a report from a notebook and publish it under a name in the workspace's reports.

    Where Pango is missing, the page is made and the PDF is not. The same inputs give the same
    files, byte for byte. Raises ``ReportError`` for a report that cannot be made; what stood under
    the name is then untouched.
    """
    with publication(workspace.reports, name) as folder:
        prepared = laid_down(notebook, cover.t)
        outlined(prepared, notebook.name)  # a heading out of order is known before anything runs
        with rehearsing(prepared, notebook.name, cover, pdf="pdf" in formats):
            ran = _run(workspace, prepared, notebook.name, cover, folder.parent)
        missing = _write(folder, notebook.name, ran, cover, formats)
        written = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        if made_of is not None and not missing:
            write_mark(folder, made_of)
    target = workspace.reports / name
    return Report(target, tuple(target / path for path in written), missing, ran.warnings)


def _run(
    workspace: Workspace, notebook: NotebookNode, name: str, cover: Cover, room: Path
) -> Executed:
    """Run the notebook in a room of its own; as handed over, its workspace lies two folders up."""
    place = str(workspace.path.resolve())
    parameters = {
        "workspace": place,
        "language": cover.t.language,
        "as_of": cover.as_of.isoformat(),
        "seed": str(cover.seed),
    }
    ran = with_their_cells(executed(notebook, name, parameters, room))
    return handed_over(ran, {place: "../..", str(workspace.path.absolute()): "../.."})


def _write(
    folder: Path, name: str, ran: Executed, cover: Cover, formats: Sequence[str]
) -> tuple[str, ...]:
    """Write the report's files; return the codes of what could not be made."""
    tables = tables_of(ran.notebook)
    html = page(ran.notebook, name, cover, tables)
    pdf = as_pdf(html) if "pdf" in formats else None
    missing = () if "pdf" not in formats or pdf else ("pdf_needs_pango",)
    if "html" in formats or missing:
        (folder / "report.html").write_text(html, "utf-8", newline="\n")
    if pdf:
        (folder / "report.pdf").write_bytes(pdf)
    jupyter("nbformat").write(ran.notebook, folder / "report.ipynb")
    write_csv_files(folder / "tables", tables, cover.t)
    write_workbook(folder / "tables.xlsx", tables, cover.t, cover.as_of)
    return missing
