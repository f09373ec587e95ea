"""Definitions replayed on small CRMs worked out by hand, and three-valued logic."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest

from tests.crm.replay_cases import make_tables
from workshop.criteria import Clause, Definition
from workshop.crm import crosses
from workshop.crm.fact_fields import fact_fields, fitted, unseen
from workshop.crm.replay import Judging, judged, mature_days, verdict_counts, won_missed
from workshop.crm.store import Trait
from workshop.errors import InputError


def clause(data: dict) -> Clause:
    definition = Definition.model_validate({"term": "t", "joint": {"criteria": data}})
    return definition.sides["joint"]


def has(field, operator, value=None):
    given = {"field": field, "operator": operator}
    return given if value is None else given | {"value": value}


def lead(number: int, created: str = "2026-01-10", **fields):
    return {"lead_id": f"L{number}", "created_at": f"{created} 09:00:00", **fields}


def activity(lead_id: str, day: str, kind: str = "Download", team: str = "marketing"):
    return {"record": "lead", "record_id": lead_id, "at": day, "kind": kind, "team": team}


def outcomes(tables, data, judging=None):
    """Return each lead's verdict by id."""
    given = fitted(clause(data), tables)
    with judged(tables, {"joint": given}, judging or Judging(), None) as leads:
        frame = leads.select("lead_id", "joint").execute()
    return dict(zip(frame["lead_id"], frame["joint"], strict=True))


STATES = {"true": "a", "false": "b", "unknown": None}
NOT = {"true": "false", "false": "true", "unknown": "unknown"}
ORDER = ["false", "unknown", "true"]  # Kleene: and is the least, or the greatest


@pytest.fixture(scope="module")
def pairs():
    rows = [
        lead(i, source=STATES[first], role=STATES[second])
        for i, (first, second) in enumerate(product(STATES, STATES))
    ]
    return make_tables({"leads": rows})


@pytest.mark.parametrize(("how", "pick"), [("all_of", min), ("any_of", max)])
def test_and_and_or_are_kleene_s(pairs, how, pick):
    found = outcomes(pairs, {how: [has("source", "is", "a"), has("role", "is", "a")]})
    for i, (first, second) in enumerate(product(STATES, STATES)):
        assert found[f"L{i}"] == pick(first, second, key=ORDER.index)


def test_not_leaves_the_unknown_unknown(pairs):
    found = outcomes(pairs, {"not": has("source", "is", "a")})
    for i, (first, _) in enumerate(product(STATES, STATES)):
        assert found[f"L{i}"] == NOT[first]


@pytest.mark.parametrize(
    ("criterion", "by_state"),
    [
        (has("source", "is", "a"), ("true", "false", "unknown")),
        (has("source", "is_not", "a"), ("false", "true", "unknown")),
        (has("source", "one_of", ["a", "z"]), ("true", "false", "unknown")),
        (has("source", "none_of", ["a", "z"]), ("false", "true", "unknown")),
        (has("source", "none_of", ["y", "z"]), ("true", "true", "unknown")),
        (has("source", "is_known"), ("true", "true", "false")),
    ],
)
def test_a_criterion_is_unknown_where_its_field_is_empty(pairs, criterion, by_state):
    found = outcomes(pairs, criterion)
    assert (found["L0"], found["L3"], found["L6"]) == by_state


def test_activities_count_up_to_the_landmark_and_no_further():
    # Created 10 January; the landmark of 30 days is 9 February.
    tables = make_tables(
        {
            "leads": [lead(1), lead(2), lead(3)],
            "activities": [
                activity("L1", "2026-01-10 23:59:00"),
                activity("L1", "2026-02-08 22:00:00"),
                activity("L2", "2026-02-08 23:30:00"),  # 9 February in Brussels
                activity("L2", "2026-01-20 10:00:00", "Telefoon", "sales"),
                {**activity("L1", "2026-01-11 10:00:00"), "record": "deal"},
            ],
        }
    )

    def at_least(field, n):
        return outcomes(tables, has(field, "at_least", n))

    assert at_least("activities.Download", 2) == {"L1": "true", "L2": "false", "L3": "false"}
    assert at_least("activities", 1) == {"L1": "true", "L2": "true", "L3": "false"}
    assert at_least("sales_activities", 1) == {"L1": "false", "L2": "true", "L3": "false"}
    assert at_least("marketing_activities", 1) == {"L1": "true", "L2": "false", "L3": "false"}
    later = outcomes(tables, has("activities", "at_least", 2), Judging(landmark_days=31))
    assert later == {"L1": "true", "L2": "true", "L3": "false"}


