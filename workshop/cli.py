"""The command line: parse, call, print. Errors become one line and exit status 2 here."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from workshop.errors import InputError, Phrase, WorkshopError, WorkspaceError
from workshop.i18n import LANGUAGES, Translator
from workshop.reports.kinds import check_formats, kinds, notebook_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd

    from workshop.crm.folder import NotImported
    from workshop.crm.importing import Imported
    from workshop.crm.readiness import Ready
    from workshop.crm.staging import Request
    from workshop.health import Part
    from workshop.reports.order import Order
    from workshop.workspace import Workspace

DONE, IN_PART, WRONG = 0, 1, 2


def _spoken() -> Translator:
    """Return the words of whoever types, by the usual environment variables."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    language = wanted[:2].lower()
    return Translator(language if language in LANGUAGES else "en")


t = _spoken()
app = typer.Typer(
    help=t("help.samenspel"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

PathArgument = Annotated[Path, typer.Argument(metavar="PATH", help=t("help.path"))]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=t("help.as_of"))]
Seed = Annotated[int, typer.Option("--seed", min=0, metavar="N", help=t("help.seed"))]
Json = Annotated[bool, typer.Option("--json", help=t("help.json"))]


def _opened(path: Path) -> Workspace:
    """Open a workspace, before what takes long to import: a wrong call is answered at once."""
    from workshop.workspace import Workspace

    return Workspace.open(path)


@app.command(help=t("help.demo"))
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

    workspace = example_workspace(path, _one_of("--lang", lang, LANGUAGES) or "nl")
    for found in story(workspace, weeks_later):
        if isinstance(found, Chapter):
            print(t("demo.played", day=found.day, exercises=found.exercises, n=found.people))
            for kind, language in found.reports:
                _report_one(workspace, kind, ("html", "pdf"), language, found.as_of, 0)
        else:
            _say_imported(found, t)


@app.command(help=t("help.new"))
def new(
    path: PathArgument,
    client: Annotated[
        str | None, typer.Option("--client", metavar="NAME", help=t("help.new.client"))
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="nl|en", help=t("help.lang"))
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", metavar="BE|NL|…", help=t("help.new.country"))
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="EUR", help=t("help.new.currency"))
    ] = None,
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="P", help=t("help.programme"))
    ] = None,
    store: Annotated[
        str | None, typer.Option("--store", metavar="URL", help=t("help.new.store"))
    ] = None,
    from_: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help=t("help.new.from"))
    ] = None,
) -> None:
    """Lay down a client's folder, with a programme where one is asked for; or out of an export."""
    from workshop.opening.synced import synced_by
    from workshop.session.agenda_file import check_programme, take_programme
    from workshop.workspace import Workspace

    if from_ is not None:
        _new_from(path, from_, (client, lang, country, currency, programme, store))
        return
    if client is None:
        raise InputError("wrong_call", problem=Phrase("call.missing", name="--client NAME"))
    if programme is not None:
        check_programme(programme)
    if store is not None:
        from workshop.session.store import checked_url

        checked_url(store)
    workspace = Workspace.create(
        path, client, language=lang, country=country, currency=currency, store=store
    )
    print(t("created", path=str(path), client=client))
    if programme is not None:
        take_programme(workspace, programme)
        _prepare_session(workspace, None)
    service = synced_by(path)
    if service:
        print(t("open.synced", path=str(path), service=service), file=sys.stderr)


def _new_from(path: Path, source: Path, others: tuple[str | None, ...]) -> None:
    """Make a client's folder out of an export, whose settings say all there is to say."""
    from workshop.exporting.export import workspace_from

    if any(other is not None for other in others):
        raise InputError("from_alone")
    workspace = workspace_from(source, path)
    print(t("created", path=str(path), client=workspace.settings.client))


