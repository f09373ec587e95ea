"""Exports in, and what of a client's folder is whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from workshop.cli.base import (
    DONE,
    IN_PART,
    WRONG,
    AsOf,
    Json,
    PathArgument,
    one_of,
    opened,
    print_json,
    t,
    worded,
)
from workshop.cli.imported import folder_document, imported_document, say_imported
from workshop.errors import InputError, Phrase, WorkshopError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from workshop.crm.folder import NotImported
    from workshop.crm.importing import Imported
    from workshop.crm.readiness import Ready
    from workshop.crm.staging import Request
    from workshop.health import Part
    from workshop.workspace import Workspace


def import_(
    path: PathArgument,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help=t("help.import.files"))],
    table: Annotated[
        str | None, typer.Option("--table", metavar="T", help=t("help.import.table"))
    ] = None,
    vendor: Annotated[
        str | None, typer.Option("--vendor", metavar="NAME", help=t("help.import.vendor"))
    ] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="HEADER=COLUMN", help=t("help.import.map")),
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="COLUMN=VALUE", help=t("help.import.set"))
    ] = None,
    stage: Annotated[
        list[str] | None,
        typer.Option("--stage", metavar="VALUE=OUTCOME", help=t("help.import.stage")),
    ] = None,
    trait: Annotated[
        list[str] | None, typer.Option("--trait", metavar="HEADER", help=t("help.import.trait"))
    ] = None,
    dates: Annotated[
        str | None, typer.Option("--dates", metavar="dmy|mdy|ymd", help=t("help.import.dates"))
    ] = None,
    decimal: Annotated[
        str | None,
        typer.Option("--decimal", metavar="comma|point", help=t("help.import.decimal")),
    ] = None,
    keep_contacts: Annotated[
        bool, typer.Option("--keep-contacts", help=t("help.import.keep_contacts"))
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=t("help.import.dry_run"))] = False,
    as_json: Json = False,
) -> None:
    """Read one table from an export, or a table from each file of a folder."""
    workspace = opened(path)
    from workshop.crm.convert import Asked
    from workshop.crm.folder import folder_of
    from workshop.crm.importing import import_files
    from workshop.crm.staging import Request

    request = Request(
        files=tuple(files),
        table=table,
        vendor=vendor,
        columns=_pairs("--map", map_),
        constants=_pairs("--set", set_),
        stages=_pairs("--stage", stage),
        traits=tuple(trait or ()),
        asked=Asked(
            dates=one_of("--dates", dates, ("dmy", "mdy", "ymd")),
            decimal=one_of("--decimal", decimal, ("comma", "point")),
            keep_contacts=keep_contacts,
        ),
        dry_run=dry_run,
    )
    folder = folder_of(request)
    if folder is not None:
        _import_folder(workspace, folder, request, as_json=as_json)
    imported = import_files(workspace, request)
    if as_json:
        print_json(imported_document(imported))
    else:
        say_imported(imported, dry_run=dry_run)
    raise typer.Exit(IN_PART if imported.set_aside else DONE)


def _import_folder(
    workspace: Workspace, folder: Path, request: Request, *, as_json: bool
) -> NoReturn:
    """Import a folder's files, a line or two each, and name those that fill no table."""
    from workshop.crm.folder import NotImported, import_folder

    done: list[Imported] = []
    left: list[NotImported] = []
    for found in import_folder(workspace, folder, request):
        if isinstance(found, NotImported):
            left.append(found)
            continue
        done.append(found)
        if not as_json:
            say_imported(found, dry_run=request.dry_run, in_short=True)
    if not done:
        first = left[0].error
        problem = Phrase(f"error.{first.code}", **first.fields)
        files = [one.file for one in left]
        raise InputError("folder_not_imported", path=str(folder), files=files, problem=problem)
    for one in left:
        print(t("not_imported", file=one.file, problem=worded(one.error)), file=sys.stderr)
    if as_json:
        print_json(folder_document(done, left))
    raise typer.Exit(IN_PART if left or any(one.set_aside for one in done) else DONE)


def _pairs(option: str, given: list[str] | None) -> dict[str, str]:
    """Split ``A=B`` at its last equals sign: a header may hold one, a column cannot."""
    pairs = {}
    for text in given or ():
        name, equals, value = text.rpartition("=") if option == "--map" else text.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise WorkshopError("bad_pair", option=option, given=text)
        pairs[name.strip()] = value.strip()
    return pairs


def check(path: PathArgument, as_of: AsOf = None, as_json: Json = False) -> None:
    """Tell what of a client's folder is whole, and which questions this CRM can answer."""
    from workshop.questions.period import parse_day
    from workshop.workspace import Workspace

    day = parse_day(as_of) if as_of else None
    if not path.is_dir():
        opened(path)
    from workshop.crm.readiness import readiness
    from workshop.crm.tables import open_tables
    from workshop.questions.health import diagnose

    parts = diagnose(path)
    wrong = any(part.wrong for part in parts)
    if any(part.wrong for part in parts if part.what in ("settings", "manifest", "table")):
        _say_check(path, parts, (), None, as_json)
        raise typer.Exit(WRONG)
    workspace = Workspace.open(path)
    tables = open_tables(workspace, day)
    _say_check(path, parts, readiness(tables), tables.as_of, as_json)
    raise typer.Exit(IN_PART if wrong else DONE)


def _say_check(
    path: Path,
    parts: Sequence[Part],
    answers: Sequence[Ready],
    as_of: dt.date | None,
    as_json: bool,
) -> None:
    """Print what was found, in words or as one document."""
    from workshop.views.health import in_words
    from workshop.workspace import Workspace

    if as_json:
        print_json(_check_document(parts, answers, as_of))
        return
    settled = not any(part.wrong for part in parts if part.what == "settings")
    workspace = Workspace.open(path) if settled else None
    for line in in_words(parts, t):
        print(line)
    if workspace and answers:
        print(t("check.heading", client=workspace.settings.client, as_of=as_of))
    for ready in answers:
        print(f"\n{t(f'question.{ready.question}')}")
        print("  " + t(f"status.{ready.status}"))
        for column in ready.missing:
            print("  " + t("check.missing", what=t(f"ask.{column}")))
        for caveat in ready.caveats:
            print("  " + t(f"caveat.{caveat}"))


def _check_document(
    parts: Sequence[Part], answers: Sequence[Ready], as_of: dt.date | None
) -> dict[str, Any]:
    return {
        "as_of": as_of.isoformat() if as_of else None,
        "questions": [
            {
                "question": ready.question,
                "status": ready.status,
                "missing": list(ready.missing),
                "caveats": list(ready.caveats),
            }
            for ready in answers
        ],
        "health": [
            {"part": part.what, "path": part.path, "state": part.state, "code": part.code}
            for part in parts
        ],
    }
