"""Reports: of one client, or of many."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workshop.cli.base import AsOf, Lang, Seed, opened, t
from workshop.cli.many import Asked, places_of, report_all
from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.reports.kinds import check_formats, kinds, notebook_of

if TYPE_CHECKING:
    from workshop.workspace import Workspace


def report(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help=t("help.report.paths"))],
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
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="ADDRESS", help=t("help.report.cluster"))
    ] = None,
    again: Annotated[bool, typer.Option("--again", help=t("help.report.again"))] = False,
    benchmark: Annotated[
        Path | None, typer.Option("--benchmark", metavar="FILE", help=t("help.report.benchmark"))
    ] = None,
) -> None:
    """Make a report for each workspace; the others go on where one fails."""
    wanted = tuple(part.strip() for part in formats.split(",") if part.strip())
    notebook_of(kind)
    check_formats(wanted)
    if benchmark is not None and kind != "audit":
        raise InputError("benchmark_is_audit", given=kind)
    asked = Asked(jobs, cluster, benchmark)
    from workshop.questions.period import parse_day
    from workshop.reports.order import Order, is_url

    if len(paths) == 1 and not is_url(paths[0]) and cluster is None and benchmark is None:
        report_one(opened(Path(paths[0])), kind, wanted, lang, as_of, seed)
        return

    Translator(lang or "en")
    if as_of is not None:
        parse_day(as_of)
    order = Order(kind, wanted, lang, as_of, seed, again)
    raise typer.Exit(report_all(places_of(paths), order, asked))


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