def test_without_activities_their_number_is_unknown():
    tables = make_tables({"leads": [lead(1)]})
    assert outcomes(tables, has("activities", "at_most", 3)) == {"L1": "unknown"}


def test_a_first_touch_counts_only_when_it_came_before_the_landmark():
    tables = make_tables(
        {
            "leads": [
                lead(1, first_touch_at="2026-01-13 10:00:00"),
                lead(2, first_touch_at="2026-02-09 10:00:00"),
                lead(3),
            ]
        }
    )
    within = outcomes(tables, has("days_to_first_touch", "at_most", 3))
    assert within == {"L1": "true", "L2": "unknown", "L3": "unknown"}
    known = {"all_of": [has("days_to_first_touch", "is_known"), has("role", "is", "x")]}
    assert outcomes(tables, known) == {"L1": "unknown", "L2": "false", "L3": "false"}


def test_a_profile_comes_from_the_account_and_sizes_are_classes():
    tables = make_tables(
        {
            "accounts": [{"account_id": "A", "sector": "Voeding", "employees": "50–249"}],
            "leads": [lead(1, account_id="A"), lead(2, sector="voeding "), lead(3)],
        }
    )
    assert outcomes(tables, has("sector", "is", "VOEDING")) == {
        "L1": "true",
        "L2": "true",
        "L3": "unknown",
    }
    assert outcomes(tables, has("employees", "one_of", ["120", "250+"]))["L1"] == "true"


def test_numbers_under_their_own_name_are_compared_as_numbers():
    tables = make_tables(
        {"leads": [lead(1, Score="9"), lead(2, Score="10.5"), lead(3)]},
        traits={"Score": Trait(vouched=True, numeric=True)},
    )
    found = outcomes(tables, has("Score", "at_least", 10))
    assert found == {"L1": "false", "L2": "true", "L3": "unknown"}


@pytest.mark.parametrize(
    ("criterion", "code"),
    [
        (has("owner", "is", "x"), "unknown_field"),
        (has("status", "is", "x"), "unknown_field"),
        (has("sectr", "is", "x"), "unknown_field"),
        (has("activities.", "at_least", 1), "unknown_field"),
        (has("sector", "at_least", 3), "no_number_field"),
        (has("sector", "is", 3), "text_needed"),
        (has("activities", "is", "three"), "number_needed"),
        (has("employees", "is", "many"), "unknown_size"),
    ],
)
def test_what_does_not_fit_this_crm_is_refused(pairs, criterion, code):
    with pytest.raises(InputError) as caught:
        fitted(clause({"not": criterion}), pairs)
    assert caught.value.code == code


def test_values_that_no_lead_has_are_named():
    tables = make_tables(
        {"leads": [lead(1, sector="Voeding")], "activities": [activity("L1", "2026-01-11")]}
    )
    data = {
        "any_of": [
            has("sector", "one_of", ["voeding", "Farma"]),
            has("activities.Download", "at_least", 1),
            has("activities.Demo", "at_least", 1),
        ]
    }
    assert unseen(clause(data), tables) == [("sector", "Farma"), ("activities", "Demo")]


def test_only_what_somebody_vouched_for_counts_as_known_at_creation():
    own = {"Product": Trait(vouched=True), "Kwaliteit": Trait(vouched=False)}
    fields = fact_fields(make_tables({"leads": [lead(1)]}, traits=own))
    assert fields["Product"].vouched
    assert fields["source"].vouched
    assert not fields["Kwaliteit"].vouched
    assert not fields["trigger"].vouched


