"""An experiment being written down: what it lacks, what it can tell, and the ledger."""

from __future__ import annotations

import datetime as dt

import pytest

from workshop.crm.tables import open_tables
from workshop.i18n import Translator
from workshop.questions.experiment import Experiment, experiments, kept_counts
from workshop.session.ledger import ledger
from workshop.views.experiment import sentence
from workshop.views.forms.count_form import CountForm
from workshop.views.forms.experiment_form import ExperimentForm
from workshop.views.forms.experiment_state import ExperimentState

TODAY = dt.date(2026, 8, 31)
T = Translator("en")
WHOLE = {
    "tries": "a call on the day itself",
    "with_whom": "all MQLs",
    "because": "speed counts",
    "measure": "to_sql",
    "at_least": "45%",
    "if_not": "call as before",
    "marketing": "Person A",
    "marketing_does": "passes on each MQL",
    "sales": "Person B",
    "sales_does": "calls the same day",
    "looks": "sales",
}


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example, TODAY)


def made(company, kept, tables, **fields) -> ExperimentState:
    state = ExperimentState(company, kept, tables, lambda e, b: sentence(e, b, T), TODAY)
    for name, value in fields.items():
        setattr(state, name, value)
    return state


def test_a_whole_experiment_is_in_the_ledger_with_both_names(company, kept, tables):
    state = made(company, kept, tables, **WHOLE)
    state.record()
    (one,) = ledger(kept)
    assert (one.kind, one.subject, one.review_on) == ("experiment", WHOLE["tries"], state.ends_on)
    assert (one.owner, one.signed_marketing, one.signed_sales) == (
        "Person B", "Person A", "Person B",
    )  # fmt: skip
    assert one.expects_of_marketing == "Person A: passes on each MQL"
    content = Experiment.model_validate(one.content)
    assert (content.at_least, content.hits, content.of) == (0.45, state.now.hits, state.now.of)
    assert one.what == sentence(content, "speed counts", T)


def test_after_it_the_form_is_empty_and_before_it_left_as_it_was(company, kept, tables):
    first = made(company, kept, tables, **WHOLE)
    assert made(company, kept, tables).because == "speed counts"
    first.record()
    again = made(company, kept, tables)
    assert (again.because, again.measure) == ("", "")
    assert again.starts_on == TODAY + dt.timedelta(days=1)


def test_what_lacks_is_named_and_nothing_is_written(company, kept, tables):
    state = made(company, kept, tables, **{**WHOLE, "sales": " ", "if_not": ""})
    state.record()
    assert state.missing == ("if_not", "sales")
    state.sales, state.if_not = "Person B", "x" * 501
    assert (state.missing, state.overlong) == ((), ("if_not",))
    assert ledger(kept) == ()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"at_least": "a lot"}, "bad_share"),
        ({"at_least": "140"}, "bad_share"),
        ({"measure": "leads", "at_least": "-3"}, "bad_count"),
        ({"starts_on": dt.date(2026, 8, 30)}, "experiment_started"),
        ({"ends_on": dt.date(2026, 9, 1)}, "experiment_days"),
        ({"source": "LinkedIn", "measure": "to_opportunity"}, None),
    ],
)
def test_what_does_not_go_together_is_said(company, kept, tables, fields, code):
    state = made(company, kept, tables, **{**WHOLE, **fields})
    state.record()
    assert (state.problem.code if state.problem else None) == code
    assert bool(ledger(kept)) == (code is None)


def test_a_source_without_leads_cannot_be_compared(company, kept, tables):
    state = made(company, kept, tables, **{**WHOLE, "source": "Nowhere"})
    state.record()
    assert state.problem.code == "nothing_to_compare"
    assert state.foresight() is None


def test_the_form_says_what_it_can_tell_and_shows_what_is_asked(company, kept, tables):
    state = made(company, kept, tables, **{**WHOLE, "at_least": "22"})
    form = ExperimentForm(state, ["Beurs"], T)
    assert "That cannot tell" in form.told.value
    assert "Now:" in form.now.value
    assert form.fields["counts"].box.layout.display == "none"
    state.at_least = "60"
    assert "That can tell" in form.told.value
    form.fields["measure"].widget.value = "by_hand"
    assert form.fields["counts"].box.layout.display == ""
    assert form.fields["source"].box.layout.display == "none"
    assert "No experiment stands here yet" in form.plain()


def test_beside_the_button_it_says_what_is_still_to_be_filled_in(company, kept, tables):
    state = made(company, kept, tables, **{**WHOLE, "tries": "", "sales_does": " "})
    form = ExperimentForm(state, ["Beurs"], T)
    assert form.said.value == ""
    state.record()
    assert "Still to be filled in: We try and Does what." in form.said.value
    state.tries, state.sales_does = "a call within the hour", "calls"
    assert form.said.value == ""


def test_without_a_crm_it_is_counted_by_hand_and_judged_by_that(company, kept):
    counted = {"measure": "by_hand", "counts": "talks at the fair", "before": "20"}
    state = made(company, kept, None, **{**WHOLE, **counted, "at_least": "40"})
    assert state.measures == ("by_hand",)
    state.record()
    (waiting,) = experiments(ledger(kept), None, kept, dt.date(2026, 10, 5))
    assert waiting.state == "to_count"
    form = CountForm(waiting, kept, 4, T)
    assert "talks at the fair" in form.plain()
    form.field.widget.value = "many"
    form.keep()
    assert kept_counts(kept, [waiting.decision.decision_id]) == {}
    form.field.widget.value = "44"
    form.keep()
    (told,) = experiments(ledger(kept), None, kept, dt.date(2026, 10, 5))
    assert (told.state, told.seen.hits, told.finding.verdict) == ("judged", 44, "reached")
    assert experiments(ledger(kept), None, kept, dt.date(2027, 1, 5)) == ()


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (dt.date(2026, 8, 31), "to_come"),
        (dt.date(2026, 9, 15), "running"),
        (dt.date(2026, 10, 5), "waiting"),
        (dt.date(2026, 10, 20), "judged"),
    ],
)
def test_the_newer_export_tells_as_soon_as_it_can(company, kept, tables, example, day, state):
    made(company, kept, tables, **WHOLE).record()
    (told,) = experiments(ledger(kept), open_tables(example, day), kept, day)
    assert told.state == state
    assert (told.finding is not None) == (state == "judged")
