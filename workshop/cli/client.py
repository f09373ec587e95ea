"""A client's folder as a whole: made, exported, and someone in it forgotten."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from workshop.cli.base import DONE, IN_PART, Lang, PathArgument, one_of, opened, t
from workshop.cli.meeting import prepare_session
from workshop.errors import InputError, Phrase


def new(
    path: PathArgument,
    client: Annotated[
        str | None, typer.Option("--client", metavar="NAME", help=t("help.new.client"))
    ] = None,
    lang: Lang = None,
    country: Annotated[
        str | None, typer.Option("--country", metavar="BE|NL|…", help=t("help.new.country"))
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", metavar="ZONE", help=t("help.new.time_zone"))
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
    warehouse: Annotated[
        str | None, typer.Option("--warehouse", metavar="URL", help=t("help.new.warehouse"))
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
        others = (client, lang, country, time_zone, currency, programme, store, warehouse)
        _new_from(path, from_, others)
        return
    if client is None:
        raise InputError("wrong_call", problem=Phrase("call.missing", name="--client NAME"))
    if programme is not None:
        check_programme(programme)
    if store is not None:
        from workshop.session.store import checked_url

        checked_url(store)
    workspace = Workspace.create(
        path,
        client,
        language=lang,
        country=country,
        time_zone=time_zone,
        currency=currency,
        store=store,
        warehouse=warehouse,
    )
    print(t("created.warehouse" if warehouse else "created", path=str(path), client=client))
    if programme is not None:
        take_programme(workspace, programme)
        prepare_session(workspace, None)
    service = synced_by(path)
    if service:
        print(t("open.synced", path=str(path), service=service), file=sys.stderr)


def _new_from(path: Path, source: Path, others: tuple[str | None, ...]) -> None:
    """Make a client's folder out of an export, whose settings say all there is to say."""
    from workshop.exporting.export import workspace_from

    if any(other is not None for other in others):
        raise InputError("from_alone")
    workspace = workspace_from(source, path)
    code = "created.warehouse" if workspace.settings.warehouse else "created"
    print(t(code, path=str(path), client=workspace.settings.client))


def export(
    path: PathArgument,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help=t("help.export.to"))],
) -> None:
    """Write all that a client's folder holds, in open formats."""
    import datetime as dt

    workspace = opened(path)
    from workshop.exporting.export import export_workspace

    print(export_workspace(workspace, to, dt.datetime.now(dt.UTC)))
    print(t("exported", path=str(to)), file=sys.stderr)


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
    workspace = opened(path)
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
        {"kind": kind, "given": said, "team": one_of("--team", team, TEAMS), "texts": texts}
    )
    in_part = False
    for found in forget_one(workspace, request, dry=dry_run):
        print(*in_words(found, t, dry=dry_run), sep="\n")
        in_part = found.in_part
    raise typer.Exit(IN_PART if in_part else DONE)
