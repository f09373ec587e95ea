"""Someone from the room is forgotten: no byte of them stays, and nothing else changes."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from tests.command import call
from tests.session.conftest import Room, exercise
from tests.torture import rooms
from workshop.exporting.export import workspace_from
from workshop.forgetting import exports, files, forget
from workshop.forgetting.request import Request
from workshop.i18n import Translator
from workshop.session import drafts, ledger, people, rounds
from workshop.session.copy import PENDING, Copy
from workshop.session.results import results
from workshop.session.store import open_store
from workshop.views.ledger import owner_text
from workshop.workspace import Workspace

NAME = "Zoë D'Hondt"
WORD = "Zwaluwstaart"
QUESTIONS = ({"id": "one", "kind": "statement"}, {"id": "said", "kind": "text"})


def fill(workspace: Workspace) -> None:
    """Have one of eight give a name, answer with and without it, and own a decision."""
    store = open_store(workspace)
    room = Room(store)
    names = [*room.join("sales", 4), *room.join("marketing", 4)]
    people.give_name(store, "token of sales0", NAME)
    for named in (False, True):
        asked = rounds.open_round(
            store, room.session.session_id, f"asked-{named}", exercise(*QUESTIONS), named=named
        )
        for n, who in enumerate(names):
            room.answer(asked.round_id, who, "one", 1 + n % 5)
            said = f"{WORD} {named}" if who == "sales0" else f"niets {n}"
            room.answer(asked.round_id, who, "said", said)
        rounds.reveal(store, asked.round_id, early=True)
    again = rounds.reopen(store, 1)
    rounds.reveal(store, again.round_id, early=True)
    content = {"owner": NAME, "what": f"{NAME} belt elke week", "note": WORD}
    drafts.keep(store, room.session.session_id, "decision", "x", content)
    proposal = ledger.Proposal(
        kind="other",
        subject="bellen",
        what=f"{NAME} belt elke week",
        why="Dat helpt.",
        expects_of_marketing="-",
        expects_of_sales="-",
        owner=NAME,
        owner_team="sales",
        review_on=rooms.TODAY.replace(year=2036),
        signed_sales=NAME,
    )
    ledger.decide(store, room.session.session_id, proposal)
    store.close()
    report = workspace.reports / "session-2026-11-23-nl"
    report.mkdir(parents=True)
    (report / "report.html").write_text("<p>Zo&euml;</p><td>Zoë D&#x27;Hondt</td>", "utf-8")
    (report / "report.pdf").write_bytes(b"%PDF")
    (workspace.reports / "audit-2026-11-23-nl").mkdir()
    (workspace.path / "session-0001.db").write_bytes(NAME.encode())
    (workspace.path / ".import-abc").mkdir()
    (workspace.path / ".import-abc" / "x.csv").write_text(NAME, "utf-8")
    notebooks = workspace.path / "notebooks"
    notebooks.mkdir()
    shown = NOTEBOOK.replace("SHOWN", NAME)
    (notebooks / "02.ipynb").write_text(shown, "utf-8")
    (notebooks / ".ipynb_checkpoints").mkdir()
    (notebooks / ".ipynb_checkpoints" / "02.ipynb").write_text(shown, "utf-8")


NOTEBOOK = """{"cells": [{"cell_type": "code", "execution_count": 1, "id": "a", "metadata": {},
 "source": "show()", "outputs": [{"output_type": "stream", "name": "stdout", "text": "SHOWN"}]},
 {"cell_type": "code", "execution_count": 2, "id": "b", "metadata": {}, "source": "1",
 "outputs": [{"output_type": "stream", "name": "stdout", "text": "blijft"}]}],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    workspace = Workspace.create(tmp_path_factory.mktemp("filled") / "acme", "Acme")
    fill(workspace)
    return workspace.path


@pytest.fixture
def workspace(filled, tmp_path) -> Workspace:
    return Workspace.open(Path(shutil.copytree(filled, tmp_path / "acme")))


def once(workspace: Workspace, **asked) -> forget.Forgotten:
    request = Request(kind="person", given=NAME, **asked)
    return list(forget.forget(workspace, request))[-1]


def holding(folder: Path, *texts: str) -> list[str]:
    return sorted(
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(text.encode() in path.read_bytes() for text in texts)
    )


def shown(workspace: Workspace, round_id: int) -> pd.DataFrame:
    store = open_store(workspace)
    try:
        rows = results(store, round_id).rows
        return rows.drop(columns="person").sort_values(
            ["item", "team", "value"], key=lambda c: c.astype(str)
        )
    finally:
        store.close()


def test_no_byte_of_the_name_stays(workspace):
    assert {"session.db", "session-0001.db", "02.ipynb"} <= set(holding(workspace.path, NAME))
    found = once(workspace)
    assert holding(workspace.path, NAME, "D&#x27;Hondt") == []
    assert not found.in_part
    assert [path.name for path in found.reports] == ["session-2026-11-23-nl"]
    assert [path.name for path in workspace.reports.iterdir()] == ["audit-2026-11-23-nl"]
    assert not list(workspace.path.glob("session-0001*"))
    assert not (workspace.path / ".import-abc").exists()
    assert "blijft" in (workspace.path / "notebooks" / "02.ipynb").read_text("utf-8")
    assert found.erased == (1, 1, 2, 4)


def test_figures_that_were_shown_stay_as_they_were(workspace):
    """The answers of the others, and those that are nobody's now, say what they said."""
    before = [shown(workspace, 1), shown(workspace, 3)]
    once(workspace)
    for frame, after in zip(before, [shown(workspace, 1), shown(workspace, 3)], strict=True):
        assert after.to_numpy().tolist() == frame.to_numpy().tolist()
    assert len(shown(workspace, 2)) == 2 * 7


def test_nothing_ties_the_answers_that_stay_to_the_device(workspace):
    with closing(sqlite3.connect(workspace.path / "session.db")) as connection:
        device = connection.execute(
            "SELECT participant_id, token_hash FROM participants WHERE person_id IS NOT NULL"
        ).fetchone()
    once(workspace)
    assert holding(workspace.path, *device, "token of sales0") == []


def test_with_texts_what_they_wrote_goes_too(workspace):
    once(workspace)
    assert holding(workspace.path, WORD) == ["session.db"]
    request = Request(kind="participant", given=nobody_s(workspace), texts=True)
    list(forget.forget(workspace, request))
    assert holding(workspace.path, f"{WORD} False") == []


def nobody_s(workspace: Workspace) -> str:
    with closing(sqlite3.connect(workspace.path / "session.db")) as connection:
        sql = "SELECT participant_id FROM answers WHERE key LIKE 'forgotten:%'"
        return str(connection.execute(sql).fetchone()[0])


def test_the_ledger_keeps_the_decision_without_the_name(workspace):
    once(workspace)
    store = open_store(workspace)
    (decision,) = ledger.ledger(store)
    assert (decision.owner, decision.signed_sales, decision.signed_marketing) == ("", "", None)
    assert decision.what == "[…] belt elke week"
    assert owner_text(decision, Translator("nl")).startswith("een deelnemer")
    assert owner_text(decision, Translator("en")).startswith("a participant")
    with (
        pytest.raises(Exception, match="never edited"),
        store.write() as connection,
    ):
        connection.exec_driver_sql("UPDATE decisions SET what = 'x'")
    store.close()


def test_a_copy_that_is_known_is_brought_up_to_date(workspace, tmp_path):
    for name in ("there", "gone", "own"):
        store = open_store(workspace)
        copy = Copy(workspace, store, tmp_path / name)
        copy.step()
        copy.close()
        store.close()
    assert "session.db" in holding(tmp_path / "there", NAME)
    shutil.rmtree(tmp_path / "gone")
    (tmp_path / "own" / ".samenspel-copy.json").unlink()
    found = once(workspace)
    assert found.copies == (tmp_path / "there",)
    assert holding(tmp_path / "there", NAME) == []
    missed = {code: path for code, path in found.left if path is not None}
    assert missed == {"copy_gone": tmp_path / "gone", "copy_goes_on": tmp_path / "own"}
    assert found.in_part


def test_an_export_that_is_known_is_written_anew(workspace, tmp_path):
    for name in ("there", "gone", "other", "spoiled"):
        assert call("export", workspace.path, "--to", tmp_path / name).returncode == 0
    assert {"session.db", "02.ipynb"} <= set(holding(tmp_path / "there", NAME))
    shutil.rmtree(tmp_path / "gone")
    shutil.rmtree(tmp_path / "other")
    shutil.copytree(tmp_path / "there", tmp_path / "other")
    (tmp_path / "spoiled" / "session" / "ledger.json").write_text(NAME, "utf-8")
    (dry,) = forget.forget(workspace, Request(kind="person", given=NAME), dry=True)
    assert dry.exports == (tmp_path / "there", tmp_path / "spoiled")
    found = once(workspace)
    assert found.exports == (tmp_path / "there",)
    assert holding(tmp_path / "there", NAME) == []
    assert {code: path for code, path in found.left if path is not None} == {
        "export_gone": tmp_path / "gone",
        "export_other": tmp_path / "other",
        "export_unwritten": tmp_path / "spoiled",
    }
    assert "session.db" in holding(tmp_path / "other", NAME)
    again = workspace_from(tmp_path / "there", tmp_path / "again")
    for round_id in (1, 3):
        assert (
            shown(again, round_id).to_numpy().tolist()
            == shown(workspace, round_id).to_numpy().tolist()
        )


@pytest.mark.parametrize(
    "step", ["remove", "erase", "scrub", "wipe", "sweep", "_copies", "write_anew", "_traces"]
)
def test_broken_off_it_goes_on_to_the_end(workspace, tmp_path, monkeypatch, step):
    owner = {"remove": files, "sweep": files, "write_anew": exports}.get(step, forget)
    if step == "write_anew":
        call("export", workspace.path, "--to", tmp_path / "export")
    whole = getattr(owner, step)

    def dies(*given, **named):
        whole(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(owner, step, dies)
        once(workspace)
    assert (workspace.path / PENDING).stat().st_mode & 0o077 == 0
    once(workspace)
    assert holding(tmp_path, NAME) == []
    assert not (workspace.path / PENDING).exists()


def test_a_dry_run_says_the_same_and_changes_nothing(workspace):
    request = Request(kind="person", given=NAME)
    before = {path: path.read_bytes() for path in workspace.path.rglob("*") if path.is_file()}
    (dry,) = forget.forget(workspace, request, dry=True)
    after = {path: path.read_bytes() for path in workspace.path.rglob("*") if path.is_file()}
    kept = {path for path in before if not path.name.startswith("session.db-")}
    assert {path: after[path] for path in kept} == {path: before[path] for path in kept}
    done = once(workspace)
    assert (dry.erased, dry.mentions, dry.reports) == (done.erased, done.mentions, done.reports)


def test_not_while_it_is_open(workspace):
    with workspace.alone("already_open"):
        done = call("forget", workspace.path, "--person", NAME)
    assert done.returncode == 2
    assert "is open" in done.stderr


def test_not_while_it_is_on_a_projector(workspace):
    with workspace.presenting(), workspace.presenting():
        done = call("forget", workspace.path, "--person", NAME)
    assert done.returncode == 2
    assert "is on a projector" in done.stderr
    assert "session.db" in holding(workspace.path, NAME)
    assert call("forget", workspace.path, "--person", NAME).returncode == 0


def test_nobody_presents_it_meanwhile(workspace, monkeypatch):
    met = []

    def copies(given):
        done = call("present", workspace.path, "01", "--no-browser")
        met.append((done.returncode, done.stderr))
        return (), []

    monkeypatch.setattr(forget, "_copies", copies)
    once(workspace)
    ((status, said),) = met
    assert status == 2
    assert "busy" in said


class TestTheCommand:
    def test_without_options_it_lists_who_there_is(self, workspace):
        done = call("forget", workspace.path, lang="nl_BE.UTF-8")
        assert f'--person "{NAME}" (Sales)' in done.stdout
        assert done.stdout.count("--participant") == 7

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("--person", NAME.lower()), f"Do you mean {NAME}?"),
            (("--person", "Iemand"), "Nobody here is called exactly “Iemand”"),
            (("--person", NAME, "--contact", "x"), "One at a time"),
            (("--dry-run",), "Say whom to forget"),
            (("--participant", "12"), "at least 6 characters"),
            (("--contact", "x@example.org"), "nowhere in the CRM tables"),
            (("--person", NAME, "--team", "boss"), "choose"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_changes(self, workspace, options, said):
        done = call("forget", workspace.path, *options)
        assert done.returncode == 2
        assert said.casefold() in done.stderr.casefold()
        assert "session.db" in holding(workspace.path, NAME)

    def test_a_name_in_two_teams_asks_which(self, workspace):
        store = open_store(workspace)
        people.give_name(store, "token of marketing4", NAME)
        store.close()
        assert "--team" in call("forget", workspace.path, "--person", NAME).stderr
        done = call("forget", workspace.path, "--person", NAME, "--team", "sales")
        assert done.returncode == 0
        assert holding(workspace.path, NAME) == ["session.db"]

    def test_a_device_without_a_name(self, workspace):
        listed = call("forget", workspace.path).stdout
        number = next(line.split()[1] for line in listed.splitlines() if "--participant" in line)
        done = call("forget", workspace.path, "--participant", number)
        assert done.returncode == 0, done.stderr
        assert number not in call("forget", workspace.path).stdout