@app.command(help=t("help.export"))
def export(
    path: PathArgument,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help=t("help.export.to"))],
) -> None:
    """Write all that a client's folder holds, in open formats."""
    import datetime as dt

    workspace = _opened(path)
    from workshop.exporting.export import export_workspace

    print(export_workspace(workspace, to, dt.datetime.now(dt.UTC)))
    print(t("exported", path=str(to)), file=sys.stderr)


@app.command(help=t("help.forget"))
def forget(
    path: PathArgument,
    person: Annotated[
        str | None, typer.Option("--person", metavar="NAME", help=t("help.forget.person"))
    ] = None,
    participant: Annotated[
        str | None,
        typer.Option("--participant", metavar="NUMBER", help=t("help.forget.participant")),
    ] = None,
    contact: Annotated[
        str | None, typer.Option("--contact", metavar="ID", help=t("help.forget.contact"))
    ] = None,
    team: Annotated[
        str | None,
        typer.Option("--team", metavar="sales|marketing|other", help=t("help.forget.team")),
    ] = None,
    texts: Annotated[bool, typer.Option("--texts", help=t("help.forget.texts"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=t("help.forget.dry_run"))] = False,
) -> None:
    """Forget someone, or list who can be forgotten."""
    workspace = _opened(path)
    asked = {"person": person, "participant": participant, "contact": contact}
    given = {kind: said for kind, said in asked.items() if said is not None}
    listing = not given and not (team or texts or dry_run)
    if not listing and (len(given) != 1 or not next(iter(given.values())).strip()):
        raise InputError("forget_one")
    from workshop.forgetting.forget import everyone
    from workshop.forgetting.forget import forget as forget_one
    from workshop.forgetting.request import Request
    from workshop.forgetting.words import in_words, listed
    from workshop.session.schema import TEAMS

    if listing:
        print(*listed(everyone(workspace), workspace, t), sep="\n")
        return
    ((kind, said),) = given.items()
    request = Request.model_validate(
        {"kind": kind, "given": said, "team": _one_of("--team", team, TEAMS), "texts": texts}
    )
    in_part = False
    for found in forget_one(workspace, request, dry=dry_run):
        print(*in_words(found, t, dry=dry_run), sep="\n")
        in_part = found.in_part
    raise typer.Exit(IN_PART if in_part else DONE)


@app.command("import", help=t("help.import"))
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
    workspace = _opened(path)
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
            dates=_one_of("--dates", dates, ("dmy", "mdy", "ymd")),
            decimal=_one_of("--decimal", decimal, ("comma", "point")),
            keep_contacts=keep_contacts,
        ),
        dry_run=dry_run,
    )
    folder = folder_of(request)
    if folder is not None:
        _import_folder(workspace, folder, request, as_json=as_json)
    imported = import_files(workspace, request)
    if as_json:
        _print_json(_imported_document(imported))
    else:
        _say_imported(imported, workspace.translator(), dry_run=dry_run)
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
            _say_imported(found, workspace.translator(), dry_run=request.dry_run, in_short=True)
    if not done:
        first = left[0].error
        problem = Phrase(f"error.{first.code}", **first.fields)
        files = [one.file for one in left]
        raise InputError("folder_not_imported", path=str(folder), files=files, problem=problem)
    for one in left:
        print(t("not_imported", file=one.file, problem=_worded(one.error)), file=sys.stderr)
    if as_json:
        _print_json(_folder_document(done, left))
    raise typer.Exit(IN_PART if left or any(one.set_aside for one in done) else DONE)


@app.command(help=t("help.check"))
def check(path: PathArgument, as_of: AsOf = None, as_json: Json = False) -> None:
    """Tell what of a client's folder is whole, and which questions this CRM can answer."""
    from workshop.questions.period import parse_day
    from workshop.workspace import Workspace

    day = parse_day(as_of) if as_of else None
    if not path.is_dir():
        _opened(path)
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
        _print_json(_check_document(parts, answers, as_of))
        return
    settled = not any(part.wrong for part in parts if part.what == "settings")
    workspace = Workspace.open(path) if settled else None
    words = workspace.translator() if workspace else t
    for line in in_words(parts, words):
        print(line)
    if workspace and answers:
        print(words("check.heading", client=workspace.settings.client, as_of=as_of))
    for ready in answers:
        print(f"\n{words(f'question.{ready.question}')}")
        print("  " + words(f"status.{ready.status}"))
        for column in ready.missing:
            print("  " + words("check.missing", what=words(f"ask.{column}")))
        for caveat in ready.caveats:
            print("  " + words(f"caveat.{caveat}"))


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


