"""From a proposal to a signed decision and its file: refused until nothing lacks."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.views.played import answer
from workshop.crm.tables import open_tables
from workshop.definition_file import read_definition
from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.questions.matters import Matter, draft_of
from workshop.session import drafts, people, rounds, rule_drafts, sessions
from workshop.session.ledger import ledger
from workshop.session.sessions import Session
from workshop.views.forms.decision_form import DecisionForm
from workshop.views.forms.decision_state import FIELDS, DecisionState, suggested
from workshop.views.forms.desk import Desk, Proposal
from workshop.views.forms.vote_state import VoteState
from workshop.views.ledger import Ledger
from workshop.views.look import Look
from workshop.workspace import WorkingHours

MONDAY = dt.date(2026, 11, 2)
MQL = Matter.of("definition", "mql")
FILLED = {
    "what": "Past bij ons en toont interesse",
    "why": "De helft van de telefoontjes kwam te vroeg",
    "expects_of_marketing": "Geen lead zonder functie",
    "expects_of_sales": "Belt binnen een dag",
    "owner": "An",
    "owner_team": "sales",
    "signed_sales": "An",
    "signed_marketing": "Bo",
}


@pytest.fixture
def desk(company, kept):
    return Desk(company, kept, None, Look(Translator("en"), "#1f4e79"), 0)


@pytest.fixture
def session(kept):
    return sessions.start(kept)


def state_of(desk: Desk, matter: Matter) -> DecisionState:
    return DecisionState(desk.workspace, desk.store, matter, desk.note, MONDAY)


def fill(state: DecisionState, **other) -> DecisionState:
    for name, value in {**FILLED, **other}.items():
        setattr(state, name, value)
    return state


def propose_goal(desk: Desk, session: Session, mqls: int) -> None:
    goal = {"kind": "pipeline", "target": 120000.0, "period": "2027Q1", "mqls": mqls}
    content = {**goal, "baseline": None, "stage": None, "rate": 0.3}
    drafts.keep(desk.store, session.session_id, "goal", Matter.of("goal").subject, content)


def vote(desk: Desk, matter: Matter, *, no: int = 0) -> VoteState:
    """Let both teams vote yes, but for some of sales."""
    found = desk.vote(matter)
    found.open()
    for team, count in (("sales", 3), ("marketing", 2)):
        for n in range(count):
            says_no = team == "sales" and n < no
            given = {"vote": "no", "reason": "Te breed"} if says_no else {"vote": "yes"}
            answer(desk.store, found.round, team, given)
    found.reveal()
    return found


def test_nothing_is_decided_while_something_lacks_and_each_field_says_so(desk, session):
    state = state_of(desk, Matter.of("other"))
    state.decide()
    assert set(state.missing) == set(FIELDS) - {"review_on"}
    fill(state, subject="  ")
    assert state.missing == ("subject",)
    state.subject = "Terugbellen"
    assert state.missing == ()
    assert ledger(desk.store) == ()
    state.decide()
    assert [(one.kind, one.subject) for one in ledger(desk.store)] == [("other", "Terugbellen")]


@pytest.mark.parametrize("name", sorted(set(FILLED) - {"owner_team"}))
def test_more_than_the_ledger_takes_is_said_at_the_field(desk, session, name):
    state = fill(state_of(desk, Matter.of("other")), subject="x", **{name: "a" * 2001})
    state.decide()
    assert state.overlong == (name,)
    assert ledger(desk.store) == ()


def test_each_change_is_there_for_another_kernel(desk):
    fill(state_of(desk, MQL), review_on=dt.date(2026, 12, 4))
    again = state_of(desk, MQL)
    assert {name: getattr(again, name) for name in FILLED} == FILLED
    assert again.review_on == dt.date(2026, 12, 4)


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (dt.date(2026, 11, 2), dt.date(2026, 11, 9)),
        (dt.date(2026, 11, 7), dt.date(2026, 11, 16)),
        (dt.date(2026, 11, 8), dt.date(2026, 11, 16)),
    ],
)
def test_a_review_is_suggested_in_a_week_on_a_working_day(company, today, day):
    assert suggested(today, company) == day


def test_without_working_days_any_day_will_do(company):
    settings = company.settings.model_copy(update={"working_hours": WorkingHours(weekdays=())})
    company.write_settings(settings)
    assert suggested(MONDAY, type(company).open(company.path)) == dt.date(2026, 11, 9)


def test_a_definition_is_signed_only_after_both_teams_said_yes(desk, session):
    state = fill(state_of(desk, MQL))
    state.decide()
    assert state.problem.code == "no_vote"
    vote(desk, MQL, no=1)
    state.decide()
    assert state.problem is None
    made = ledger(desk.store)[0]
    assert made.vote == {"sales": {"yes": 2, "no": 1}, "marketing": {"yes": 2, "no": 0}}
    assert [one["text"] for one in made.dissent] == ["Te breed"]
    assert (made.signed_sales, made.signed_marketing) == ("An", "Bo")
    written = read_definition(desk.workspace.path, "mql")
    assert written.version == made.version == 3
    assert written.joint.criteria.all_of[0].field == "source"


def test_a_team_that_says_no_stops_it(desk, session):
    vote(desk, MQL, no=2)
    state = fill(state_of(desk, MQL))
    state.decide()
    assert (state.problem.code, state.problem.fields["team"]) == ("no_yes", "sales")
    assert ledger(desk.store) == ()


def test_what_changed_after_the_vote_takes_another(desk, session):
    vote(desk, MQL)
    content = {**draft_of(desk.workspace, desk.store, MQL).content, "text": "Iets anders"}
    drafts.keep(desk.store, session.session_id, "definition", "mql", content)
    state = fill(state_of(desk, MQL))
    state.decide()
    assert state.problem.code == "no_vote"


def test_a_vote_that_was_laid_out_before_a_change_does_not_open(desk, session):
    found = desk.vote(MQL)
    content = {**found.draft.content, "text": "Iets anders"}
    drafts.keep(desk.store, session.session_id, "definition", "mql", content)
    found.open()
    assert found.problem.code == "draft_changed"
    assert rounds.shown_now(desk.store, session.session_id) is None


def test_a_vote_is_by_name_unless_both_teams_are_large_enough(desk, session):
    found = desk.vote(MQL)
    assert found.named
    found.named = False
    found.open()
    assert found.problem.code == "vote_needs_names"
    for team in ("sales", "marketing"):
        for _ in range(4):
            people.join(desk.store, session.session_id, people.new_token(), team, "nl")
    found.open()
    assert found.problem is None
    assert not found.round.named


def test_the_ballot_says_the_proposal_in_both_languages(desk, session):
    content = desk.vote(MQL).exercise
    assert "bron is niet LinkedIn" in content.intro.nl
    assert "source is not LinkedIn" in content.intro.en
    assert [question.kind for question in content.questions] == ["choice", "text"]


def test_the_same_decision_is_not_written_twice(desk, session):
    vote(desk, MQL)
    state = fill(state_of(desk, MQL))
    state.decide()
    state_of(desk, MQL).decide()
    again = state_of(desk, MQL)
    again.decide()
    assert again.problem.code == "decided_already"
    assert len(ledger(desk.store)) == 1


def test_the_next_decision_about_something_else_begins_empty(desk, session):
    state = fill(state_of(desk, Matter.of("other")), subject="Terugbellen")
    state.decide()
    state.decide()
    assert state.problem.code == "decided_already"
    following = state_of(desk, Matter.of("other"))
    assert {getattr(following, name) for name in (*FILLED, "subject")} == {""}
    assert following.review_on == dt.date(2026, 11, 9)
    assert len(ledger(desk.store)) == 1


def test_after_one_decision_the_form_begins_anew(desk, session):
    form = desk.decision(Matter.of("other"))
    assert form.another.layout.display == "none"
    fill(form.state, subject="Terugbellen").decide()
    assert form.another.layout.display == ""
    form.another.click()
    assert (form.state.subject, form.state.what, form.state.owner) == ("", "", "")
    assert form.state.review_on == suggested(desk.today, desk.workspace)
    assert form.state.decided is None
    assert form.another.layout.display == "none"
    assert len(ledger(desk.store)) == 1


def test_a_brief_begins_with_its_lines_and_none_of_them_is_left_open(desk, session):
    brief = Matter.of("other", outline="brief")
    form = desk.decision(brief)
    lines = form.state.what.splitlines()
    assert lines[0] == "For whom, at which moment: …"
    assert "the brief" in form.html()
    state = fill(form.state, subject="A page", what=form.state.what.replace("…", "x", 3))
    state.decide()
    assert state.missing == ("what",)
    assert "take the whole line out" in form.fields["what"]._wrong.value
    # Another kernel goes on with what was typed, and knows what is still open.
    state = desk.decision(brief).state
    assert state.what.startswith("For whom, at which moment: x")
    state.decide()
    assert state.missing == ("what",)
    state.what = state.what.replace("…", "x")
    state.decide()
    (made,) = ledger(desk.store)
    assert (made.kind, made.subject) == ("other", "A page")
    assert state_of(desk, Matter.of("other")).what == ""


def test_a_disk_that_is_full_leaves_the_decision_and_says_so(desk, session, monkeypatch):
    def full(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workshop.questions.agreed_files.write_atomically", full)
    vote(desk, MQL)
    state = fill(state_of(desk, MQL))
    state.decide()
    assert (state.problem.code, state.problem.fields["number"]) == ("agreed_not_written", 1)
    assert state.decided is not None
    assert len(ledger(desk.store)) == 1


def test_a_review_in_the_past_is_refused(desk, session):
    state = fill(state_of(desk, Matter.of("other")), subject="x", review_on=MONDAY)
    state.decide()
    assert state.problem.code == "review_in_past"


def test_an_incomplete_criterion_is_not_put_to_the_vote(desk, session):
    draft = draft_of(desk.workspace, desk.store, MQL)
    half = {"field": "role", "operator": "one_of", "values": [], "about": None, "negated": False}
    criteria = draft.content["criteria"]
    content = {**draft.content, "criteria": {**criteria, "parts": [*criteria["parts"], half]}}
    drafts.keep(desk.store, session.session_id, "definition", "mql", content)
    shown = desk.vote(MQL)
    assert not isinstance(shown, VoteState)
    assert "lacks a field or a value" in shown.plain()


@pytest.mark.parametrize("kind", ["rules", "goal"])
def test_rules_and_a_goal_go_the_same_way(desk, session, kind):
    matter = Matter.of(kind)
    if kind == "goal":
        propose_goal(desk, session, mqls=300)
    found = vote(desk, matter)
    assert ("30.0%" in found.exercise.intro.en) == (kind == "goal")
    state = fill(state_of(desk, matter))
    state.decide()
    assert state.problem is None
    text = (desk.workspace.path / f"{kind}.yaml").read_text("utf-8")
    assert "(#1, " in text.splitlines()[0]
    assert "rate" not in text


def test_rules_that_are_not_finished_are_not_put_to_the_vote(desk, session):
    rules = Matter.of("rules")
    content = rule_drafts.Cards((rule_drafts.Card(name="Ring"),)).plain()
    drafts.keep(desk.store, session.session_id, "rules", rules.subject, content)
    assert desk.vote(rules).text.startswith("The rules above are not finished.")
    assert "rules[" not in desk.proposal(rules).plain()


def test_a_wrong_matter_says_what_is_allowed():
    with pytest.raises(InputError, match="unknown_matter"):
        Matter.of("definition")
    with pytest.raises(InputError, match="unknown_matter"):
        Matter.of("other", outline="poem")


def test_a_field_follows_the_proposal_until_someone_writes_in_it(company, kept, session):
    desk = Desk(company, kept, open_tables(company), Look(Translator("en"), "#1f4e79"), 0)
    goal = Matter.of("goal")
    form = desk.decision(goal)
    assert form.state.what == ""
    propose_goal(desk, session, mqls=340)
    form.look()
    assert "340" in form.fields["expects_of_marketing"].widget.value
    assert "340" in form.state.what
    form.state.why = "Omdat"
    propose_goal(desk, session, mqls=350)
    assert "350" in desk.decision(goal).state.expects_of_marketing

    form.state.expects_of_marketing = "Wat marketing zelf schreef"
    propose_goal(desk, session, mqls=360)
    form.look()
    assert form.state.expects_of_marketing == "Wat marketing zelf schreef"
    assert "360" in form.state.what
    again = desk.decision(goal).state
    assert (again.expects_of_marketing, again.why) == ("Wat marketing zelf schreef", "Omdat")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_form_shows_the_proposal_the_fields_and_the_decision(company, kept, session, language):
    desk = Desk(company, kept, None, Look(Translator(language), "#1f4e79"), 0)
    form = desk.decision(MQL)
    assert isinstance(form, DecisionForm)
    assert isinstance(form.above(), Proposal)
    form.state.decide()
    wrong = {name: field._wrong.value for name, field in form.fields.items()}
    assert {name for name, html in wrong.items() if "alert" in html} == set(form.state.missing)
    form.fields["why"].widget.value = "<i>waarom</i>"
    assert form.state.why == "<i>waarom</i>"
    assert "<i>" not in form.html()
    vote(desk, MQL)
    form.look()
    assert "3" in form.proposed.value
    fill(form.state)
    form.state.decide()
    assert isinstance(form.after(), Ledger)
    assert "An (Sales)" in form.shown.value
    form.stop()