# Judged as of 31 December 2026 with a window of 180 days: mature are the leads created up to
# 4 July. The check period begins on 1 March.
HISTORY = {
    "leads": [
        lead(1, "2026-01-05", source="Web", deal_id="D1"),  # won after 60 days
        lead(2, "2026-01-06", source="Beurs", deal_id="D2"),  # won after 61 days
        lead(3, "2026-01-07", source="Web"),
        lead(4, "2026-01-08", deal_id="D4"),  # won after 100 days, source unknown
        lead(5, "2026-03-01", source="Beurs", deal_id="D5"),  # won after 200 days: too late
        lead(6, "2026-03-02", source="Beurs", deal_id="D6"),  # won; a deal after 10 days
        lead(7, "2026-03-03", source="Web", deal_id="D7"),  # lost
        lead(8, "2026-08-01", source="Web"),  # not mature
        lead(9, "2026-12-15", source="Web"),  # its landmark has not come
        {"lead_id": "L10", "source": "Web"},  # no date
    ],
    "deals": [
        {"deal_id": "D1", "created_at": "2026-02-20", "closed_at": "2026-03-06", "outcome": "won"},
        {"deal_id": "D2", "created_at": "2026-02-20", "closed_at": "2026-03-08", "outcome": "won"},
        {"deal_id": "D4", "created_at": "2026-03-20", "closed_at": "2026-04-18", "outcome": "won"},
        {"deal_id": "D5", "created_at": "2026-05-20", "closed_at": "2026-09-17", "outcome": "won"},
        {"deal_id": "D6", "created_at": "2026-03-12", "closed_at": "2026-04-18", "outcome": "won"},
        {"deal_id": "D7", "created_at": "2026-05-20", "closed_at": "2026-06-18", "outcome": "lost"},
    ],
}
CHECK_FROM = dt.date(2026, 3, 1)


@pytest.fixture(scope="module")
def history():
    return make_tables(HISTORY)


def test_leads_are_counted_by_verdict_outcome_and_period(history):
    sides = {"joint": clause(has("source", "is", "Web"))}
    with judged(history, sides, Judging(), CHECK_FROM) as leads:
        counts = verdict_counts(leads, ["joint"])
        missed = won_missed(history, leads, ["joint"], Judging())
    cells = counts.astype(object).where(counts.notna(), None).values.tolist()
    assert sorted(cells, key=str) == sorted(
        [
            ["2026-01", False, "fit", "true", True, 1],
            ["2026-01", False, "fit", "true", False, 1],
            ["2026-01", False, "fit", "false", True, 1],
            ["2026-01", False, "fit", "unknown", True, 1],
            ["2026-03", False, "check", "true", False, 1],
            ["2026-03", False, "check", "false", False, 1],
            ["2026-03", True, None, "false", True, 1],
            ["2026-08", False, None, "true", False, 1],
        ],
        key=str,
    )
    assert missed.values.tolist() == [
        ["joint", "fit", "D2", "false"],
        ["joint", "fit", "D4", "unknown"],
    ]


def test_the_outcome_can_be_an_opportunity_and_the_window_another(history):
    sides = {"joint": clause(has("source", "is_known"))}
    with judged(history, sides, Judging(30, 90, "opportunity"), None) as leads:
        counts = verdict_counts(leads, ["joint"])
    # L1, L2 and L5 and L7 became deals within 90 days, and so did L4, whose source is unknown.
    mature = counts[counts["period"].notna()]
    assert mature.loc[mature["became"], "leads"].sum() == 5
    # Mature after 90 days: L8 too.
    assert mature["leads"].sum() == 7


def test_nothing_is_left_behind_in_the_database(history):
    connection = history.leads.get_backend().con

    def names():
        return connection.execute("SELECT table_name FROM information_schema.tables").fetchall()

    before = names()
    with judged(history, {"joint": clause(has("role", "is_known"))}, Judging(), None):
        assert len(names()) == len(before) + 1
    assert names() == before


def test_mature_days_leave_out_the_young_and_those_that_were_deals(history):
    days = mature_days(history, Judging())
    assert days["leads"].tolist() == [1] * 6
    assert mature_days(history, Judging(landmark_days=0))["leads"].sum() == 7


def test_levels_and_crosses_agree_with_the_leads(history):
    judging = Judging(landmark_days=0)
    levels = crosses.level_counts(history, ["source"], judging, CHECK_FROM)
    assert levels.values.tolist() == [
        ["source", "Beurs", 1, 1, 1],
        ["source", "Web", 2, 1, 1],
    ]
    chosen = levels[["trait", "level"]].iloc[[1]].assign(code=0)
    found = crosses.crosses(history, chosen, judging, CHECK_FROM)
    # Web is 0, any other source 1, an unknown one 2.
    cells = found.sort_values(["period", "first_code"])
    assert cells[["period", "first_code", "leads", "won", "opportunity"]].values.tolist() == [
        ["check", 0, 1, 0, 1],
        ["check", 1, 2, 1, 2],
        ["fit", 0, 2, 1, 1],
        ["fit", 1, 1, 1, 1],
        ["fit", 2, 1, 1, 1],
    ]
    assert set(found["second"]) == {""}
