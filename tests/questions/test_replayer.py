"""One replayer for many definitions: each scored as the SQL and a plain recount have it."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.crm.replay_cases import ZONE, make_tables
from tests.crm.test_definition_sql import CLAUSES, OWN, clause_of, said
from workshop.analysis.replay import scores, split_day
from workshop.criteria import SIDES
from workshop.crm.definition_sql import definition_sql
from workshop.crm.replay import Judging, mature_days
from workshop.errors import InputError
from workshop.questions.replayer import Replayer

EXAMPLES = 200 if os.environ.get("SAMENSPEL_CALIBRATE") == "full" else 12
JUDGING = Judging(landmark_days=14, window_days=60)
AS_OF = dt.date(2026, 7, 10)
TEXTS = ["a", "A", " a", "b", "O'Neil", "é", '"', None]


def made(seed: int) -> dict[str, list[dict]]:
    """Make up 60 leads, their activities and deals."""
    rng = random.Random(seed)
    start = dt.datetime(2026, 3, 20)

    def at(day: dt.datetime, most: float) -> dt.datetime:
        return (day + dt.timedelta(days=rng.uniform(0, most))).replace(microsecond=0)

    world: dict[str, list[dict]] = {"leads": [], "activities": [], "deals": []}
    for number in range(60):
        created = at(start, 110)
        world["leads"].append(
            {
                "lead_id": f"L{number}",
                "created_at": created if number else None,
                "first_touch_at": rng.choice([None, at(created, 30)]),
                "source": rng.choice(TEXTS),
                "sector": rng.choice(TEXTS),
                "employees": rng.choice(["1–9", "10–49", "250+", None]),
                "Score": rng.choice(["9", "10", "-2.5", None]),
                'Soort "A"': rng.choice(TEXTS),
                "deal_id": f"D{number}" if number % 3 else None,
            }
        )
        opened = at(created, 40)
        won = rng.random() < 0.5
        world["deals"] += [
            {
                "deal_id": f"D{number}",
                "created_at": opened,
                "closed_at": at(opened, 40) if won else None,
                "outcome": "won" if won else "open",
            }
        ] * bool(number % 3)
        world["activities"] += [
            {
                "record": rng.choice(["lead", "lead", "deal"]),
                "record_id": f"L{number}",
                "at": rng.choice([None, at(created, 30), at(created, 30)]),
                "kind": rng.choice(TEXTS),
                "team": rng.choice(["sales", "marketing", None]),
            }
            for _ in range(rng.randrange(5))
        ]
    return world


WORLD = made(1)


@pytest.fixture(scope="module")
def tables():
    return make_tables(WORLD, traits=OWN, as_of=AS_OF)


@pytest.fixture(scope="module")
def replayer(tables):
    with Replayer(tables, JUDGING) as opened:
        yield opened


def day(moment: dt.datetime | None) -> dt.date | None:
    utc = moment and moment.replace(tzinfo=dt.UTC)
    found = utc and utc.astimezone(ZoneInfo(ZONE)).date()
    return None if found is None or found > AS_OF else found


def recounted(tables, sides, check_from) -> Counter:
    """Count the leads from the rows that were made up, with the verdicts of the SQL."""
    connection = tables.raw["leads"].get_backend().con
    verdicts = {}
    for side, clause in sides.items():
        query = definition_sql(clause, tables, JUDGING.landmark_days, "duckdb")
        verdicts[side] = said(connection.execute(query).fetchall())
    deals = {deal["deal_id"]: deal for deal in WORLD["deals"]}
    cells: Counter = Counter()
    for lead in WORLD["leads"]:
        created = day(lead["created_at"])
        if created is None or (AS_OF - created).days < JUDGING.landmark_days:
            continue
        deal = deals.get(lead["deal_id"], {})
        opened, closed = day(deal.get("created_at")), day(deal.get("closed_at"))
        before = opened is not None and (opened - created).days < JUDGING.landmark_days
        became = (
            opened is not None
            and closed is not None
            and (closed - created).days <= JUDGING.window_days
        )
        period = None
        if (AS_OF - created).days >= JUDGING.window_days and not before:
            period = "check" if check_from and created >= check_from else "fit"
        found = [verdicts[side][lead["lead_id"]] for side in sides]
        cells[f"{created:%Y-%m}", before, period, *found, became] += 1
    return cells


@given(st.dictionaries(st.sampled_from(SIDES), CLAUSES, min_size=1))
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_definition_is_counted_as_its_sql_and_a_recount_have_it(tables, replayer, data):
    sides = {side: clause_of(clause) for side, clause in data.items()}
    counts = replayer.counts(sides)
    cells = counts.astype(object).where(counts.notna(), None)
    found = {tuple(row[:-1]): row[-1] for row in cells.to_numpy().tolist()}
    assert found == recounted(tables, sides, replayer.check_from)
    assert replayer.scores(sides).equals(scores(counts, list(sides)))


def test_the_recount_has_something_in_every_cell(tables, replayer):
    sides = {"joint": clause_of({"field": "activities", "operator": "at_least", "value": 1})}
    cells = recounted(tables, sides, replayer.check_from)
    assert {cell[2] for cell in cells} == {"fit", "check", None}
    assert {cell[1] for cell in cells} == {cell[-1] for cell in cells} == {True, False}


def test_history_is_split_by_its_mature_leads(tables, replayer):
    assert replayer.check_from == split_day(mature_days(tables, JUDGING))


def test_a_replayer_for_some_clauses_scores_them_alike(tables, replayer):
    sides = {"sales": clause_of({"field": "activities.a", "operator": "at_most", "value": 1})}
    with Replayer(tables, JUDGING, only=sides.values()) as narrow:
        assert narrow.scores(sides).equals(replayer.scores(sides))
        assert narrow.won_missed(sides).equals(replayer.won_missed(sides))


def test_what_does_not_fit_is_refused_and_the_next_is_scored(replayer):
    wrong = clause_of({"field": "sectr", "operator": "is_known"})
    right = clause_of({"field": "sector", "operator": "is_known"})
    with pytest.raises(InputError) as caught:
        replayer.scores({"joint": wrong})
    assert caught.value.code == "unknown_field"
    assert replayer.scores({"joint": right})["leads"].sum() > 0


def test_nothing_is_left_behind_in_the_database(tables):
    connection = tables.raw["leads"].get_backend().con

    def names():
        return connection.execute("SELECT table_name FROM information_schema.tables").fetchall()

    assert tables.leads is not None
    before = names()
    with Replayer(tables, JUDGING) as opened:
        for kind in ("a", "b"):
            criterion = {"field": f"activities.{kind}", "operator": "is", "value": 1}
            opened.scores({"joint": clause_of(criterion)})
        assert len(names()) == len(before) + 1
        for _ in range(2):
            opened.won_missed({"joint": clause_of(criterion)})
        assert len(names()) == len(before) + 2
    assert names() == before
