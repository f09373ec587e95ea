"""What a real client brings: each cell of the session report shows it, or says why not."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from tests.views.played import answer, exercise, words
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.errors import InputError, WorkspaceError
from workshop.questions.goal_file import read_goal
from workshop.reports import session
from workshop.session import rounds, sessions
from workshop.session.ledger import Ballot, Proposal, decide
from workshop.session.store import open_store
from workshop.workspace import Workspace

CELLS = (
    session.one_page,
    session.questions,
    session.filled,
    session.imports,
    session.holdings,
    session.funnel_steps,
    session.funnel_months,
    session.channel_rates,
    session.campaign_rates,
    session.speed,
    session.ten,
    session.ten_sample,
    session.history,
    session.behind_history,
    session.definitions,
    session.behind_definitions,
    session.suggestions,
    session.waiting,
    session.rules,
    session.goal_curve,
    session.goal_levers,
    session.said,
    session.agreed,
    session.unsaid,
)


def deals(n: int, outcome="Won Lost", columns="created closed amount sector") -> str:
    """Return an export of n deals whose outcomes take turns, with the columns asked for."""
    turns = outcome.split()
    values = {
        "created": lambda i: f"2025-{i % 9 + 1:02}-{i % 15 + 13}",
        "closed": lambda i: "" if turns[i % len(turns)] == "Open" else f"2025-12-{i % 15 + 13}",
        "amount": lambda i: str(1000 + 10 * i),
        "sector": lambda i: "IT" if i % 3 else "Zorg",
        "currency": lambda i: "EUR" if i % 4 else "GBP",
        "postcode": lambda i: str(1000 + i),
    }
    headers = {"created": "created_at", "closed": "closed_at"}
    names = columns.split()
    lines = [";".join(["deal_id", "stage", *(headers.get(name, name) for name in names)])]
    for i in range(n):
        cells = [f"D{i}", turns[i % len(turns)], *(values[name](i) for name in names)]
        lines.append(";".join(cells))
    return "\n".join(lines)


CASES = {
    "only_deals": deals(80),
    "one_deal": deals(1),
    "no_lost_deals": deals(30, "Won"),
    "no_won_deals": deals(30, "Lost"),
    "all_open": deals(12, "Open"),
    "no_dates": deals(60, columns="amount sector"),
    "no_traits": deals(60, columns="created closed amount"),
    "no_amounts": deals(60, columns="created closed sector"),
    "a_value_each": deals(90, columns="created closed amount postcode"),
    "two_currencies": deals(60, columns="created closed amount sector currency"),
    "only_leads": "lead_id;created_at;source\n"
    + "\n".join(f"L{i};2025-0{i % 9 + 1}-13;{'web' if i % 2 else 'beurs'}" for i in range(90)),
}


@pytest.fixture(scope="module", params=CASES, ids=str)
def workspace(request, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp(request.param)
    made = Workspace.create(folder / "client", request.param)
    file: Path = folder / "export.csv"
    file.write_text(CASES[request.param], "utf-8")
    import_files(made, Request((file,)))
    return made


@pytest.fixture
def shown(monkeypatch):
    """Collect what the cells show."""
    parts = []
    monkeypatch.setattr(session, "show", lambda *given: parts.extend(given))
    return parts


@pytest.mark.parametrize(("language", "as_of"), [("nl", ""), ("en", "2000-01-01")])
def test_no_cell_fails_and_no_value_is_undefined(workspace, shown, language, as_of):
    opened = session.opened(str(workspace.path), language, as_of)
    for cell in CELLS:
        cell(opened)
    assert len(shown) >= 8
    for part in shown:
        words = re.sub(r"data:image[^\"]*", "", part.html())
        assert not re.search(r"\b(nan|NaN|NaT)\b|[>( ]None[<),]", words), words
        assert part.plain().strip()
        assert unworded(part) == []


def unworded(part) -> list[str]:
    """Return the columns in a part's files that have no header in words."""
    columns = (part.behind() or {"columns": []})["columns"] if hasattr(part, "behind") else []
    return [c["field"] for c in columns if c["header"] == c["field"] and "_" in c["field"]]


