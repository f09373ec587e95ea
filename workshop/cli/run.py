"""The command line itself: parse, call, and end. Errors become one line and exit status 2 here."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import typer

from workshop.cli.answers import analyse, definition
from workshop.cli.base import DONE, WRONG, t, worded
from workshop.cli.client import export, forget, new
from workshop.cli.example import demo
from workshop.cli.meeting import agenda, cards, open_, present
from workshop.cli.reports import report
from workshop.cli.tables import check, import_
from workshop.errors import WorkshopError, WorkspaceError

app = typer.Typer(
    help=t("help.samenspel"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("demo", help=t("help.demo"))(demo)
app.command("new", help=t("help.new"))(new)
app.command("export", help=t("help.export"))(export)
app.command("forget", help=t("help.forget"))(forget)
app.command("import", help=t("help.import"))(import_)
app.command("check", help=t("help.check"))(check)
app.command("analyse", help=t("help.analyse"))(analyse)
app.command("definition", help=t("help.definition"))(definition)
app.command("open", help=t("help.open"))(open_)
app.command("present", help=t("help.present"))(present)
app.command("agenda", help=t("help.agenda"))(agenda)
app.command("cards", help=t("help.cards"))(cards)
app.command("report", help=t("help.report"))(report)


def fail(error: WorkshopError | OSError) -> NoReturn:
    """Say what went wrong in one line and leave; a fault that is not ours to word is raised."""
    from workshop.disk import is_of_disk, said_of

    if isinstance(error, WorkshopError):
        _fail(worded(error))
    if not is_of_disk(error):
        raise error
    path = str(error.filename or "–")
    _fail(worded(WorkspaceError("disk", path=path, problem=said_of(error))))


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
