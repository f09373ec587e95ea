"""A meeting: its notebooks and room opened, shown, planned, and its answer cards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workshop.cli.base import Lang, PathArgument, opened, t

if TYPE_CHECKING:
    from workshop.workspace import Workspace


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
    workspace = opened(path)
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
    workspace = opened(path)
    from workshop.opening.present import present as present_notebook

    present_notebook(workspace, notebook, port, browser=not no_browser)


def agenda(
    path: PathArgument,
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="P", help=t("help.programme"))
    ] = None,
    start: Annotated[
        str | None, typer.Option("--start", metavar="13:00", help=t("help.agenda.start"))
    ] = None,
    lang: Lang = None,
) -> None:
    """Make the facilitator's run sheet of the agenda, and lay down its notebooks."""
    from workshop.session.agenda_file import take_programme

    workspace = opened(path)
    workspace.translator(lang)
    if programme is not None:
        take_programme(workspace, programme)
    prepare_session(workspace, lang, start)


def prepare_session(workspace: Workspace, lang: str | None, start: str | None = None) -> None:
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


def cards(
    path: PathArgument,
    exercise: Annotated[str, typer.Argument(metavar="EXERCISE", help=t("help.cards.exercise"))],
    lang: Lang = None,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N", help=t("help.cards.seed"))] = 0,
) -> None:
    """Make the answer cards of an exercise, for a room without phones."""
    workspace = opened(path)
    workspace.translator(lang)
    from workshop.reports.answer_cards import make_cards

    made = make_cards(workspace, exercise, lang, seed=seed)
    print(made.path)
    print(t("cards.print", n=made.on_a_page), file=sys.stderr)
    if made.left_out:
        print(t("panel.left_out", n=len(made.left_out)), file=sys.stderr)
