"""A definition in words: each operator with each kind of field, groups, and the whole text."""

from __future__ import annotations

import doctest
from itertools import product

import pytest

from workshop.criteria import SIDES, Definition
from workshop.i18n import Translator
from workshop.views import definition_text as module
from workshop.views.definition_plain import definition_text
from workshop.views.definition_text import Line, by_about, criterion, lines, sentence, term_name

NL, EN = Translator("nl"), Translator("en")


def clause_of(data):
    return Definition.model_validate({"term": "t", "joint": {"criteria": data}}).sides["joint"]


WEB = {"field": "source", "operator": "is", "value": "Web"}
ROLE = {"field": "role", "operator": "is_known", "about": "fit"}
DOWNLOADS = {
    "field": "activities.Download",
    "operator": "at_least",
    "value": 2,
    "about": "readiness",
}

WORDED = [
    ("sector", "one_of", ["Voeding", "Logistiek"], "sector is Voeding of Logistiek",
     "sector is Voeding or Logistiek"),
    ("sector", "one_of", ["Voeding"], "sector is Voeding", "sector is Voeding"),
    ("sector", "none_of", ["Bouw", "Farma"], "sector is geen van deze: Bouw en Farma",
     "sector is none of these: Bouw and Farma"),
    ("sector", "none_of", ["Bouw"], "sector is niet Bouw", "sector is not Bouw"),
    ("source", "is_not", "LinkedIn", "bron is niet LinkedIn", "source is not LinkedIn"),
    ("employees", "is", 60, "aantal werknemers is 50–249", "number of employees is 50–249"),
    ("role", "is_known", None, "functie is ingevuld", "role is filled in"),
    ("Score", "at_least", 9.5, "Score is minstens 9,5", "Score is at least 9.5"),
    ("Score", "at_most", 10000, "Score is hoogstens 10.000", "Score is at most 10,000"),
    ("Score", "is_not", -2.25, "Score is niet -2,25", "Score is not -2.25"),
    ("activities.Download", "at_least", 2, "minstens 2 keer “Download” in de eerste 14 dagen",
     "at least 2 “Download” activities in the first 14 days"),
    ("activities.Download", "at_most", 0, "geen enkele keer “Download” in de eerste 14 dagen",
     "no “Download” activity in the first 14 days"),
    ("activities", "is", 1, "precies 1 activiteit in de eerste 14 dagen",
     "exactly 1 activity in the first 14 days"),
    ("activities", "one_of", [1, 2], "precies 1 of 2 activiteiten in de eerste 14 dagen",
     "exactly 1 or 2 activities in the first 14 days"),
    ("activities", "is_known", None, "activiteiten worden bijgehouden",
     "activities are recorded"),
    ("marketing_activities", "is_not", 0,
     "minstens één activiteit van marketing in de eerste 14 dagen",
     "at least one activity by marketing in the first 14 days"),
    ("sales_activities", "none_of", [0, 1],
     "niet precies 0 of 1 activiteiten van sales in de eerste 14 dagen",
     "not exactly 0 or 1 activities by sales in the first 14 days"),
    ("days_to_first_touch", "at_most", 3, "hoogstens 3 dagen tot het eerste contact",
     "at most 3 days to the first contact"),
    ("days_to_first_touch", "at_most", 0, "het eerste contact was op de dag dat de lead binnenkwam",
     "the first contact was on the day the lead came in"),
    ("days_to_first_touch", "at_least", 1, "minstens 1 dag tot het eerste contact",
     "at least 1 day to the first contact"),
    ("days_to_first_touch", "is_known", None, "er was een eerste contact in de eerste 14 dagen",
     "there was a first contact in the first 14 days"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "operator", "value", "dutch", "english"), WORDED)
def test_a_criterion_in_words(field, operator, value, dutch, english):
    assert criterion(field, operator, value, NL, 14) == dutch
    assert criterion(field, operator, value, EN, 14) == english


def test_every_operator_of_every_kind_of_field_has_words():
    fields = ["sector", "Eigen veld", "activities", "activities.X", "sales_activities"]
    fields += ["marketing_activities", "days_to_first_touch", "employees"]
    values = {"is_known": None, "one_of": (1, 2), "none_of": (1, 2)}
    operators = ["is", "is_not", "one_of", "none_of", "at_least", "at_most", "is_known"]
    for t in (NL, EN, Translator("nl", "NL")):
        said = [
            criterion(field, operator, values.get(operator, 3), t, days)
            for field, operator, days in product(fields, operators, (0, 1, 30))
        ]
        assert all(said)
        assert not [text for text in said if "None" in text or "  " in text]


def test_what_happens_counts_up_to_the_landmark():
    at_once = criterion("activities", "at_least", 1, EN, 0)
    assert at_once == "at least 1 activity before the lead came in"
    assert criterion("activities", "at_least", 1, EN, 1).endswith("on the first day")


def test_a_value_of_several_lines_stays_on_one():
    assert criterion("sector", "is", "Food\n  and drink", EN) == "sector is Food and drink"


