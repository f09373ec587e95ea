"""Reports: of one client, or of many."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workshop.cli.base import DONE, IN_PART, WRONG, AsOf, Lang, Seed, opened, t, worded
from workshop.errors import WorkshopError
from workshop.i18n import Translator
from workshop.reports.kinds import check_formats, kinds, notebook_of

if TYPE_CHECKING:
    from workshop.reports.order import Order
    from workshop.workspace import Workspace


def report(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help=t("help.report.paths"))],
    kind: Annotated[
        str,
        typer.Option(
            "--kind", metavar="|".join(kinds()), help=t("help.report.kind", kinds=kinds())
        ),
    ],
    formats: Annotated[
        str, typer.Option("--format", metavar="html,pdf", help=t("help.report.format"))
    ] = "html,pdf",
    lang: Lang = None,
    as_of: AsOf = None,
    seed: Seed = 0,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, metavar="N", help=t("help.report.jobs"))
    ] = 1,
    again: Annotated[bool, typer.Option("--again", help=t("help.report.again"))] = False,
) -> None:
    """Make a report for each workspace; the others go on where one fails."""
    wanted = tuple(part.strip() for part in formats.split(",") if part.strip())
    notebook_of(kind)
    check_formats(wanted)
    if len(paths) == 1:
        report_one(opened(paths[0]), kind, wanted, lang, as_of, seed)
        return
    from workshop.questions.period import parse_day
    from workshop.reports.order import Order

    Translator(lang or "en")
    if as_of is not None:
        parse_day(as_of)
    raise typer.Exit(_report_all(paths, Order(kind, wanted, lang, as_of, seed, again), jobs))


def _report_all(paths: list[Path], order: Order, jobs: int) -> int:
    """Make the report of each client, so many at a time; name at the end what failed."""
    from workshop.reports.batch import Batch
    from workshop.reports.progress import progress

    found: dict[Path, Path] = {}
    for path in paths:
        found.setdefault(path.resolve(), path)
    each = list(found.values())
    failed: list[tuple[Path, WorkshopError]] = []
    done = 0
    try:
        with progress(len(each), t) as lines, Batch(min(jobs, len(each))) as batch:
            for outcome in batch.outcomes(each, order, lines.begun):
                done += outcome.failure is None
                for file in outcome.files:
                    lines.file(file)
                lines.ended(outcome)
                for note in (*(t(f"error.{code}") for code in outcome.missing), *outcome.warnings):
                    lines.note(f"{outcome.path}: {note}")
                if outcome.failure is not None:
                    code, fields = outcome.failure
                    failed.append((outcome.path, WorkshopError(code, **fields)))
    except KeyboardInterrupt:
        print(t("batch.stopped", done=done, n=len(each)), file=sys.stderr)
        raise
    for path, failure in failed:
        print(f"{path}: {worded(failure)}", file=sys.stderr)
    if failed:
        return WRONG if len(failed) == len(each) else IN_PART
    return DONE


def report_one(
    workspace: Workspace,
    kind: str,
    formats: tuple[str, ...],
    lang: str | None,
    as_of: str | None,
    seed: int,
) -> None:
    """Make the report of one client, and print its files."""
    from workshop.kernels.warm import prepare
    from workshop.questions.period import parse_day

    workspace.translator(lang)
    if as_of is not None:
        parse_day(as_of)
    prepare()
    from workshop.reports.make import make_report
    from workshop.reports.meetings import report_day

    day = report_day(workspace, kind, as_of)
    made = make_report(workspace, kind, lang, as_of=day.isoformat(), seed=seed, formats=formats)
    for file in made.files:
        print(file)
    for code in made.missing:
        print(t(f"error.{code}"), file=sys.stderr)
    for warning in made.warnings:
        print(warning, file=sys.stderr)
