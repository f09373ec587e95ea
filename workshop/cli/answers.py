"""What the CRM says: a question's answer, and an agreed definition."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workshop.cli.base import AsOf, Json, PathArgument, Seed, opened, print_json, t
from workshop.errors import InputError, WorkshopError

if TYPE_CHECKING:
    import pandas as pd

    from workshop.questions.document import Answer

_COUNTED = {"lead": "leads", "opportunity": "opportunities"}
"""Where a goal does not count MQLs."""


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

    workspace = opened(path)
    check_question(question, by)
    day = parse_day(as_of) if as_of else None
    from workshop.crm.tables import open_tables
    from workshop.questions.ask import ask
    from workshop.questions.document import document

    tables = open_tables(workspace, day)
    answer = ask(tables, question, folder=path, by=by, seed=seed)
    if as_json:
        print_json(
            document(answer, question=question, workspace=str(path), as_of=tables.as_of, seed=seed)
        )
        return
    if answer.ready.missing:
        asked_for = [t(f"ask.{column}") for column in answer.ready.missing]
        print(t("not_answerable", missing=asked_for), file=sys.stderr)
    if csv is not None:
        _write_csv(csv, answer.rows)
        print(csv)
    elif not answer.ready.missing:
        print(_headed(answer).to_string(index=False, na_rep="–", max_colwidth=40))
    for caveat in answer.caveats:
        print(t(f"caveat.{caveat}"), file=sys.stderr)


def _headed(answer: Answer) -> pd.DataFrame:
    """Return an answer's rows for the screen, the volume of a goal under what it counts."""
    unit = getattr(answer, "unit", None)
    return answer.rows.rename(columns={"mqls": _COUNTED[unit]} if unit in _COUNTED else {})


def _write_csv(path: Path, rows: pd.DataFrame) -> None:
    """Write an answer's rows: UTF-8, comma, decimal point, no cell that a spreadsheet runs."""
    from workshop.cells import inert
    from workshop.workspace import write_atomically

    if not path.absolute().parent.is_dir():
        raise WorkshopError("no_folder", path=str(path.absolute().parent))
    safe = rows.map(lambda cell: inert(cell) if isinstance(cell, str) else cell)
    safe = safe.rename(columns=inert)
    write_atomically(path, safe.to_csv(index=False).encode("utf-8-sig"))


def definition(
    path: PathArgument,
    term: Annotated[str, typer.Argument(metavar="TERM", help=t("help.definition.term"))],
    sql: Annotated[
        str | None, typer.Option("--sql", metavar="DIALECT", help=t("help.definition.sql"))
    ] = None,
) -> None:
    """Show the agreed definition of a term, in words or as SQL."""
    from workshop.definition_file import read_definition

    workspace = opened(path)
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
