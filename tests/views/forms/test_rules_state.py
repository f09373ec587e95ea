"""The builder of hand-over rules: checked at each change, kept, drawn and replayed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workshop.crm.calendar import WorkingTime
from workshop.crm.tables import open_tables
from workshop.i18n import Translator
from workshop.questions.hand_over import hand_over
from workshop.session import rule_drafts, sessions
from workshop.session.machine import lint
from workshop.session.rules import read_rules
from workshop.views.forms.rules_form import RulesForm
from workshop.views.forms.rules_state import RulesState
from workshop.views.look import Look


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


@pytest.fixture
def working(company):
    return WorkingTime.of(company.settings)


@pytest.fixture
def state(kept, company, tables, working):
    return RulesState(kept, 4, read_rules(company.path), tables, working)


@pytest.fixture
def empty(kept, working):
    return RulesState(kept, 4, None, None, working)


def test_written_rules_come_back_as_they_are(state, company, kept):
    assert state.rules == read_rules(company.path)
    assert state.defects == ()
    assert sessions.all_sessions(kept) == ()


def test_a_rule_counts_once_nothing_essential_lacks(empty):
    empty.add()
    assert empty.cards.cards[0].from_status == "lead"
    assert empty.rules is None
    assert empty.unusable.code == "unusable_values"
    empty.change(0, name="Bellen", to_status="MQL ", trigger="Gesprek gehad")
    assert empty.unusable is None
    rule = empty.rules.rules[0]
    assert (rule.name, rule.from_status, rule.to_status) == ("Bellen", "lead", "mql")
    assert empty.defects == lint(empty.rules)
    assert "no_owner" in {defect.code for defect in empty.defects_of(0)}
    empty.change(0, owner="sales", time_limit=8.0, limit_tell="de manager", why="Snel")
    codes = {defect.code for defect in empty.defects_of(0)}
    assert not codes & {"no_owner", "no_time_limit", "nothing_at_limit", "missing_why"}


def test_what_is_wrong_is_said_of_the_rule_it_is_about(state):
    state.change(1, owner="")
    assert [defect.code for defect in state.defects_of(1)] == ["no_owner"]
    assert state.defects_of(0) == ()


def test_a_change_that_is_no_rule_keeps_the_last_ones_that_were(state):
    before = state.rules
    state.change(1, trigger="  ")
    assert state.unusable.code == "unusable_values"
    assert state.rules is before


def test_each_change_is_there_for_another_kernel(state, kept, working):
    state.change(0, why="Anders")
    state.begin(" Bezoeker")
    state.end("Opportunity, nieuwsbrief,, opportunity")
    again = RulesState(kept, 4, None, None, working)
    assert again.cards == state.cards
    assert again.cards.start == "bezoeker"
    assert again.cards.ends == ("opportunity", "nieuwsbrief")


def test_a_card_that_goes_leaves_the_others(state):
    names = [card.name for card in state.cards.cards]
    state.remove(2)
    assert [card.name for card in state.cards.cards] == [*names[:2], *names[3:]]


def test_cards_come_to_the_content_they_came_from(company):
    rules = read_rules(company.path)
    cards = rule_drafts.cards_of(rules)
    assert rule_drafts.from_plain(cards.plain()) == cards
    content = rule_drafts.rules_content(cards)
    assert content["rules"][0]["from"] == "lead"
    assert "at_most" not in content["rules"][0]
    bare = replace(cards, cards=(rule_drafts.Card(name="x", limit_owner=" "),))
    assert rule_drafts.rules_content(bare)["rules"] == [{"name": "x"}]


def test_the_replay_is_that_of_the_question_and_goes_with_a_change(state, tables, working):
    state.replay()
    own = hand_over(tables, working, state.rules)
    assert state.found.rows.equals(own.rows)
    state.change(1, time_limit=16.0)
    assert state.found is None
    state.change(1, trigger="")
    state.replay()
    assert state.found is None


@pytest.mark.parametrize("language", ["nl", "en"])
class TestForm:
    def test_it_shows_cards_faults_and_the_picture(self, state, language):
        form = RulesForm(state, ["Bestaande klant"], Look(Translator(language), "#1f4e79"))
        assert len(form.fold.children) == len(state.cards.cards) == 7
        assert "<img" in form.picture.value
        before = form.picture.value
        form.cards[1].fields["owner"].widget.value = ""
        assert state.cards.cards[1].owner == ""
        assert "alert" in form.cards[1].wrong.value
        form.cards[1].fields["time_limit"].widget.value = "24"
        assert form.picture.value != before
        form.stop()

    def test_a_limit_is_a_number_above_nothing_or_none(self, state, language):
        form = RulesForm(state, [], Look(Translator(language), "#1f4e79"))
        limit = form.cards[1].fields["time_limit"]
        for text in ("acht", "0", "-3", "3000", "nan"):
            limit.widget.value = text
            assert "alert" in limit._wrong.value
            assert state.cards.cards[1].time_limit == 8
        limit.widget.value = "7,5"
        assert "alert" not in limit._wrong.value
        assert state.cards.cards[1].time_limit == 7.5
        limit.widget.value = ""
        assert state.cards.cards[1].time_limit is None
        form.stop()

    def test_a_new_card_is_offered_the_statuses_there_are(self, state, language):
        form = RulesForm(state, [], Look(Translator(language), "#1f4e79"))
        state.add()
        assert len(form.cards) == 8
        assert "nieuwsbrief" in form.cards[-1].fields["to_status"].widget.options
        form.stop()

    def test_a_status_is_typed_by_its_name(self, state, language):
        t = Translator(language)
        form = RulesForm(state, [], Look(t, "#1f4e79"))
        state.add()
        to = form.cards[-1].fields["to_status"].widget
        rejected, assigned = (t(f"hand_over.status.{one}") for one in ("rejected", "assigned"))
        assert {rejected, assigned} <= set(to.options)
        to.value = rejected.lower()
        assert state.cards.cards[-1].to_status == "rejected"
        to.value = "zolder"
        assert state.cards.cards[-1].to_status == "zolder"
        ends = form.widget.children[2].children[1].children[1]
        assert rejected in ends.value
        ends.value = f"{rejected}, Nieuwsbrief"
        assert state.cards.ends == ("rejected", "nieuwsbrief")
        form.stop()

    def test_a_new_card_says_in_words_what_it_needs(self, state, language):
        t = Translator(language)
        form = RulesForm(state, [], Look(t, "#1f4e79"))
        state.add()
        assert "rules[" not in form.wrong.value
        for name in ("name", "trigger"):
            assert t(f"build.rule.{name}") in form.wrong.value
        state.change(7, name="a", trigger="b", from_status="c", to_status="d", decides="e")
        assert t("build.rule.within") in form.wrong.value
        assert "rules[" not in form.wrong.value
        form.stop()

    def test_without_a_front_end_it_shows_the_rules(self, state, language):
        form = RulesForm(state, [], Look(Translator(language), "#1f4e79"))
        for text in (form.plain(), form.html()):
            assert "Terug naar marketing" in text
        form.stop()
