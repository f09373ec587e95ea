"""What the room said: the database as SQLite, and beside it what may be read, as CSV and JSON.

What was never shown does not leave the client's folder, in neither of them: the answers of a round
that is open, or was closed without a reveal. What can be read is what the reveal showed, under the
same floor; never which device or person an answer of an anonymous round came from.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from workshop.cells import inert
from workshop.errors import InputError
from workshop.session import ledger, rounds, sessions
from workshop.session.ledger import Decision
from workshop.session.people import joined
from workshop.session.results import Results, results
from workshop.session.rounds import Round
from workshop.session.schema import answers, finished, metadata
from workshop.session.schema import drafts as drafts_table
from workshop.session.schema import rounds as rounds_table
from workshop.session.store import FILE, Store, open_file
from workshop.workspace import Workspace, write_atomically

FOLDER = "session"
_BATCH = 1_000


def write_session(store: Store, folder: Path) -> None:
    """Write the session's database into a folder, in both forms.

    Raises ``InputError`` (``export_round_open``) while a round takes answers.
    """
    _refuse_open(store)
    folder.mkdir()
    _write_database(store, folder / FILE)
    _write_json(folder / "sessions.json", list(_sessions(store)))
    every = [one for s in sessions.all_sessions(store) for one in rounds.rounds_of(store, s[0])]
    _write_json(folder / "rounds.json", [_round(one) for one in every])
    shown = [results(store, one.round_id) for one in every if one.state == "revealed"]
    _write_csv(folder / "answers.csv", [_said(one) for one in shown])
    _write_csv(folder / "groups.csv", [said.groups.assign(round=said.round[0]) for said in shown])
    _write_json(folder / "ledger.json", [_decision(one) for one in ledger.ledger(store)])
    _write_json(folder / "drafts.json", _rows(store, drafts_table))


def read_session(folder: Path, workspace: Workspace) -> None:
    """Put the database that `write_session` wrote in a workspace."""
    source = folder / FILE
    if source.is_file():
        write_atomically(workspace.path / FILE, source.read_bytes())
        open_file(workspace.path / FILE).close()


def _said(found: Results) -> pd.DataFrame:
    """Return the answers of a round; who gave which of several only where it was by name.

    Someone who alone left a question open would else be told by the other answers.
    """
    rows = found.rows.assign(round=found.round.round_id)
    if found.round.named:
        return rows
    return rows.assign(person=None).sort_values(["item", "team", "value"], key=_as_text)


def _as_text(cells: pd.Series[Any]) -> pd.Series[str]:
    return cells.map(lambda cell: json.dumps(cell, sort_keys=True))


def _refuse_open(store: Store) -> None:
    session = sessions.running(store)
    shown = rounds.shown_now(store, session.session_id) if session else None
    if shown is not None and shown.state == "open":
        raise InputError("export_round_open", exercise=shown.content.title.model_dump())


def _write_database(store: Store, file: Path) -> None:
    """Write every row into a new file, in which nothing lingers that was deleted before."""
    target = open_file(file)
    try:
        with store.read() as source, target.write() as connection:
            for table in metadata.sorted_tables:
                found = source.execute(_to_take(table)).mappings()
                while rows := [dict(row) for row in found.fetchmany(_BATCH)]:
                    connection.execute(sa.insert(table), rows)
        # One file, which a reader need not be able to write beside.
        with target.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
            connection.exec_driver_sql("BEGIN")
    finally:
        target.close()


def _to_take(table: sa.Table) -> sa.Select[Any]:
    """Select the rows of a table that leave the folder, in the order in which they were made."""
    chosen = sa.select(table).order_by(*table.primary_key.columns)
    if table not in (answers, finished):
        return chosen
    shown = sa.select(rounds_table.c.round_id).where(rounds_table.c.revealed_at.is_not(None))
    return chosen.where(table.c.round_id.in_(shown))


def _sessions(store: Store) -> Iterator[dict[str, Any]]:
    for one in sessions.all_sessions(store):
        row = {name: value for name, value in one._asdict().items() if name != "code"}
        yield {**row, "joined": joined(store, one.session_id)}


def _decision(one: Decision) -> dict[str, Any]:
    return {**one._asdict(), "review": None if one.review is None else one.review._asdict()}


def _round(one: Round) -> dict[str, Any]:
    return {**one._asdict(), "content": one.content.model_dump(mode="json")}


def _rows(store: Store, table: sa.Table) -> list[dict[str, Any]]:
    with store.read() as connection:
        return [dict(row) for row in connection.execute(_to_take(table)).mappings()]


def _write_csv(path: Path, frames: list[pd.DataFrame]) -> None:
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"round": []})
    ordered = table[["round", *(name for name in table.columns if name != "round")]]
    plain = ordered.map(_cell)
    path.write_bytes(plain.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig"))


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return inert(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _write_json(path: Path, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, default=_plain)
    path.write_text(text + "\n", "utf-8", newline="\n")


def _plain(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
