"""The command line: parse, call, print. Errors become one line and exit status 2 here."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from workshop.errors import InputError, WorkshopError
from workshop.i18n import LANGUAGES, Translator

if TYPE_CHECKING:
    import pandas as pd

    from workshop.crm.importing import Imported
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


@app.command(help=t("help.demo"))
def demo(path: Annotated[Path, typer.Argument(metavar="[PATH]")] = Path("demo")) -> None:
    """Import the example company and make its report in both languages."""
    from workshop.demo import example_workspace, import_example

    workspace = example_workspace(path)
    for imported in import_example(workspace):
        _say_imported(imported, Translator("nl") if t.language == "nl" else t)
    for language in LANGUAGES:
        _report_one(workspace, "session", ("html", "pdf"), language, None, 0)


@app.command(help=t("help.new"))
def new(
    path: PathArgument,
    client: Annotated[str, typer.Option("--client", metavar="NAME", help=t("help.new.client"))],
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="nl|en", help=t("help.lang"))
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", metavar="BE|NL|…", help=t("help.new.country"))
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="EUR", help=t("help.new.currency"))
    ] = None,
) -> None:
    """Lay down a client's folder."""
    from workshop.opening.synced import synced_by
    from workshop.workspace import Workspace

    Workspace.create(path, client, language=lang, country=country, currency=currency)
    print(t("created", path=str(path), client=client))
    service = synced_by(path)
    if service:
        print(t("open.synced", path=str(path), service=service), file=sys.stderr)


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
    """Read one table from an export."""
    from workshop.crm.convert import Asked
    from workshop.crm.importing import import_files
    from workshop.crm.staging import Request
    from workshop.workspace import Workspace

    workspace = Workspace.open(path)
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
    imported = import_files(workspace, request)
    if as_json:
        _print_json(_imported_document(imported))
    else:
        _say_imported(imported, workspace.translator(), dry_run=dry_run)
    raise typer.Exit(IN_PART if imported.set_aside else DONE)


@app.command(help=t("help.check"))
def check(path: PathArgument, as_of: AsOf = None, as_json: Json = False) -> None:
    """Tell which questions this CRM can answer."""
    from workshop.crm.readiness import readiness
    from workshop.crm.tables import open_tables
    from workshop.questions.period import parse_day
    from workshop.workspace import Workspace

    workspace = Workspace.open(path)
    tables = open_tables(workspace, parse_day(as_of) if as_of else None)
    answers = readiness(tables)
    if as_json:
        questions = [
            {
                "question": ready.question,
                "status": ready.status,
                "missing": list(ready.missing),
                "caveats": list(ready.caveats),
            }
            for ready in answers
        ]
        day = tables.as_of.isoformat() if tables.as_of else None
        _print_json({"as_of": day, "questions": questions})
        return
    words = workspace.translator()
    print(words("check.heading", client=workspace.settings.client, as_of=tables.as_of))
    for ready in answers:
        print(f"\n{words(f'question.{ready.question}')}")
        print("  " + words(f"status.{ready.status}"))
        for column in ready.missing:
            print("  " + words("check.missing", what=words(f"ask.{column}")))
        for caveat in ready.caveats:
            print("  " + words(f"caveat.{caveat}"))


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
    from workshop.crm.tables import open_tables
    from workshop.questions.ask import ask
    from workshop.questions.document import document
    from workshop.questions.period import parse_day
    from workshop.workspace import Workspace

    workspace = Workspace.open(path)
    tables = open_tables(workspace, parse_day(as_of) if as_of else None)
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
    from workshop.crm.definition_sql import definition_sql
    from workshop.crm.tables import open_tables
    from workshop.definition_file import read_definition
    from workshop.views.definition_plain import definition_text
    from workshop.workspace import Workspace

    workspace = Workspace.open(path)
    agreed = read_definition(workspace.path, term)
    if "joint" not in agreed.sides:
        raise InputError("no_joint_criteria", term=term, path=str(path))
    if sql is None:
        print(definition_text(agreed, workspace.translator()))
        return
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
    from workshop.opening.run import Wanted, open_workspace
    from workshop.workspace import Workspace

    wanted = Wanted(
        port=port,
        room_port=room_port,
        address=address,
        public_url=public_url,
        copy_to=copy_to,
        browser=not no_browser,
    )
    open_workspace(Workspace.open(path), wanted)


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
    from workshop.reports.answer_cards import make_cards
    from workshop.workspace import Workspace

    made = make_cards(Workspace.open(path), exercise, lang, seed=seed)
    print(made.path)
    print(t("cards.print", n=made.on_a_page), file=sys.stderr)
    if made.left_out:
        print(t("panel.left_out", n=len(made.left_out)), file=sys.stderr)


@app.command(help=t("help.report"))
def report(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help=t("help.report.paths"))],
    kind: Annotated[str, typer.Option("--kind", metavar="session", help=t("help.report.kind"))],
    formats: Annotated[
        str, typer.Option("--format", metavar="html,pdf", help=t("help.report.format"))
    ] = "html,pdf",
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="nl|en", help=t("help.lang"))
    ] = None,
    as_of: AsOf = None,
    seed: Seed = 0,
) -> None:
    """Make a report for each workspace; the others go on where one fails."""
    from workshop.workspace import Workspace

    wanted = tuple(part.strip() for part in formats.split(",") if part.strip())
    failed: list[tuple[Path, WorkshopError]] = []
    for path in paths:
        try:
            _report_one(Workspace.open(path), kind, wanted, lang, as_of, seed)
        except WorkshopError as error:
            if len(paths) == 1:
                raise
            failed.append((path, error))
    for path, failure in failed:
        print(f"{path}: {_worded(failure)}", file=sys.stderr)
    if failed:
        raise typer.Exit(WRONG if len(failed) == len(paths) else IN_PART)


def _report_one(
    workspace: Workspace,
    kind: str,
    formats: tuple[str, ...],
    lang: str | None,
    as_of: str | None,
    seed: int,
) -> None:
    from workshop.crm.tables import open_tables
    from workshop.questions.period import parse_day
    from workshop.reports.make import make_report

    day = parse_day(as_of) if as_of else open_tables(workspace).as_of
    if day is None:
        raise WorkshopError("no_dates", path=str(workspace.path))
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
    write_atomically(path, safe.to_csv(index=False).encode("utf-8-sig"))


def _say_imported(imported: Imported, words: Translator, *, dry_run: bool = False) -> None:
    """Print what an import did and noticed."""
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
    for finding in imported.findings:
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
    except WorkshopError as error:
        _fail(_worded(error))
    except _WrongCall as error:
        _fail_call(error)
    except typer.Abort:
        raise SystemExit(130) from None
    raise SystemExit(status if isinstance(status, int) else DONE)
