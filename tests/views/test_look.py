"""The words that all chapters share."""

from __future__ import annotations

import math

import pytest

from tests.views.conftest import ready
from workshop.i18n import NOTHING, Translator
from workshop.views.look import (
    MARK,
    category,
    caveats,
    listed,
    named,
    phrase,
    probability,
    short,
    span,
    span_of_points,
    unanswered,
    unvouched,
)
from workshop.views.naming import column_name

NL, EN = Translator("nl"), Translator("en")


def test_a_column_of_the_client_s_own_keeps_its_header():
    assert (column_name(NL, "sector"), column_name(NL, "Leadkwaliteit")) == (
        "Sector",
        "Leadkwaliteit",
    )
    assert (named(NL, "sector"), named(NL, "Leadkwaliteit")) == ("sector", "Leadkwaliteit")


@pytest.mark.parametrize("blank", [None, float("nan")])
def test_a_blank_level_is_called_so(blank):
    assert category(EN, "role", blank) == "Role: (not filled in)"
    assert phrase(NL, "role", blank) == "functie (niet ingevuld)"


def test_a_trait_that_nobody_vouched_for_is_marked_wherever_it_is_shortened_too():
    marked = category(EN, "trigger", "An unusually long description of it", known=False)
    assert marked.endswith(MARK)
    assert short(marked).endswith(f"… {MARK}")
    assert len(short(marked)) <= 34


@pytest.mark.parametrize(
    ("low", "high", "text"), [(0.246, 0.286, "25–29%"), (math.nan, 0.3, NOTHING)]
)
def test_an_interval_of_shares(low, high, text):
    assert span(EN, low, high) == text


def test_an_interval_of_differences_has_no_dash_that_reads_as_a_sign():
    assert span_of_points(NL, -0.763, -0.117) == "−76 tot −12"
    assert span_of_points(EN, -0.04, 0.6) == "−4 to +60"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "under 1%"), (1.0, "over 99%"), (0.8, "80%"), (None, NOTHING), (0.01, "1%")],
)
def test_a_simulated_probability_is_never_0_or_1(value, text):
    assert probability(EN, value) == text


def test_a_long_list_says_how_many_more_there_are():
    assert listed(EN, ["a", "b", "c"]) == "a, b and c"
    assert listed(EN, ["a", "b", "c", "d"]) == "a, b, c and 1 other"
    assert listed(NL, list("abcde")) == "a, b, c en nog 2"


def test_a_caveat_that_another_implies_is_not_repeated(english):
    (note,) = caveats(english, ["no_leads", "no_mql_date", "no_sql_date", "no_cost"], ["no_cost"])
    assert note.text == english.t("caveat.no_leads")
    assert caveats(english, ["no_cost"], ["no_cost"]) == ()


def test_what_cannot_be_answered_says_what_it_takes(english):
    (prose,) = unanswered(english, ready("won-lost", missing=["deals.outcome"]))
    assert "What do won deals share?" in prose.text
    assert prose.points == (english.t("ask.deals.outcome"),)


def test_marked_traits_are_named_once_and_called_no_finding():
    (text,) = unvouched(EN, ["Leadkwaliteit", "Leadkwaliteit", "trigger"])
    assert text.startswith(f"Leadkwaliteit {MARK} and trigger {MARK} stand out")
    assert "no finding" in text
    assert unvouched(EN, []) == ()
