"""What every command needs: the words of whoever types, common options, ends and printing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workshop.errors import WorkshopError
from workshop.i18n import LANGUAGES, Translator

if TYPE_CHECKING:
    from workshop.workspace import Workspace

DONE, IN_PART, WRONG = 0, 1, 2


def _spoken() -> Translator:
    """Return the words of whoever types, by the usual environment variables."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    language = wanted[:2].lower()
    return Translator(language if language in LANGUAGES else "en")


t = _spoken()

PathArgument = Annotated[Path, typer.Argument(metavar="PATH", help=t("help.path"))]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=t("help.as_of"))]
Lang = Annotated[str | None, typer.Option("--lang", metavar="nl|en", help=t("help.lang"))]
Seed = Annotated[int, typer.Option("--seed", min=0, metavar="N", help=t("help.seed"))]
Json = Annotated[bool, typer.Option("--json", help=t("help.json"))]


def opened(path: Path) -> Workspace:
    """Open a workspace, before what takes long to import: a wrong call is answered at once."""
    from workshop.workspace import Workspace

    return Workspace.open(path)


def one_of(option: str, given: str | None, allowed: tuple[str, ...]) -> Any:
    """Return what an option was given, where it is one of a few words."""
    if given is not None and given not in allowed:
        raise WorkshopError("bad_choice", option=option, given=given, allowed=list(allowed))
    return given


def print_json(content: dict[str, Any]) -> None:
    """Print one document: UTF-8, and no numbers that JSON does not have."""
    print(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1))


def worded(error: WorkshopError) -> str:
    """Return an error as one line."""
    return " ".join(t(f"error.{error.code}", **error.fields).split())