@app.command(help=t("help.analyse"))
def analyse(
    path: PathArgument,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help=t("help.analyse.question"))],
    as_of: AsOf = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="COLUMN", help=t("help.analyse.by"))
    ] = None,
    seed: Seed = 0,
    as_json: Json = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help=t("help.analyse.csv"))
    ] = None,
) -> None:
    """Answer one question from the CRM."""
    from workshop.questions.names import check_question
    from workshop.questions.period import parse_day

    workspace = _opened(path)
    check_question(question, by)
    day = parse_day(as_of) if as_of else None
    from workshop.crm.tables import open_tables
    from workshop.questions.ask import ask
    from workshop.questions.document import document

    tables = open_tables(workspace, day)
    answer = ask(tables, question, folder=path, by=by, seed=seed)
    if as_json:
        _print_json(
            document(answer, question=question, workspace=str(path), as_of=tables.as_of, seed=seed)
        )
        return
    words = workspace.translator()
    if answer.ready.missing:
        asked_for = [words(f"ask.{column}") for column in answer.ready.missing]
        print(words("not_answerable", missing=asked_for), file=sys.stderr)
    if csv is not None:
        _write_csv(csv, answer.rows)
        print(csv)
    elif not answer.ready.missing:
        print(answer.rows.to_string(index=False, na_rep="–", max_colwidth=40))
    for caveat in answer.caveats:
        print(words(f"caveat.{caveat}"), file=sys.stderr)


@app.command(help=t("help.definition"))
def definition(
    path: PathArgument,
    term: Annotated[str, typer.Argument(metavar="TERM", help=t("help.definition.term"))],
    sql: Annotated[
        str | None, typer.Option("--sql", metavar="DIALECT", help=t("help.definition.sql"))
    ] = None,
) -> None:
    """Show the agreed definition of a term, in words or as SQL."""
    from workshop.definition_file import read_definition

    workspace = _opened(path)
    agreed = read_definition(workspace.path, term)
    if "joint" not in agreed.sides:
        raise InputError("no_joint_criteria", term=term, path=str(path))
    if sql is None:
        from workshop.views.definition_plain import definition_text

        print(definition_text(agreed, workspace.translator()))
        return
    from workshop.crm.definition_sql import definition_sql
    from workshop.crm.tables import open_tables

    tables = open_tables(workspace)
    print(definition_sql(agreed.sides["joint"], tables, agreed.landmark_days, sql))


@app.command("open", help=t("help.open"))
def open_(
    path: PathArgument,
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, metavar="P", help=t("help.open.port")),
    ] = None,
    room_port: Annotated[
        int | None,
        typer.Option("--room-port", min=1, max=65535, metavar="P", help=t("help.open.room_port")),
    ] = None,
    address: Annotated[
        str | None, typer.Option("--address", metavar="A", help=t("help.open.address"))
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option("--public-url", metavar="URL", help=t("help.open.public_url")),
    ] = None,
    copy_to: Annotated[
        Path | None, typer.Option("--copy-to", metavar="DIR", help=t("help.open.copy_to"))
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help=t("help.open.no_browser"))
    ] = False,
) -> None:
    """Open the notebooks and the room, until Ctrl-C."""
    workspace = _opened(path)
    from workshop.opening.run import Wanted, open_workspace

    wanted = Wanted(
        port=port,
        room_port=room_port,
        address=address,
        public_url=public_url,
        copy_to=copy_to,
        browser=not no_browser,
    )
    open_workspace(workspace, wanted)


