"""The builder of a definition: driven by its state, kept at each change, replayed as it changes."""

from __future__ import annotations

import pandas as pd
import pytest

from workshop.criteria import AllOf, Criterion
from workshop.crm.field_choices import offers, values_of
from workshop.crm.replay import Judging
from workshop.crm.tables import open_tables
from workshop.definition_file import read_definition
from workshop.i18n import Translator
from workshop.questions.replayer import Replayer
from workshop.session import drafts, sessions, tree
from workshop.views.forms.definition_form import DefinitionForm
from workshop.views.forms.definition_state import DefinitionState


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


@pytest.fixture
def state(kept, company, tables):
    written = read_definition(company.path, "mql")
    opened = DefinitionState(kept, 4, "mql", "joint", written, tables)
    yield opened
    opened.close()


@pytest.fixture
def empty(kept, tables):
    opened = DefinitionState(kept, 4, "prospect", "joint", None, tables)
    yield opened
    opened.close()


def test_looking_starts_no_session_and_keeps_nothing(state, kept):
    assert sessions.all_sessions(kept) == ()
    assert drafts.latest(kept, "definition", "mql") is None


def test_it_begins_with_what_is_written_down(state, company):
    written = read_definition(company.path, "mql")
    assert tree.clause_of(state.meaning.criteria) == written.joint.criteria
    assert state.meaning.landmark_days == written.landmark_days == 7
    assert set(state.replayed.scores["side"]) == {"joint", "sales", "marketing"}


def test_each_change_is_there_for_another_kernel_at_once(state, kept, tables):
    state.say("Wie zelf belt")
    state.value((0,), "LinkedIn", "Webinar")
    again = DefinitionState(kept, 4, "mql", "joint", None, tables)
    assert again.meaning == state.meaning
    assert again.meaning.text == "Wie zelf belt"
    assert tree.at(again.meaning.criteria, (0,)).values == ("LinkedIn", "Webinar")
    again.close()


def test_a_criterion_grows_step_by_step_and_counts_once_it_is_complete(empty):
    assert empty.replayed is None
    empty.add(())
    empty.choose((0,), "sector")
    assert empty.replayed is None
    first = empty.values("sector")[0]
    empty.value((0,), first)
    clause = Criterion(field="sector", operator="is", value=first, about="fit")
    assert tree.clause_of(empty.meaning.criteria) == clause
    assert empty.replayed is not None


def test_the_replay_is_that_of_a_replayer_of_its_own(empty, tables):
    empty.add(())
    empty.choose((0,), "marketing_activities")
    empty.number((0,), "2")
    empty.judge(landmark_days=7, outcome="opportunity")
    clause = Criterion(
        field="marketing_activities", operator="at_least", value=2, about="readiness"
    )
    with Replayer(tables, Judging(7, 180, "opportunity")) as own:
        pd.testing.assert_frame_equal(empty.replayed.scores, own.scores({"joint": clause}))
        pd.testing.assert_frame_equal(empty.replayed.missed, own.won_missed({"joint": clause}))


def test_a_number_that_is_none_is_said_and_changes_nothing(empty):
    empty.add(())
    empty.choose((0,), "activities")
    for text in ("twee", "nan", "1e400", "1;x"):
        empty.number((0,), text)
        assert empty.wrong == {(0,): text}
        assert tree.at(empty.meaning.criteria, (0,)).values == ()
    empty.number((0,), "2,5; 3")
    assert empty.wrong == {}
    assert tree.at(empty.meaning.criteria, (0,)).values == (2.5, 3)


def test_another_field_begins_anew_with_what_fits_it(empty):
    empty.add(())
    empty.choose((0,), "activities")
    empty.number((0,), "3")
    empty.choose((0,), "role")
    leaf = tree.at(empty.meaning.criteria, (0,))
    assert (leaf.operator, leaf.values) == ("one_of", ())
    assert empty.offer("activities").operators == ("at_least", "at_most", "is", "is_not")