@pytest.mark.parametrize("workspace", ["only_deals"], indirect=True)
def test_the_same_seed_shows_the_same(workspace, shown):
    for _ in range(2):
        session.ten_sample(session.opened(str(workspace.path), "en", seed="4"))
    half = len(shown) // 2
    assert [part.html() for part in shown[:half]] == [part.html() for part in shown[half:]]


def test_a_goal_with_its_own_baseline_is_not_said_to_be_last_year_s(tmp_path, shown):
    made = Workspace.create(tmp_path / "client", "A")
    (tmp_path / "d.csv").write_text(deals(80), "utf-8")
    import_files(made, Request((tmp_path / "d.csv",)))
    goal = "kind: pipeline\ntarget: 50000\nperiod: 2026Q1\nbaseline: 20000\n"
    (made.path / "goal.yaml").write_text(goal, "utf-8")
    session.goal_curve(session.opened(str(made.path), "en"))
    text = shown[0].plain()
    assert "€50,000 extra pipeline in Q1 2026" in text
    assert "on top of €20,000." in text
    assert "Nobody has agreed" not in "".join(part.plain() for part in shown)


def test_without_a_session_the_report_says_what_one_will_add_and_makes_no_database(tmp_path, shown):
    made = Workspace.create(tmp_path / "client", "A")
    (tmp_path / "d.csv").write_text(deals(80), "utf-8")
    import_files(made, Request((tmp_path / "d.csv",)))
    opened = session.opened(str(made.path), "en")
    session.said(opened)
    session.agreed(opened)
    assert "After the session" in shown[0].plain()
    assert "No decisions yet" in shown[1].plain()
    assert not (made.path / "session.db").exists()


def test_what_the_room_said_and_agreed_is_in_the_report(tmp_path, shown):
    made = Workspace.create(tmp_path / "client", "A")
    (tmp_path / "d.csv").write_text(deals(80), "utf-8")
    import_files(made, Request((tmp_path / "d.csv",)))
    store = open_store(made)
    asked = exercise({"id": "q", "kind": "text"})
    people = [("sales", {"q": f"=Sum(A{n})"}) for n in range(4)]
    sealed = exercise({"id": "q", "kind": "text"}, title=words("Sealed"))
    for content, name in ((asked, "first"), (sealed, "second")):
        found = rounds.open_round(store, sessions.resume_or_start(store).session_id, name, content)
        for team, given in people:
            answer(store, found, team, given)
        if name == "first":
            rounds.reveal(store, found.round_id)
    goal = {"kind": "pipeline", "target": 50000, "period": "2026Q1"}
    yes = {"sales": Ballot(2, 0), "marketing": Ballot(1, 0)}
    proposal = Proposal(
        kind="goal", subject="goal", what="Extra", why="Nodig", expects_of_marketing="a",
        expects_of_sales="b", owner="An", owner_team="sales", review_on=dt.date(2026, 12, 1),
        content=goal, signed_sales="An", signed_marketing="Bo",
    )  # fmt: skip
    decide(store, found.session_id, proposal, vote=yes, today=dt.date(2026, 11, 1))
    opened = session.opened(str(made.path), "en")
    session.said(opened)
    text = "\n".join(part.plain() for part in shown)
    assert "=Sum(A1)" in text
    behind = next(part.behind() for part in shown if part.behind())
    assert behind["name"] == "answers"
    assert "=Sum(A3)" in {row["answer"] for row in behind["records"]}
    assert "Sealed" not in text
    shown.clear()
    session.agreed(opened)
    text = "\n".join(part.plain() for part in shown)
    assert "Decision 1: The goal, version 1" in text
    assert "An (Sales)" in text
    # The crash between ledger and file is healed by the first that opens the workspace.
    assert read_goal(made.path).target == 50000
    store.close()


def test_a_wrong_call_says_so(tmp_path):
    made = Workspace.create(tmp_path / "client", "A")
    with pytest.raises(WorkspaceError, match="no_data"):
        session.opened(str(made.path))
    with pytest.raises(InputError, match="unknown_language"):
        session.opened(str(made.path), "fr")
    with pytest.raises(InputError, match="day"):
        session.opened(str(made.path), "nl", "31-10-2026")
