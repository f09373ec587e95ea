"""Lead cards from a CRM: dealt alike, a mix of fates, and nothing that gives one away."""

from __future__ import annotations

import pytest

from tests.views.played import exercise, options
from workshop.crm.lead_cards import draw_leads
from workshop.crm.tables import open_tables
from workshop.errors import InputError
from workshop.questions.cards import MOST_TYPES, agreed_words, deal, fill, needs_crm

LABEL = {"id": "q", "kind": "label", "options": options("mql", "sql"), "count": 15}
PARTS = {"id": "s", "kind": "involvement", "stages": options("a", "b")}


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


@pytest.fixture(scope="module")
def leads(tables):
    return tables.leads.execute().set_index("lead_id")


def test_the_same_session_deals_the_same_and_another_does_not(tables):
    once, again, other = (deal(tables, 12, seed) for seed in (7, 7, 8))
    assert once == again
    assert {card.lead_id for card in once} != {card.lead_id for card in other}
    assert len(once) == 12


def test_a_third_became_customers_and_a_third_a_deal_only(tables, leads):
    chosen = leads.loc[[card.lead_id for card in deal(tables, 15, 1)]]
    days = (chosen["won_day"] - chosen["created_day"]).dt.days
    won = days.le(180)
    had_deal = (chosen["deal_day"] - chosen["created_day"]).dt.days.le(180)
    assert won.sum() == 5
    assert (had_deal & ~won).sum() == 5


def test_their_order_tells_nothing(tables, leads):
    """Over many deals each place is won about as often as any other."""
    places = [
        [n for n, card in enumerate(deal(tables, 3, seed)) if leads.loc[card.lead_id, "won"]]
        for seed in range(30)
    ]
    counted = [sum(n in one for one in places) for n in range(3)]
    # 30 deals with one or more won: by chance below 3 once in 2,000.
    assert min(counted) >= 3


def test_each_had_the_whole_window_and_was_no_deal_at_the_landmark(tables, leads):
    chosen = leads.loc[list(draw_leads(tables, 40, 3)["lead_id"])]
    age = (leads["created_day"].max() - chosen["created_day"]).dt.days
    assert age.min() >= 150
    assert ((chosen["deal_day"] - chosen["created_day"]).dt.days.dropna() >= 30).all()


def test_a_card_tells_only_what_was_known_in_the_first_days(tables, leads):
    cards = deal(tables, 15, 2)
    known = {name for name, vouched in tables.traits("leads").items() if vouched}
    fields = {field for card in cards for field, _ in card.facts}
    happened = {field for field in fields if field.startswith("activities.")}
    assert fields - happened - {"days_to_first_touch"} <= known
    assert happened
    assert not fields & {"owner", "status", "lead_id", "deal_id", "account_id", "name", "won"}
    for card in cards:
        row = leads.loc[card.lead_id]
        shown = {value for _, value in card.facts}
        assert not {row["owner"], row["status"], card.lead_id} & shown - {None}


def test_activities_are_those_before_the_landmark(tables, leads):
    activities = tables.activities.execute()
    for card in deal(tables, 6, 4):
        own = activities[
            (activities["record"] == "lead") & (activities["record_id"] == card.lead_id)
        ]
        days = (own["day"] - leads.loc[card.lead_id, "created_day"]).dt.days
        counted = own[days < 30]["kind"].value_counts()
        for field, value in card.facts:
            if field.startswith("activities."):
                assert int(value) == counted.get(field.removeprefix("activities."), 0)


def test_items_are_places_so_that_no_id_reaches_a_phone(tables):
    filled = fill(exercise(LABEL), tables, 1).exercise
    assert [item.name for item in filled.items()] == [f"q/{n}" for n in range(15)]


def test_the_journey_gets_the_types_of_customer_of_this_crm(tables, leads):
    (asked,) = fill(exercise(PARTS), tables, 1).exercise.questions
    assert list(asked.customer_types) == list(leads["customer_type"].value_counts().index)
    own = exercise({**PARTS, "customer_types": ["Ours"]})
    assert fill(own, tables, 1).exercise == own


def test_without_leads_the_question_is_left_out(maven):
    tables = open_tables(maven)
    content = exercise(LABEL, {"id": "t", "kind": "text"}, PARTS)
    for one in (tables, None):
        filled = fill(content, one, 1)
        assert filled.left_out == ("q",)
        assert [question.id for question in filled.exercise.questions] == ["t", "s"]


def test_an_exercise_of_cards_only_is_refused_without_leads():
    with pytest.raises(InputError, match="no_leads_to_label"):
        fill(exercise(LABEL), None, 1)


def test_what_asks_nothing_of_the_crm_does_not_need_it():
    assert not needs_crm(exercise({"id": "t", "kind": "text"}))
    assert needs_crm(exercise(PARTS))


def test_no_more_types_than_a_room_goes_through_in_eight_minutes(tables):
    (asked,) = fill(exercise(PARTS), tables, 1).exercise.questions
    assert len(asked.customer_types) <= MOST_TYPES == 3


TERMS = {"mql": "Fits us and asked for a price", "sql": "Has a budget. " * 30}


class TestLabelsInOneSOwnWords:
    def test_what_was_agreed_explains_them(self, tables):
        (asked,) = fill(exercise(LABEL), tables, 1, TERMS).exercise.questions
        assert asked.help.en.startswith("Mql: Fits us and asked for a price. Sql: Has a budget.")
        assert asked.help.en.endswith("…")
        assert len(asked.help.en) < 250

    def test_half_an_agreement_explains_nothing(self, tables):
        own = exercise({**LABEL, "help": {"nl": "Uitleg", "en": "Explained"}})
        for terms in ({}, {"mql": "Fits us"}):
            (asked,) = fill(own, tables, 1, terms).exercise.questions
            assert asked.help.en == "Explained"

    def test_the_words_are_those_of_the_files(self, tmp_path):
        folder = tmp_path / "definitions"
        folder.mkdir()
        (folder / "mql.yaml").write_text("term: mql\nversion: 1\njoint: {text: Fits us}\n", "utf-8")
        assert agreed_words(tmp_path) == {"mql": "Fits us"}