def test_groups_join_turn_round_and_go(empty):
    empty.add(())
    empty.choose((0,), "role")
    empty.operate((0,), "is_known")
    empty.add_group(())
    for n, field in enumerate(("source", "sector")):
        empty.choose((1, n), field)
        empty.operate((1, n), "is_known")
    empty.negate((1,), True)
    empty.join((), "any_of")
    found = tree.clause_of(empty.meaning.criteria).model_dump(by_alias=True, exclude_none=True)
    assert set(found) == {"any_of"}
    assert set(found["any_of"][1]["not"]) == {"any_of"}
    empty.remove((1,))
    assert tree.clause_of(empty.meaning.criteria) == Criterion(
        field="role", operator="is_known", about="fit"
    )


def test_only_what_was_known_in_time_is_offered(tables):
    offered = {offer.field.name: offer for offer in offers(tables)}
    vouched = {name for name, known in tables.traits("leads").items() if known}
    who = {name for name, offer in offered.items() if not name.startswith("activities")}
    assert who - vouched <= {"marketing_activities", "sales_activities", "days_to_first_touch"}
    assert not {"status", "owner", "rejection_reason", "mql_at", "deal_id"} & set(offered)
    assert "activities.Download" in offered


def test_values_are_the_crm_s_own_the_most_frequent_first(tables):
    field = {offer.field.name: offer.field for offer in offers(tables)}
    counted = tables.leads.group_by("sector").agg(n=tables.leads.count()).execute().dropna()
    ordered = counted.sort_values(["n", "sector"], ascending=[False, True])
    assert values_of(tables, field["sector"]) == tuple(ordered["sector"])
    assert values_of(tables, field["employees"]) == ("1–9", "10–49", "50–249", "250+")
    assert values_of(tables, field["activities"]) == ()


def test_the_joint_judging_holds_for_a_side_s_own_words(state, kept, company, tables):
    state.judge(landmark_days=14)
    written = read_definition(company.path, "mql")
    sales = DefinitionState(kept, 4, "mql", "sales", written, tables)
    pd.testing.assert_frame_equal(sales.replayed.scores, state.replayed.scores)
    sales.close()


def test_a_window_that_ends_before_the_landmark_is_not_taken(state):
    before = state.meaning
    state.judge(landmark_days=180)
    assert state.meaning == before


@pytest.mark.parametrize("language", ["nl", "en"])
class TestForm:
    def test_without_a_front_end_it_shows_what_the_store_holds(self, state, language):
        form = DefinitionForm(state, Translator(language))
        bundle = form._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in bundle
        for text in (bundle["text/plain"], bundle["text/html"]):
            assert "Iemand die ons niet toevallig tegenkwam" in text
            assert "LinkedIn" in text
            assert "VK-" in text
        form.stop()

    def test_the_rows_follow_the_state(self, empty, language):
        form = DefinitionForm(empty, Translator(language))
        empty.add(())
        empty.choose((0,), "sector")
        rows = form.widget.children[-4].children[0].children
        dropdown = rows[1].children[0].children[1]
        assert dropdown.value == "sector"
        dropdown.value = "activities"
        assert tree.at(empty.meaning.criteria, (0,)).field == "activities"
        form.stop()

    def test_what_is_typed_is_text(self, empty, language):
        empty.say("<script>alert(1)</script>")
        form = DefinitionForm(empty, Translator(language))
        assert "<script>alert" not in form.html()
        assert "&lt;script&gt;" in form.html()
        form.stop()


def test_a_field_that_nobody_vouched_for_stays_in_a_definition_that_names_it(kept, tables):
    opened = DefinitionState(kept, 4, "prospect", "sales", None, tables)
    opened._grow(tree.tree_of(AllOf(all_of=(Criterion(field="Eigen", operator="is_known"),))))
    assert opened.problem.code == "unknown_field"
    assert opened.replayed is None
    assert not opened.offer("Eigen").field.vouched
    opened.close()
