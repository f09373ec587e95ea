"""What must not matter to an answer: the order of rows, what levels are called, repeated rows."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.crm.replay_cases import make_tables
from workshop.crm.convert import Asked
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.crm.tables import Tables, open_tables
from workshop.questions.ask import ANSWERED, ask
from workshop.questions.document import document
from workshop.workspace import Workspace

AS_OF = dt.date(2026, 6, 30)
LEVELS = {
    "source": ["Beurs", "Google", "Webinar", "Telefoon"],
    "sector": ["Bouw", "Voeding", "Metaal"],
    "role": ["Zaakvoerder", "Inkoper", None],
    "trigger": ["Verhuizing", "Groei", None],
}
DEFINITION = """
term: mql
version: 1
landmark_days: 5
joint:
  criteria:
    field: source
    operator: one_of
    value: [Webinar, Beurs]
sales:
  criteria:
    all_of:
      - {field: activities, operator: at_least, value: 1}
      - {field: role, operator: is_known}
"""


def company(seed: int) -> dict[str, list[dict]]:
    """Draw two years of leads, of which some become deals, with an effect of source and sector."""
    rng = np.random.default_rng(seed)
    tables: dict[str, list[dict]] = {"leads": [], "deals": [], "activities": []}
    start = dt.datetime(2024, 7, 1, 9)
    for number in range(1000):
        traits = {name: levels[rng.integers(len(levels))] for name, levels in LEVELS.items()}
        created = start + dt.timedelta(hours=int(rng.integers(24 * 725)))
        lead = {"lead_id": f"L{number}", "created_at": created, **traits}
        lead["customer_type"] = "nieuw" if rng.random() < 0.7 else "bestaand"
        lead["assigned_at"] = created + dt.timedelta(hours=2)
        if rng.random() < 0.8:
            lead["first_touch_at"] = created + dt.timedelta(hours=float(rng.exponential(40)) + 2)
        if rng.random() < 0.6:
            lead["mql_at"] = created + dt.timedelta(days=3)
            odds = 0.95 if traits["source"] == "Webinar" else 0.25
            if rng.random() < odds:
                tables["deals"].append(deal(rng, number, created, traits))
        tables["leads"].append(lead)
        for event in range(int(rng.poisson(1.5))):
            at = created + dt.timedelta(days=float(rng.exponential(10)))
            one = {"activity_id": f"A{number}-{event}", "record": "lead", "at": at}
            tables["activities"].append({**one, "record_id": f"L{number}", "kind": "mail"})
    return tables


def deal(rng: np.random.Generator, number: int, created: dt.datetime, traits: dict) -> dict:
    """Draw the deal of a lead."""
    begun = created + dt.timedelta(days=int(rng.integers(5, 30)))
    made = {"deal_id": f"D{number}", "lead_id": f"L{number}", "created_at": begun, **traits}
    made |= {"amount": int(rng.integers(1, 60)) * 500, "currency": "EUR"}
    ends = begun + dt.timedelta(days=int(rng.exponential(50)) + 1)
    if ends > dt.datetime(2026, 6, 30):
        return {**made, "stage": "Voorstel", "outcome": "open"}
    won = rng.random() < (0.7 if traits["sector"] == "Voeding" else 0.4)
    stage, outcome = ("Gewonnen", "won") if won else ("Verloren", "lost")
    return {**made, "stage": stage, "outcome": outcome, "closed_at": ends}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a client's folder with a definition, for what is not in the tables."""
    made = Workspace.create(tmp_path_factory.mktemp("client") / "client", "Client")
    (made.path / "definitions").mkdir(exist_ok=True)
    (made.path / "definitions" / "mql.yaml").write_text(DEFINITION, "utf-8")
    return made.path


def answered(tables: Tables, question: str, folder: Path) -> dict:
    """Return an answer as what is printed of it, to ten digits."""
    answer = ask(tables, question, folder=folder)
    content = document(answer, question=question, workspace="w", as_of=tables.as_of, seed=0)
    text = json.dumps(content, allow_nan=False, ensure_ascii=False)
    return json.loads(text, parse_float=lambda number: round(float(number), 10))


