"""The example company, imported and played."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workshop.cli.base import one_of, t
from workshop.cli.imported import say_imported
from workshop.cli.reports import report_one
from workshop.i18n import LANGUAGES


def demo(
    path: Annotated[Path, typer.Argument(metavar="[PATH]")] = Path("demo"),
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="nl|en", help=t("help.demo.lang"))
    ] = None,
    weeks_later: Annotated[
        int,
        typer.Option("--weeks-later", min=0, max=8, metavar="N", help=t("help.demo.weeks_later")),
    ] = 4,
) -> None:
    """Make the example company, play its sessions and make the reports of each."""
    from workshop.demo import example_workspace
    from workshop.demo.story import Chapter, story

    workspace = example_workspace(path, one_of("--lang", lang, LANGUAGES) or "nl")
    for found in story(workspace, weeks_later):
        if isinstance(found, Chapter):
            print(t("demo.played", day=found.day, exercises=found.exercises, n=found.people))
            for kind, language in found.reports:
                report_one(workspace, kind, ("html", "pdf"), language, found.as_of, 0)
        else:
            say_imported(found)
