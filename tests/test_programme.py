"""What the programme's notebooks call: on a client's folder, with and without a room."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
from pathlib import Path

import nbformat
import pytest
import segno
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.views.played import answer, exercise, options
from workshop import programme
from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.session import drafts, sessions
from workshop.session.definition_drafts import Meaning
from workshop.session.ledger import Proposal
from workshop.session.ledger import decide as decided
from workshop.session.room_file import ROOM_FILE, RoomFile, read_room, write_room
from workshop.session.sessions import Session
from workshop.session.store import open_store
from workshop.views.look import Look
from workshop.views.room.welcome import Welcome, qr_code
from workshop.workspace import Workspace

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "01-diagnosis.ipynb"
YAML = """\
title: {nl: Titel, en: Title}
questions:
  - {id: q, kind: statement, text: {nl: Stelling, en: Statement}}
"""


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    made = Workspace.create(tmp_path / "client", "Client", language="en")
    (made.path / "exercises").mkdir()
    (made.path / "exercises" / "diagnosis.yaml").write_text(YAML, "utf-8")
    return made


@pytest.fixture
def shown(monkeypatch) -> list[object]:
    """Return what the cells show."""
    parts: list[object] = []
    monkeypatch.setattr(programme, "show", lambda *given: parts.extend(given))
    return parts


@pytest.fixture
def room(workspace):
    made = programme.opened(str(workspace.path))
    yield made
    made.store.close()


def test_a_panel_shows_the_answers_once_they_are_shown(room, shown):
    programme.exercise(room, "diagnosis")
    state = room.panels["diagnosis"].state
    state.open()
    for team in ("sales", "marketing"):
        for value in (2, 4, 4, 5):
            answer(room.store, state.round, team, {"q": value})
    assert "Sales" not in shown[-1].plain()
    state.reveal()
    text = shown[-1].plain()
    assert "Sales and marketing answer much alike" in text
    assert "“Statement”, Sales: 1 disagree, 0 in between, 3 agree" in text


def test_a_cell_that_runs_again_replaces_its_panel_and_resumes(room, shown):
    programme.exercise(room, "diagnosis")
    first = room.panels["diagnosis"]
    first.state.open()
    programme.exercise(room, "diagnosis")
    second = room.panels["diagnosis"]
    assert second is not first
    assert second.state.round == first.state.round
    assert first.widget.comm is None


def test_an_exercise_that_waits_sees_the_other_open_and_end(room, workspace, shown):
    own = workspace.path / "exercises"
    (own / "second.yaml").write_text(YAML, "utf-8")
    for name in ("diagnosis", "second"):
        programme.exercise(room, name)
    first, second = (room.panels[name].state for name in ("diagnosis", "second"))
    first.open()
    assert second.seen.other.exercise == "diagnosis"
    assert "“Title” is still open" in room.panels["second"].plain()
    first.reveal()
    assert second.seen.other is None
    second.open()
    assert second.phase == "open"


def test_a_vote_follows_the_proposal_until_it_opens(room, shown):
    programme.vote(room, "definition", "mql")
    place = room.forms["vote:definition:mql"]
    assert place.panel is None
    assert "proposed" in place.plain()
    session = sessions.start(room.store)
    propose(room, session, "The first")
    asyncio.run(place._tick())
    before = place.panel
    assert place.widget.children == (before.widget,)
    before.state.minutes = 7
    asyncio.run(place._tick())
    assert place.panel is before

    propose(room, session, "The second")
    asyncio.run(place._tick())
    assert place.panel.state.minutes == 7
    place.panel.state.open()
    assert place.panel.state.problem is None
    assert "The second" in place.panel.state.round.content.intro.en
    opened = place.panel
    propose(room, session, "The third")
    asyncio.run(place._tick())
    assert place.panel is opened

    programme.vote(room, "definition", "mql")
    assert room.forms["vote:definition:mql"] is not place


def test_the_ledger_and_the_calendar_follow_what_is_decided(room, workspace, shown):
    programme.ledger(room)
    programme.invitations(room, retro="2026-12-07 09:00")
    ledger, calendar = room.forms["ledger"], room.forms["invitations"]
    assert "Ring within a day" not in ledger.plain()
    retro = workspace.reports / "agenda" / "retro.ics"
    retro.write_text("given elsewhere", "utf-8")

    decide(sessions.start(room.store), room)
    for panel in (ledger, calendar):
        assert asyncio.run(panel._tick())
    assert "Ring within a day" in ledger.widget.value
    assert "Ring within a day" in ledger.plain()
    reviews = workspace.reports / "agenda" / "reviews.ics"
    assert "Ring within a day" in reviews.read_text("utf-8")
    assert "reviews.ics" in calendar.widget.value
    assert "in reports/agenda." in calendar.plain()
    assert retro.read_text("utf-8") == "given elsewhere"


def decide(session: Session, room: programme.Programme) -> None:
    proposal = Proposal(
        kind="other", subject="Ring within a day", what="We ring within a day.", why="It helps.",
        expects_of_marketing="A number.", expects_of_sales="A call.", owner="An",
        owner_team="sales", review_on=dt.date(2036, 1, 7), signed_sales="An",
        signed_marketing="Bo",
    )  # fmt: skip
    decided(room.store, session.session_id, proposal)


def propose(room: programme.Programme, session: Session, text: str) -> None:
    said = Meaning(text).plain()
    drafts.keep(room.store, session.session_id, "definition", "mql", said)


def test_looking_starts_no_session(room, shown):
    programme.exercise(room, "diagnosis")
    programme.welcome(room)
    assert sessions.all_sessions(room.store) == ()


def test_the_floor_of_the_settings_holds(workspace, shown):
    workspace.write_settings(workspace.settings.model_copy(update={"floor": 6}))
    room = programme.opened(str(workspace.path))
    programme.exercise(room, "diagnosis")
    room.panels["diagnosis"].state.open()
    assert sessions.running(room.store).floor == 6
    room.store.close()


def test_without_a_crm_there_is_a_room_all_the_same(room):
    assert room.tables is None
    assert room.estimate("win_rate") is None
    label = {"id": "q", "kind": "label", "options": options("a", "b")}
    with pytest.raises(InputError, match="no_leads_to_label"):
        room.filled(exercise(label), 1)


def test_cards_are_dealt_from_the_crm_the_same_in_one_session(own_example):
    room = programme.opened(str(own_example.path))
    content = exercise({"id": "q", "kind": "label", "options": options("a", "b")})
    once, again, later = (room.filled(content, number) for number in (1, 1, 2))
    assert once == again != later
    assert len(once.exercise.questions[0].cards) == 12
    assert room.estimate("win_rate").records == 434
    room.store.close()


class TestWelcome:
    ROOM = RoomFile(address="192.0.2.7:8765", code="ABC234", url="http://192.0.2.7:8765/j/ABC234")

    def test_address_and_code_are_shown_while_the_room_is_open(self, room, workspace, shown):
        programme.welcome(room)
        assert "samenspel open" in shown[-1].plain()
        write_room(workspace, self.ROOM)
        programme.welcome(room)
        assert shown[-1].plain() == "Address 192.0.2.7:8765, code ABC234"
        assert "ABC234" in shown[-1].html()

    def test_it_follows_the_room_when_that_opens_and_moves(self, room, workspace, shown):
        programme.welcome(room)
        panel = room.forms["welcome"]
        for number in ("7", "8"):
            address = f"192.0.2.{number}:8765"
            write_room(workspace, self.ROOM.model_copy(update={"address": address}))
            assert asyncio.run(panel._tick())
            assert address in panel.widget.value and address in panel.plain()
        (workspace.path / ROOM_FILE).unlink()
        asyncio.run(panel._tick())
        assert "ABC234" not in panel.widget.value

    def test_the_code_holds_the_whole_address_and_asks_nothing_of_the_network(self, look):
        html = Welcome(self.ROOM, look.t).html()
        data = html.partition("base64,")[2].partition('"')[0]
        assert base64.b64decode(data) == qr_code(self.ROOM.url)
        expected = segno.make(self.ROOM.url, error="q", micro=False)
        assert expected.error in ("Q", "H")
        assert "//" not in html.replace(self.ROOM.url, "").replace(data, "")

    @pytest.mark.parametrize("content", [b"", b"{", b'{"code": "ABC234"}'])
    def test_half_a_file_is_no_room(self, workspace, content):
        (workspace.path / ROOM_FILE).write_bytes(content)
        assert read_room(workspace) is None

    @pytest.fixture(params=["nl", "en"])
    def look(self, request):
        return Look(Translator(request.param), "#1f4e79")


def executed(workspace: Workspace, *cells: str) -> list[nbformat.NotebookNode]:
    """Run the notebook's cells and some more on a workspace; return the code cells."""
    notebook = nbformat.read(NOTEBOOK, 4)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            cell.source = cell.source.replace('".."', f'"{workspace.path}"')
    notebook.cells += [nbformat.v4.new_code_cell(text) for text in cells]
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=False)
    try:
        client.execute()
    except CellExecutionError:
        assert cells, "the notebook itself does not run"
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_notebook_runs_by_itself_and_shows_what_the_store_holds(workspace):
    store = open_store(workspace)
    room = programme.opened(str(workspace.path))
    programme.exercise(room, "diagnosis")
    room.panels["diagnosis"].state.open()
    cells = [cell for cell in executed(workspace) if '"diagnosis")' in cell.source]
    assert len(cells) == 1
    assert "Open for answers, anonymous." in cells[0].outputs[0]["data"]["text/plain"]
    store.close()
    room.store.close()


def test_a_mistake_is_one_sentence_and_the_cell_has_failed(workspace):
    last = executed(workspace, 'programme.exercise(room, "nothing")')[-1]
    (output,) = last.outputs
    assert output["output_type"] == "error"
    assert len(output["traceback"]) == 1
    assert output["traceback"][0].startswith("There is no exercise “nothing”. Choose from ")
