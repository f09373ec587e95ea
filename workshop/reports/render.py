"""An executed notebook as one HTML page, by nbconvert and ``templates/report``."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from workshop.colors import Palette
from workshop.i18n import Translator
from workshop.reports.check import check_page
from workshop.reports.jupyter import jupyter
from workshop.reports.outline import outlined
from workshop.reports.tables import DataTable
from workshop.resources import kit

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Cover:
    """What stands on a report's cover and in its margins.

    Minutes are one page, on which the cover is a line at the top.
    """

    client: str
    as_of: dt.date
    seed: int
    colors: Palette
    logo: str | None
    t: Translator
    example: bool = False
    one_page: bool = False


def page(notebook: NotebookNode, name: str, cover: Cover, tables: list[DataTable]) -> str:
    """Return the page of an executed notebook.

    Raises ``ReportError`` where the page breaks a promise (see `check_page`).
    """
    outline = outlined(notebook, name)
    resources = {"cover": cover, "t": cover.t, "outline": outline, "tables": tables}
    html, _ = _exporter().from_notebook_node(outline.notebook, resources={"report": resources})
    check_page(html)
    return str(html)


def without_lab_style(html: str) -> str:
    """Return a fragment without the rules that it carries for JupyterLab: a page has its own."""
    return re.sub(r'<style class="kit-lab">.*?</style>\s*', "", html, flags=re.DOTALL)


@cache
def _exporter() -> Any:
    """Return the one exporter: the second page it makes takes a fifth of the first one's time."""
    return jupyter("nbconvert").HTMLExporter(
        template_name="report",
        extra_template_basedirs=[str(kit("templates"))],
        filters={"without_lab_style": without_lab_style},
        exclude_anchor_links=True,
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