def test_groups_are_lines_with_their_own_deeper():
    clause = clause_of({"all_of": [WEB, {"any_of": [ROLE, {"not": {"all_of": [WEB, ROLE]}}]}]})
    assert lines(clause, EN) == [
        Line(0, "all of these hold:"),
        Line(1, "source is Web"),
        Line(1, "at least one of these holds:"),
        Line(2, "role is filled in"),
        Line(2, "this does not hold:"),
        Line(3, "all of these hold:"),
        Line(4, "source is Web"),
        Line(4, "role is filled in"),
    ]


def test_one_criterion_that_is_denied_is_one_line():
    clause = clause_of({"all_of": [{"not": WEB}, ROLE]})
    assert lines(clause, NL, tagged=True) == [
        Line(0, "dit geldt allemaal:"),
        Line(1, "niet: bron is Web"),
        Line(1, "functie is ingevuld (ons soort klant)"),
    ]


def test_a_sentence_brackets_groups_within_groups():
    nested = clause_of({"all_of": [WEB, {"any_of": [ROLE, DOWNLOADS]}]})
    assert sentence(nested, EN, 7) == (
        "source is Web, and (role is filled in, or at least 2 “Download” activities in the first "
        "7 days)"
    )
    denied = clause_of({"not": {"any_of": [WEB, ROLE]}})
    assert sentence(denied, NL) == "niet: (bron is Web, of functie is ingevuld)"
    among = clause_of({"any_of": [{"not": {"any_of": [WEB, ROLE]}}, ROLE]})
    assert sentence(among, EN) == (
        "not: (source is Web, or role is filled in), or role is filled in"
    )


def test_a_group_of_one_is_no_group():
    either = {"any_of": [WEB, ROLE]}
    assert sentence(clause_of({"all_of": [{"all_of": [either]}]}), EN) == (
        "source is Web, or role is filled in"
    )
    assert sentence(clause_of({"all_of": [{"all_of": [either]}, ROLE]}), EN) == (
        "(source is Web, or role is filled in), and role is filled in"
    )


def test_fit_and_readiness_are_apart_where_all_must_hold():
    mixed = {"any_of": [ROLE, DOWNLOADS]}
    apart = by_about(clause_of({"all_of": [DOWNLOADS, ROLE, mixed, {"not": ROLE}]}))
    assert [(about, len(clauses)) for about, clauses in apart.items()] == [
        ("fit", 2), ("readiness", 1), (None, 1),
    ]  # fmt: skip
    assert list(by_about(clause_of(mixed))) == [None]


def test_a_term_keeps_its_capitals_within_a_sentence():
    assert [term_name(NL, term) for term in ("mql", "lead", "opportunity", "prospect")] == [
        "MQL", "lead", "opportuniteit", "prospect",
    ]  # fmt: skip


def definition(**fields) -> Definition:
    given = {
        "term": "mql",
        "version": 3,
        "landmark_days": 14,
        "outcome": "opportunity",
        "joint": {
            "text": "Fits and shows interest",
            "criteria": {"all_of": [ROLE, DOWNLOADS, WEB]},
        },
        "sales": {"text": "Has a budget"},
        "marketing": {"criteria": {"any_of": [ROLE, DOWNLOADS]}},
    }
    return Definition.model_validate(given | fields)


def test_the_whole_text():
    text = definition_text(definition(), EN)
    assert text.splitlines()[:11] == [
        "MQL, version 3",
        "",
        "Agreed by both teams",
        "  Fits and shows interest",
        "  A lead counts as MQL when all of these hold:",
        "    Is this our kind of customer?",
        "      - role is filled in",
        "    Is this the moment?",
        "      - at least 2 “Download” activities in the first 14 days",
        "    And:",
        "      - source is Web",
    ]
    assert "judged 14 days after it came in" in text
    assert "becomes an opportunity within 180 days" in " ".join(text.split())
    assert "\nWhat sales means by it\n  Has a budget\n  There are no criteria for this yet." in text
    tail = text.split("What marketing means by it\n")[1].splitlines()
    assert tail == [
        "  A lead counts as MQL when at least one of these holds:",
        "    - role is filled in (our kind of customer)",
        "    - at least 2 “Download” activities in the first 14 days (the right moment)",
    ]


def test_one_criterion_and_a_verdict_at_creation():
    joint = {"text": None, "criteria": WEB}
    text = definition_text(definition(joint=joint, sales=None, landmark_days=0), NL)
    assert "  Een lead telt als MQL als dit geldt:\n    - bron is Web\n" in text
    assert "zodra die binnenkomt" in text
    assert "Wat sales" not in text


@pytest.mark.parametrize("t", [NL, EN, Translator("nl", "NL")])
def test_no_line_is_too_wide(t):
    long = {"field": "sector", "operator": "one_of", "value": [f"Sector {n}" for n in range(40)]}
    versions = {side: {"text": "Very " * 60, "criteria": {"all_of": [long]}} for side in SIDES}
    rows = definition_text(definition(**versions), t).splitlines()
    assert max(map(len, rows)) <= 96
    assert not [row for row in rows if row != row.rstrip()]


def test_doctests():
    result = doctest.testmod(module)
    assert (result.attempted > 0, result.failed) == (True, 0)
