"""The ledger on a screen: what holds first, overdue marked, what was replaced behind it."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.views.test_invitations import decision
from workshop.i18n import Translator
from workshop.session.reviews import Review
from workshop.views.ledger import Ledger, file_note, ledger
from workshop.workspace import Workspace

TODAY = dt.date(2026, 12, 2)
DECISIONS = (
    decision(decision_id=1, replaced_by=3, review_on=dt.date(2026, 11, 1)),
    decision(decision_id=2, kind="other", subject="Lunch <b>", review_on=dt.date(2027, 1, 5)),
    decision(
        decision_id=3,
        version=3,
        replaces=1,
        review_on=dt.date(2026, 12, 1),
        vote={"sales": {"yes": 3, "no": 1}, "marketing": {"yes": 2, "no": 0}},
        dissent=[{"team": "sales", "text": "Te <i>breed</i>"}, {"team": None, "text": "Te smal"}],
    ),
    decision(decision_id=4, kind="goal", subject="goal", owner=None, review_on=TODAY),
)


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "client", "A")


@pytest.fixture(params=["nl", "en"])
def shown(request, workspace):
    return ledger(DECISIONS, TODAY, workspace, Translator(request.param))


def test_what_holds_stands_on_cards_the_first_to_review_first(shown):
    cards = shown[1]
    assert isinstance(cards, Ledger)
    assert [card.heading.split(":")[0].split()[-1] for card in cards.cards] == ["3", "4", "2"]


def test_only_a_review_that_has_passed_is_overdue(shown):
    assert [bool(card.overdue) for card in shown[1].cards] == [True, False, False]


def test_the_list_has_all_with_what_was_replaced_last(shown):
    assert list(shown[2].frame["number"]) == [4, 3, 2, 1]
    assert "3" in shown[2].frame["state"].iloc[-1]


def test_vote_signatures_and_dissent_are_there_and_text_is_text(shown):
    html = "".join(part.html() for part in shown)
    assert "Sales: 3" in html
    assert "Bo (Marketing)" in html
    assert "Te &lt;i&gt;breed&lt;/i&gt;" in html
    assert "Te smal" in html
    assert "<b>" not in html


def test_an_owner_who_was_forgotten_is_a_participant(shown):
    text = shown[1].plain()
    assert "een deelnemer (Sales)" in text or "a participant (Sales)" in text


def test_an_empty_ledger_says_what_will_come(workspace):
    (note,) = ledger((), TODAY, workspace, Translator("en"))
    assert "No decisions yet" in note.plain()


def test_a_file_says_where_to_change_it():
    assert file_note(DECISIONS[2], Translator("nl")).startswith("MQL, versie 3, zoals afgesproken")


def looked_at(outcome, *, missed=0, next_on=None, **other):
    """Return a decision of which something was said at its review."""
    made = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
    review = Review(1, 9, 2, outcome, "A note", next_on, made)
    return decision(decision_id=9, review=review, missed=missed, **other)


PROMISE = {
    "kind": "promise", "subject": "1", "what": "Calls <b> back", "why": "we know",
    "expects_of_marketing": "", "expects_of_sales": "", "review_on": dt.date(2026, 12, 1),
}  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_promise_says_who_does_what_by_when_and_no_more(workspace, language):
    t = Translator(language)
    shown = ledger((decision(**PROMISE),), TODAY, workspace, t)
    (card,) = shown[1].cards
    assert [term.name for term in card.terms] == [
        t(f"promise.said.{name}") for name in ("so_that", "owner", "by", "promised")
    ]
    assert card.overdue == t("review.late", day=PROMISE["review_on"])
    assert "<b>" not in shown[1].html()
    long = PROMISE | {"what": "Calls everybody back, " * 8}
    (card,) = ledger((decision(**long),), TODAY, workspace, t)[1].cards
    assert (card.terms[0].name, card.terms[0].lines) == (t("promise.said.what"), (long["what"],))


def test_what_is_done_or_dropped_stands_on_no_card_and_is_not_overdue(workspace):
    gone = (looked_at("done", **PROMISE), looked_at("dropped", kind="other", subject="x"))
    prose, cards, table = ledger(gone, TODAY, workspace, Translator("en"))
    assert cards.cards == ()
    assert "overdue" not in prose.plain()
    assert list(table.frame["state"]) == ["done", "dropped"]
    assert table.frame["review"].isna().all()


def test_what_stays_has_its_new_day_and_what_was_said(workspace):
    again = dt.date(2026, 12, 8)
    open_ = looked_at("not_done", missed=2, next_on=again, **PROMISE)
    (card,) = ledger((open_,), TODAY, workspace, Translator("en"))[1].cards
    said = {term.name: term.lines for term in card.terms}
    assert said["By"] == ("8 December 2026",)
    assert said["Last time"] == ("not done, 2 times now", "A note")
    assert card.overdue == ""