def unordered(value):
    """Return an answer without the order of its rows, which follows the names of the levels."""
    if isinstance(value, dict):
        return {name: unordered(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted((unordered(item) for item in value), key=lambda item: json.dumps(item))
    return value


@pytest.fixture(scope="module")
def before(folder: Path) -> dict[str, dict]:
    """Return every answer on the company as it is."""
    tables = make_tables(company(1), as_of=AS_OF)
    return {question: answered(tables, question, folder) for question in ANSWERED}


def test_the_company_has_something_to_say(before):
    assert all(content["rows"] for content in before.values())
    assert any(row["verdict"] == "clear" for row in before["won-lost"]["history"])
    assert any(row["verdict"] == "holds" for row in before["definitions"]["suggestions"])


@pytest.mark.parametrize("question", ANSWERED)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=3, deadline=None)
def test_the_order_of_rows_changes_nothing(before, folder, question, seed):
    turned, chance = company(1), random.Random(seed)
    for rows in turned.values():
        chance.shuffle(rows)
    assert answered(make_tables(turned, as_of=AS_OF), question, folder) == before[question]


@pytest.mark.parametrize("question", ANSWERED)
@pytest.mark.parametrize("seed", [1, 2])
def test_what_levels_are_called_changes_nothing(before, folder, question, seed):
    """Every level takes a name that sorts elsewhere, and back."""
    chance = random.Random(seed)
    names = [name for levels in LEVELS.values() for name in levels if name is not None]
    called = dict(
        zip(names, chance.sample([f"{c}-niveau" for c in "abcdefghijk"], len(names)), strict=True)
    )
    renamed = {
        table: [
            {
                key: called.get(value, value) if key in LEVELS else value
                for key, value in row.items()
            }
            for row in rows
        ]
        for table, rows in company(1).items()
    }
    definition = folder / "definitions" / "mql.yaml"
    text = DEFINITION
    for name, new in called.items():
        text = text.replace(name, new)
    definition.write_text(text, "utf-8")
    try:
        found = answered(make_tables(renamed, as_of=AS_OF), question, folder)
    finally:
        definition.write_text(DEFINITION, "utf-8")
    back = json.dumps(found, ensure_ascii=False)
    for name, new in called.items():
        back = back.replace(f'"{new}"', f'"{name}"')
    assert unordered(json.loads(back)) == unordered(before[question])


def written(rows: list[dict], file: Path) -> Path:
    pd.DataFrame(rows).to_csv(file, index=False, sep=";", date_format="%Y-%m-%d %H:%M:%S")
    return file


def imported(folder: Path, tables: dict[str, list[dict]]) -> Tables:
    made = Workspace.create(folder / "client", "Client", currency="EUR")
    (made.path / ".key").write_bytes(bytes(range(32)))
    for name, rows in tables.items():
        without = [{k: v for k, v in row.items() if k != "outcome"} for row in rows]
        stages = {"Gewonnen": "won", "Verloren": "lost", "Voorstel": "open"}
        said = {"stages": stages} if name == "deals" else {}
        file = written(without, folder / f"{name}.csv")
        import_files(made, Request((file,), table=name, asked=Asked(dates="ymd"), **said))
    return open_tables(made, AS_OF)


def test_rows_exported_twice_change_nothing(tmp_path, folder):
    chance = random.Random(5)
    once = company(1)
    twice = {}
    for name, rows in once.items():
        doubled = [*rows, *chance.sample(rows, len(rows) // 4)]
        chance.shuffle(doubled)
        twice[name] = doubled
    for part in ("once", "twice"):
        (tmp_path / part).mkdir()
    one, two = imported(tmp_path / "once", once), imported(tmp_path / "twice", twice)
    for question in ANSWERED:
        assert answered(two, question, folder) == answered(one, question, folder), question


SHARES = ("rate", "share", "precision", "recall", "probability", "p_value", "q_value", "familywise")
BOUNDED = {
    ("ci_low", "ci_high"): ("difference", "win_rate", "rate", "won_share"),
    ("shrunk_low", "shrunk_high"): ("shrunk_rate",),
    ("precision_low", "precision_high"): ("precision",),
    ("recall_low", "recall_high"): ("recall",),
    ("lift_low", "lift_high"): ("lift",),
}


def rows_of(value):
    """Yield every row of an answer, at any depth."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from rows_of(item)


@pytest.mark.parametrize("question", ANSWERED)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shares_are_shares_and_intervals_hold_their_estimates(folder, question, seed):
    content = answered(make_tables(company(seed), as_of=AS_OF), question, folder)
    seen = 0
    for row in rows_of(content):
        for name, value in row.items():
            if name.endswith(SHARES) and isinstance(value, float):
                assert 0 <= value <= 1, (name, value)
                seen += 1
        for (low, high), estimates in BOUNDED.items():
            inside = [row[name] for name in estimates if isinstance(row.get(name), float)]
            if inside and isinstance(row.get(low), float):
                assert row[low] - 1e-9 <= inside[0] <= row[high] + 1e-9, row
                seen += 1
    assert seen