@app.command(help=t("help.present"))
def present(
    path: PathArgument,
    notebook: Annotated[str, typer.Argument(metavar="NOTEBOOK", help=t("help.present.notebook"))],
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, metavar="P", help=t("help.present.port")),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help=t("help.present.no_browser"))
    ] = False,
) -> None:
    """Show one notebook on the projector, until Ctrl-C."""
    workspace = _opened(path)
    from workshop.opening.present import present as present_notebook

    present_notebook(workspace, notebook, port, browser=not no_browser)


@app.command(help=t("help.agenda"))
def agenda(
    path: PathArgument,
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="P", help=t("help.programme"))
    ] = None,
    start: Annotated[
        str | None, typer.Option("--start", metavar="13:00", help=t("help.agenda.start"))
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="nl|en", help=t("help.lang"))
    ] = None,
) -> None:
    """Make the facilitator's run sheet of the agenda, and lay down its notebooks."""
    from workshop.session.agenda_file import take_programme

    workspace = _opened(path)
    workspace.translator(lang)
    if programme is not None:
        take_programme(workspace, programme)
    _prepare_session(workspace, lang, start)


def _prepare_session(workspace: Workspace, lang: str | None, start: str | None = None) -> None:
    """Make the run sheet, then lay down the notebooks; say where the run sheet is."""
    from workshop.opening.notebooks import lay_down
    from workshop.reports.run_sheet import make_run_sheet
    from workshop.session.agenda_file import begin_at

    made = make_run_sheet(workspace, lang, start)
    if start is not None:
        begin_at(workspace, start)
    lay_down(workspace)
    print(made.path)
    if not made.is_pdf:
        print(t("error.pdf_needs_pango"), file=sys.stderr)


@app.command(help=t("help.cards"))
def cards(
    path: PathArgument,
    exercise: Annotated[str, typer.Argument(metavar="EXERCISE", help=t("help.cards.exercise"))],
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="nl|en", help=t("help.lang"))
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N", help=t("help.cards.seed"))] = 0,
) -> None:
    """Make the answer cards of an exercise, for a room without phones."""
    workspace = _opened(path)
    workspace.translator(lang)
    from workshop.reports.answer_cards import make_cards

    made = make_cards(workspace, exercise, lang, seed=seed)
    print(made.path)
    print(t("cards.print", n=made.on_a_page), file=sys.stderr)
    if made.left_out:
        print(t("panel.left_out", n=len(made.left_out)), file=sys.stderr)


@app.command(help=t("help.report"))
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
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="nl|en", help=t("help.lang"))
    ] = None,
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
        _report_one(_opened(paths[0]), kind, wanted, lang, as_of, seed)
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
        print(f"{path}: {_worded(failure)}", file=sys.stderr)
    if failed:
        return WRONG if len(failed) == len(each) else IN_PART
    return DONE


def _report_one(
    workspace: Workspace,
    kind: str,
    formats: tuple[str, ...],
    lang: str | None,
    as_of: str | None,
    seed: int,
) -> None:
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


def _write_csv(path: Path, rows: pd.DataFrame) -> None:
    """Write an answer's rows: UTF-8, comma, decimal point, no cell that a spreadsheet runs."""
    from workshop.cells import inert
    from workshop.workspace import write_atomically

    if not path.absolute().parent.is_dir():
        raise WorkshopError("no_folder", path=str(path.absolute().parent))
    safe = rows.map(lambda cell: inert(cell) if isinstance(cell, str) else cell)
    safe = safe.rename(columns=inert)
    write_atomically(path, safe.to_csv(index=False).encode("utf-8-sig"))


