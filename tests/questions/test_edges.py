"""What a real client brings: an answer or a reason, never a traceback, a NaN or a warning."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from workshop.crm.importing import import_files
from workshop.crm.readiness import QUESTIONS, readiness
from workshop.crm.staging import Request
from workshop.crm.tables import open_tables
from workshop.questions.ask import ANSWERED, ask
from workshop.questions.document import document
from workshop.workspace import Workspace


def deals(n: int, *, closed: bool = True, dated: bool = True, amount: int = 100, **traits) -> str:
    """Return an export of n deals; each trait is a function of the row's number."""
    header = [
        "deal_id",
        "stage",
        "amount",
        *(["created_at", "closed_at"] if dated else []),
        *traits,
    ]
    lines = [";".join(header)]
    for i in range(n):
        stage = ("Won" if i % 2 else "Lost") if closed else "Proposal"
        ended = f"2026-03-{i % 15 + 13}" if closed else ""
        days = [f"2026-01-{i % 15 + 13}", ended] if dated else []
        lines.append(
            ";".join([str(i), stage, str(amount), *days, *(f(i) for f in traits.values())])
        )
    return "\n".join(lines)


def two(i: int) -> str:
    return "IT" if i % 3 else "Zorg"


CASES = {
    "one_deal": deals(1, sector=two),
    "all_open": deals(14, closed=False, sector=two),
    "no_lost_deals": deals(30, sector=two).replace("Lost", "Won"),
    "no_won_deals": deals(30, sector=two).replace("Won", "Lost"),
    "no_dates": deals(60, dated=False, sector=two),
    "zero_amounts": deals(60, amount=0, sector=two),
    "400_levels": deals(900, sector=lambda i: f"S{i % 400}"),
    "a_level_each": deals(1200, code=lambda i: f"C{i}"),
    "empty_trait": deals(90, sector=lambda i: ""),
    "one_level": deals(90, sector=lambda i: "IT"),
    "two_currencies": deals(60, sector=two, currency=lambda i: "EUR" if i % 4 else "GBP"),
    "leads_only": "lead_id;created_at;source\n"
    + "\n".join(f"L{i};2026-01-{i % 15 + 13};{'web' if i % 2 else 'beurs'}" for i in range(90)),
    "one_lead": "lead_id;created_at;source;deal_id\nL0;2025-01-13;web;1\n",
    "undated_leads": "lead_id;source;role;deal_id\n"
    + "\n".join(
        f"L{i};{'web' if i % 3 else 'beurs'};{'ceo' if i % 2 else ''};{i}" for i in range(60)
    ),
    "some_undated_leads": "lead_id;created_at;source;deal_id\n"
    + "\n".join(f"L{i};{'2025-01-13' if i % 2 else ''};{two(i)};{i}" for i in range(60)),
    "no_lead_was_won": "lead_id;created_at;source;deal_id\n"
    + "\n".join(f"L{i};2025-01-{i % 15 + 13};{two(i)};{2 * i}" for i in range(20)),
    "no_lead_has_a_deal": "lead_id;created_at;source;deal_id\n"
    + "\n".join(f"L{i};2025-01-{i % 15 + 13};{two(i)};X{i}" for i in range(40)),
    "one_channel": "lead_id;created_at;source;deal_id\n"
    + "\n".join(f"L{i};2025-01-{i % 15 + 13};web;{i}" for i in range(40)),
}


WITH_DEALS = (
    "one_channel",
    "one_lead",
    "undated_leads",
    "some_undated_leads",
    "no_lead_was_won",
    "no_lead_has_a_deal",
)
DEFINITION = """
term: mql
joint: {criteria: {field: source, operator: is, value: web}}
sales: {criteria: {field: activities, operator: at_least, value: 1}}
"""


@pytest.fixture(scope="module", params=CASES, ids=str)
def workspace(request, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp(request.param)
    made = Workspace.create(folder / "client", request.param)
    file: Path = folder / "export.csv"
    file.write_text(CASES[request.param], "utf-8")
    import_files(made, Request((file,)))
    if request.param in WITH_DEALS:
        other = folder / "deals.csv"
        other.write_text(deals(40, sector=two), "utf-8")
        import_files(made, Request((other,)))
    if "source" in CASES[request.param]:
        (made.path / "definitions").mkdir(exist_ok=True)
        (made.path / "definitions" / "mql.yaml").write_text(DEFINITION, "utf-8")
    return made


@pytest.mark.parametrize("as_of", [None, dt.date(2000, 1, 1)], ids=["today", "before_all"])
@pytest.mark.parametrize("question", ANSWERED)
def test_every_question_has_an_answer_or_a_reason(workspace, question, as_of):
    tables = open_tables(workspace, as_of)
    answer = ask(tables, question, folder=workspace.path)
    content = document(answer, question=question, workspace="w", as_of=tables.as_of, seed=0)
    json.dumps(content, allow_nan=False)
    assert content["rows"] or content["caveats"] or content.get("missing")
    if answer.ready.status == "not_answerable":
        assert content["rows"] == []
        assert content["missing"]
        assert "not_answerable" in content["caveats"]


def test_readiness_names_every_question(workspace):
    assert [ready.question for ready in readiness(open_tables(workspace))] == list(QUESTIONS)


@pytest.mark.parametrize("by", ["source", "medium", "campaign", "sector"])
def test_channels_by_any_column_have_an_answer_or_a_reason(workspace, by):
    tables = open_tables(workspace)
    answer = ask(tables, "channels", folder=workspace.path, by=by)
    content = document(answer, question="channels", workspace="w", as_of=tables.as_of, seed=0)
    json.dumps(content, allow_nan=False)
    assert content["rows"] or content["missing"]
