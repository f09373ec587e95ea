"""The chapter on definitions: what it says of counts that were made by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from tests.views.conftest import ready
from workshop.analysis import replay
from workshop.analysis.suggest import Criterion
from workshop.colors import palette
from workshop.criteria import Definition
from workshop.questions.definitions import ROWS, Definitions
from workshop.views.definitions import behind_definitions, definitions, headline
from workshop.views.definitions_chart import drawn_rows, precisions
from workshop.views.display import Chart, Note, Prose, Table
from workshop.views.suggestions import found, in_words, suggestions

COLORS = palette("#1f4e79")
SIDES = ("joint", "sales", "marketing")
CHECK_FROM = dt.date(2026, 3, 1)

# period, joint, sales, marketing, became, leads: 100 leads a period, of which 20 won
CELLS = [
    ("fit", "true", "true", "true", True, 10),
    ("fit", "true", "false", "true", False, 20),
    ("fit", "false", "unknown", "false", True, 10),
    ("fit", "false", "false", "false", False, 60),
    ("check", "true", "true", "true", True, 12),
    ("check", "true", "false", "true", False, 8),
    ("check", "true", "true", "false", False, 4),
    ("check", "false", "unknown", "true", True, 6),
    ("check", "false", "false", "false", True, 2),
    ("check", "false", "false", "false", False, 68),
]


def rule(outcome, rank, verdict, lift, *criteria) -> dict[str, object]:
    """Return one suggested rule with the same figures on both periods."""
    figures = {
        f"{period}_{name}": value
        for period in ("fit", "check")
        for name, value in (
            ("leads", 100), ("won", 20), ("passed", 30), ("passed_won", 12), ("precision", 0.4),
            ("lift", lift), ("lift_low", lift / 2), ("lift_high", lift * 2),
        )
    }  # fmt: skip
    stated = tuple(Criterion(*one) for one in criteria)
    return {"outcome": outcome, "rank": rank, "criteria": stated, "verdict": verdict, **figures}


WEB, BIG = ("source", "is", "Web"), ("employees", "is_not", "1–9")


def searches(**given) -> pd.DataFrame:
    rows = {"outcome": ["won", "opportunity"], "rules_tried": [900, 700]}
    rows |= {"rule_found": [True, False], "check_from": [CHECK_FROM] * 2}
    return pd.DataFrame(rows | given)


def answer_of(cells=CELLS, sides=SIDES, **given) -> Definitions:
    """Return what the question answers for one term, ``mql``, with these counts."""
    counts = pd.DataFrame(cells, columns=["period", *SIDES, "became", "leads"])
    counts = counts.assign(month="2026-03", before_landmark=False)
    term = {"term": "mql"}
    rows = replay.scores(counts, sides).assign(**term, version=1)[ROWS]
    missed = [("joint", "check", "D1", "false"), ("joint", "check", "D2", "false")]
    missed += [("sales", "check", "D1", "unknown"), ("joint", "fit", "D9", "false")]
    suggested = [rule("won", 1, "holds", 1.5, WEB, BIG), rule("won", 2, "undecided", 3.0, WEB)]
    suggested += [rule("opportunity", 1, "too_few", 4.0, BIG)]
    answer = Definitions(
        ready=ready("definitions"),
        rows=rows,
        terms=pd.DataFrame([{**term, "outcome": "won", "check_from": CHECK_FROM}]),
        won_missed=pd.DataFrame(missed, columns=["side", "period", "deal_id", "verdict"]).assign(
            **term
        ),
        passed_per_month=replay.passed_per_month(counts, sides, dt.date(2026, 4, 30)).assign(
            **term
        ),
        versions_table=replay.versions_table(counts, sides).assign(**term),
        before_landmark=replay.before_landmark(counts).assign(**term),
        not_vouched=pd.DataFrame(columns=["term", "side", "field"]),
        unseen=pd.DataFrame(columns=["term", "side", "field", "value"]),
        suggestions=pd.DataFrame(suggested),
        searches=searches(),
        caveats=(),
    )
    return answer._replace(**given)


def nothing_agreed() -> Definitions:
    """Return the answer of a client that has no definitions: suggestions only."""
    empty = dict.fromkeys(
        [
            "terms",
            "won_missed",
            "passed_per_month",
            "versions_table",
            "before_landmark",
            "not_vouched",
            "unseen",
        ],
        pd.DataFrame(),
    )
    rows = pd.DataFrame(columns=ROWS)
    return answer_of()._replace(rows=rows, caveats=("no_definition",), **empty)


GIVEN = (
    Definition.model_validate(
        {
            "term": "mql",
            "joint": {"criteria": {"field": "source", "operator": "is", "value": "Web"}},
            "sales": {"criteria": {"field": "role", "operator": "is_known"}},
        }
    ),
    Definition.model_validate({"term": "sql", "joint": {"text": "Who can pay"}}),
)


def tables(parts) -> dict[str, Table]:
    return {part.name: part for part in parts if isinstance(part, Table)}


def test_the_headline_is_that_of_the_joint_version_on_the_later_leads(english):
    # check: 24 passed of 100, 12 of them won; 20 of all won. Wilson for 12 of 24: 31.4 to 68.6
    said = headline(answer_of(), english.t)["mql"]
    assert said.startswith(
        "MQL: of the leads that the joint version lets through, 50% became a won deal "
        "(95% interval 31–69%), of all leads 20%. That is 2.5 times as often"
    )


def test_a_version_that_does_no_better_or_worse_is_told_apart(english):
    same = [
        ("check", "true", "true", "true", True, 5),
        ("check", "true", "true", "true", False, 20),
    ]
    rest = [("check", "false", "false", "false", True, 15)]
    rest += [("check", "false", "false", "false", False, 60)]
    text = headline(answer_of([*same, *rest]), english.t)["mql"]
    assert "makes no clear difference" in text
    worse = [("check", *["true"] * 3, False, 60), ("check", *["true"] * 3, True, 1)]
    text = headline(answer_of([*worse, *rest[:1]]), english.t)["mql"]
    assert "picks the wrong leads" in text
    nobody = [("check", *["false"] * 3, True, 10), ("check", *["false"] * 3, False, 10)]
    assert "cannot be tested yet" in headline(answer_of(nobody), english.t)["mql"]


def test_agreement_and_missed_deals_stand_with_their_term(english):
    text = definitions(answer_of(), GIVEN, english)[0].text
    # sales true: 10 + 12 + 4; marketing true: 30 + 20 + 6; both: 10 + 12
    assert "sales and marketing would call 60 leads MQL; on 22 of those they agree." in text
    assert "would have left 3 won deals behind" in text
    assert "For SQL there is a text but there are no criteria yet" in text


def test_a_doubtful_field_is_marked_and_never_a_finding(english):
    doubtful = pd.DataFrame([{"term": "mql", "side": "joint", "field": "trigger"}])
    answer = answer_of(not_vouched=doubtful, caveats=("criterion_not_vouched",))
    prose, chart, table, _ = definitions(answer, GIVEN, english)
    assert "For MQL, the joint version rests on trigger †" in prose.text
    assert "MQL (together)" not in chart.title
    assert "†" in chart.reading
    assert table.frame["name"].iloc[0] == "MQL (together) †"


def test_a_value_that_nobody_has_is_named(english):
    row = {"term": "mql", "side": "sales", "field": "sector", "value": "Space"}
    text = definitions(answer_of(unseen=pd.DataFrame([row])), GIVEN, english)[0].text
    assert "For MQL, the version of sales names “Space”" in text


def test_the_main_table_is_about_the_later_leads(look):
    table = tables(definitions(answer_of(), GIVEN, look))["definitions"]
    page = table.frame.head(table.shown)
    assert page["period"].tolist() == ["check"] * 3
    assert page["true"].tolist() == [24, 16, 26]
    assert page["won_missed"].tolist() == [2, 1, 0]
    assert page["recall"].tolist() == pytest.approx([12 / 20, 12 / 20, 18 / 20])
    assert page["a_month"].tolist() == pytest.approx([54, 26, 56])
    assert table.frame["period"].tolist()[3:] == ["fit"] * 3


def test_the_words_of_each_version_are_shown(english):
    table = tables(definitions(answer_of(), GIVEN, english))["definitions-in-words"]
    assert table.frame[["version", "words"]].values.tolist() == [
        ["MQL (together)", "source is Web"],
        ["MQL (sales)", "role is filled in"],
    ]


def test_the_chart_draws_each_version_beside_the_rate_of_all(look):
    drawn = drawn_rows(answer_of())
    assert drawn["earlier"].tolist() == pytest.approx([10 / 30, 1, 10 / 30])
    _, ax = plt.subplots()
    precisions(drawn, look.t, COLORS, ax)
    marks = {sign: [x for x in ax.lines if x.get_marker() == sign] for sign in "o|D"}
    assert [line.get_xdata()[0] for line in marks["o"]] == pytest.approx(
        [12 / 24, 12 / 16, 18 / 26]
    )
    assert [line.get_xdata()[0] for line in marks["|"]] == pytest.approx([0.2] * 3)
    assert len(marks["D"]) == 3
    assert ax.get_xlim()[1] <= 1
    plt.close("all")


def test_a_version_that_passes_nothing_is_not_drawn(english):
    nobody = [("check", *["false"] * 3, True, 10), ("check", *["false"] * 3, False, 10)]
    parts = definitions(answer_of(nobody), GIVEN, english)
    assert not [part for part in parts if isinstance(part, Chart)]
    assert all(part.plain() for part in behind_definitions(answer_of(nobody), english))


def test_leads_without_dates_are_tested_on_a_random_third(look):
    answer = answer_of()
    undated = answer._replace(
        terms=answer.terms.assign(check_from=None),
        passed_per_month=answer.passed_per_month.head(0),
        searches=searches(check_from=[None, None]),
    )
    _, chart, table, _ = definitions(undated, GIVEN, look)
    assert look.t("definitions.tested_on.random") in chart.reading
    assert table.frame["a_month"].isna().all()
    assert "definition-months" not in tables(behind_definitions(undated, look))
    assert "suggested-rules" in tables(suggestions(undated, look))


def test_sales_and_marketing_come_first_where_versions_differ(english):
    table = tables(behind_definitions(answer_of(), english))["definition-versions"]
    page = table.frame.head(table.shown)
    assert page["judged"].tolist() == [
        "sales yes, marketing yes", "sales yes, marketing no", "sales no, marketing yes",
    ]  # fmt: skip
    assert page["leads"].tolist() == [22, 4, 28]
    assert (table.frame["leads"] > 0).all()


def test_a_deal_that_only_the_joint_version_misses_comes_first(english):
    table = tables(behind_definitions(answer_of(), english))["won-missed"]
    assert table.frame["deal_id"].tolist() == ["D2", "D9", "D1"]
    row = table.frame.iloc[2]
    assert (row["joint_text"], row["sales_text"], row["marketing_text"]) == ("no", "unknown", "yes")


def test_one_side_only_has_no_versions_to_compare(look):
    alone = answer_of(sides=("joint",))
    alone = alone._replace(won_missed=alone.won_missed[alone.won_missed["side"] == "joint"])
    names = tables(behind_definitions(alone, look))
    assert "definition-versions" not in names
    assert "definition-months" in names


def test_without_a_definition_the_chapter_says_what_the_session_adds(look):
    (prose,) = definitions(nothing_agreed(), (), look)
    assert prose.text == look.t("definitions.none")
    assert behind_definitions(nothing_agreed(), look) == ()
    shown = suggestions(nothing_agreed(), look)
    assert "suggested-rules" in tables(shown)


def test_what_cannot_be_answered_says_what_to_ask_for(look):
    answer = nothing_agreed()._replace(ready=ready("definitions", missing=["leads.created_at"]))
    (prose,) = definitions(answer, (), look)
    assert prose.points == (look.t("ask.leads.created_at"),)
    assert behind_definitions(answer, look) == ()
    (said,) = suggestions(answer, look)
    assert said.plain() == look.t("definitions.nothing_to_suggest")


def test_a_rule_that_holds_is_said_and_one_that_does_not_is_said_too(english):
    won, opportunity = found(answer_of(), english.t)
    assert won == (
        "Which leads become won deals? Of the 900 rules that were looked at, one holds on other "
        "leads than it was chosen on: “source is Web, and number of employees is not 1–9” (1.5 "
        "times as often as average)."
    )
    assert opportunity == (
        "Which leads become opportunities? None of the 700 rules that were looked at clearly "
        "beats having no rule, on other leads than it was chosen on."
    )


def test_where_nothing_could_be_tried_that_is_said(english):
    none = answer_of(suggestions=answer_of().suggestions.head(0))
    tried = none._replace(searches=searches(rules_tried=[0, 0]))
    assert all("too few to look for rules" in text for text in found(tried, english.t))
    early = none._replace(searches=searches(check_from=[None, None]), caveats=("no_mature_lead",))
    assert found(early, english.t) == (english.t("caveat.no_mature_lead"),)
    prose, note = suggestions(early, english)
    assert isinstance(prose, Prose)
    assert isinstance(note, Note)


def test_the_rules_that_hold_come_first_and_those_for_the_terms_outcome(english):
    table = tables(suggestions(answer_of(), english))["suggested-rules"]
    assert list(zip(table.frame["outcome"], table.frame["verdict"], strict=True)) == [
        ("won", "holds"), ("won", "undecided"), ("opportunity", "too_few"),
    ]  # fmt: skip


def test_a_rule_reads_like_a_definition(dutch):
    assert in_words((Criterion(*WEB),), dutch.t) == "bron is Web"
    assert in_words((Criterion(*WEB), Criterion(*BIG)), dutch.t) == (
        "bron is Web, en aantal werknemers is niet 1–9"
    )


def test_caveats_that_are_told_elsewhere_are_not_told_twice(english):
    codes = ("no_definition", "most_before_landmark", "criterion_not_vouched")
    note = suggestions(answer_of(caveats=codes), english)[-1]
    assert english.t("caveat.most_before_landmark") in note.text
    assert english.t("caveat.criterion_not_vouched") not in note.text
    assert english.t("caveat.no_definition") not in note.text