def _say_imported(
    imported: Imported, words: Translator, *, dry_run: bool = False, in_short: bool = False
) -> None:
    """Print what an import did and noticed; in short, how much it noticed."""
    print(
        words(
            "imported",
            n=imported.kept,
            rows=imported.rows,
            table=words(f"table.{imported.table}"),
            files=list(imported.files),
        )
    )
    if imported.set_aside:
        print("  " + words("set_aside", n=len(imported.set_aside)))
        if imported.set_aside_file:
            print(f"  {imported.set_aside_file}")
    if in_short and imported.findings:
        print("  " + words("noticed", n=len(imported.findings)))
    for finding in () if in_short else imported.findings:
        columns = [_column(name, words) for name in finding.columns]
        examples = words.join(finding.examples) if finding.examples else ""
        print(
            "  - "
            + words(f"finding.{finding.code}", n=finding.count, columns=columns, examples=examples)
        )
    if dry_run:
        print("  " + words("dry_run"))
    elif not imported.changed:
        print("  " + words("nothing_changed"))


def _column(name: str, words: Translator) -> str:
    key = f"column.{name}"
    return words(key) if words.has(key) else name


def _folder_document(done: list[Imported], left: list[NotImported]) -> dict[str, Any]:
    return {
        "imported": [_imported_document(one) for one in done],
        "not_imported": [
            {"file": one.file, "code": one.error.code, "problem": _worded(one.error)}
            for one in left
        ],
    }


def _imported_document(imported: Imported) -> dict[str, Any]:
    return {
        "table": imported.table,
        "files": list(imported.files),
        "rows": imported.rows,
        "kept": imported.kept,
        "set_aside": len(imported.set_aside),
        "mapping": imported.mapping,
        "traits": list(imported.traits),
        "findings": [
            {
                "code": finding.code,
                "count": finding.count,
                "columns": list(finding.columns),
                "examples": list(finding.examples),
            }
            for finding in imported.findings
        ],
    }


def _pairs(option: str, given: list[str] | None) -> dict[str, str]:
    """Split ``A=B`` at its last equals sign: a header may hold one, a column cannot."""
    pairs = {}
    for text in given or ():
        name, equals, value = text.rpartition("=") if option == "--map" else text.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise WorkshopError("bad_pair", option=option, given=text)
        pairs[name.strip()] = value.strip()
    return pairs


def _one_of(option: str, given: str | None, allowed: tuple[str, ...]) -> Any:
    if given is not None and given not in allowed:
        raise WorkshopError("bad_choice", option=option, given=given, allowed=list(allowed))
    return given


def _print_json(content: dict[str, Any]) -> None:
    print(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1))


def _worded(error: WorkshopError) -> str:
    """Return an error as one line."""
    return " ".join(t(f"error.{error.code}", **error.fields).split())


def fail(error: WorkshopError | OSError) -> NoReturn:
    """Say what went wrong in one line and leave; a fault that is not ours to word is raised."""
    from workshop.disk import is_of_disk, said_of

    if isinstance(error, WorkshopError):
        _fail(_worded(error))
    if not is_of_disk(error):
        raise error
    path = str(error.filename or "–")
    _fail(_worded(WorkspaceError("disk", path=path, problem=said_of(error))))


def _fail(line: str) -> NoReturn:
    print(line, file=sys.stderr)
    raise SystemExit(WRONG)


def _fail_call(error: Any) -> NoReturn:
    """Say what is wrong with a call; a bare one gets the help, as with ``--help``."""
    from workshop.wrong_call import is_bare, what_is_wrong

    if is_bare(error):
        print(error.format_message())
        raise SystemExit(DONE)
    _fail(t("error.wrong_call", problem=what_is_wrong(error, sys.argv[1:])))


_WrongCall: Any = typer.BadParameter.__base__
"""What Typer raises for a call that does not parse."""


def main() -> NoReturn:
    """Run the command line and leave with its exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        status = app(standalone_mode=False)
    except (WorkshopError, OSError) as error:
        fail(error)
    except _WrongCall as error:
        _fail_call(error)
    except typer.Abort:
        raise SystemExit(130) from None
    raise SystemExit(status if isinstance(status, int) else DONE)
