"""The hand-over chapter: the waits, the limits, the rules in words, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.views.conftest import ready
from workshop.analysis.intervals import wilson
from workshop.i18n import Translator
from workshop.questions.hand_over import OBSERVED, ROWS, Effect, HandOver
from workshop.session.machine import Defect, lint
from workshop.session.rules import RuleSet, read_rules
from workshop.views.agreed_rules import rules as rules_shown
from workshop.views.display import Chart, Note, Prose, Table
from workshop.views.hand_over import headline, waiting
from workshop.views.rule_words import after_limit, defect_text, rule_text, rules_table

FOLDER = Path(__file__).parents[1] / "session" / "rules"
DEFECTS = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "sound")
DAY = 8.0
NL, EN = Translator("nl"), Translator("en")


def rules_of(folder: Path, name: str = "sound") -> RuleSet:
    (folder / "rules.yaml").write_text((FOLDER / f"{name}.yaml").read_text("utf-8"), "utf-8")
    return read_rules(folder)


def row(rule, kind, status="mql", *, leads=100, untouched=10, median=4.0, p90=24.0, limit=None,
        mature=None, breached=None):  # fmt: skip
    """Return one row of the answer; the interval of the share is worked out."""
    share = breached / mature if mature else None
    low, high = wilson(breached, mature) if mature else (np.nan, np.nan)
    values = [rule, kind, status, leads, untouched, median, 2.0, 6.0, p90, 20.0, 30.0]
    return dict(
        zip(ROWS, [*values, limit, mature, breached, share, float(low), float(high)], strict=True)
    )


def answer_of(*rows, caveats=(), effect=None, speed=None, delays=None, missing=()) -> HandOver:
    frame = pd.DataFrame(rows, columns=ROWS)
    frame = frame.astype({"mature_leads": "Int64", "breached": "Int64", "limit_hours": float})
    return HandOver(
        ready=ready("hand-over", missing=missing, caveats=caveats),
        rows=frame.astype({"median_hours": float, "p90_hours": float, "breached_share": float}),
        delays=pd.DataFrame(columns=["delay"]) if delays is None else delays,
        speed=pd.DataFrame() if speed is None else speed,
        effect=effect,
        lint=(),
        caveats=tuple(caveats),
    )


@pytest.fixture
def observed() -> HandOver:
    """Without rules: 30 of 150 leads still wait."""
    return answer_of(
        row(OBSERVED, "New", "assigned", untouched=5),
        row(OBSERVED, "Existing", "assigned", leads=50, untouched=25, median=20.0, p90=np.nan),
        caveats=["no_rules", "speed_is_no_proof"],
    )


@pytest.fixture
def replayed() -> HandOver:
    """Two rules from one status; of one the limit is passed by 80 of 100 and by 20 of 100."""
    return answer_of(
        row("Call", "New", limit=8.0, mature=100, breached=20),
        row("Call", "Existing", limit=16.0, mature=100, breached=80),
        row("Turn down", "New"),
        row("Turn down", "Existing"),
    )


def kinds(parts, kind):
    return [part for part in parts if isinstance(part, kind)]


class TestWaiting:
    def test_without_rules_the_waits_are_told(self, observed):
        assert headline(observed, DAY, EN) == (
            "Half of the leads of customers of the type Existing wait longer than 2.5 working days "
            "in the status Assigned before anybody acts; for customers of the type New that is "
            "4 working hours. 30 of the 150 leads (20%) had no contact yet."
        )

    def test_without_rules_there_is_no_limit_on_the_page(self, observed, look):
        (table,) = kinds(waiting(observed, DAY, look), Table)
        fields = [column.field for column in table.columns]
        assert fields == [
            "rule_text", "type_text", "leads", "untouched", "median_text", "p90_text"
        ]  # fmt: skip
        assert look.t("hand_over.table.note.late") not in table.notes

    def test_a_wait_without_end_is_an_arrow_and_said(self, observed, english):
        (chart,) = kinds(waiting(observed, DAY, english), Chart)
        markers = [line.get_marker() for line in chart.figure.axes[0].lines]
        assert markers == ["|", "o", ">", "o"]
        assert "Existing: half within 2.5 working days, over 10% still wait" in chart.alt
        assert chart.title == "Existing: half of the leads wait longer than 2.5 working days"

    def test_the_limit_passed_most_often_is_named_where_it_is_apart(self, replayed):
        assert headline(replayed, DAY, EN) == (
            "Held against past leads, the rule “Call” would have been broken most often for "
            "customers of the type Existing: 80% of 100 leads waited longer than 2 working days "
            "(95% interval 71–87%)."
        )

    def test_overlapping_limits_are_not_ranked(self, look):
        alike = answer_of(
            row("Call", "New", limit=8.0, mature=100, breached=60),
            row("Call", "Existing", limit=16.0, mature=100, breached=65),
        )
        most = look.t("hand_over.late.clear", rule="Call", who="x", share=0, n=0, limit="", span="")
        assert most[:60] not in headline(alike, DAY, look.t)
        (chart,) = kinds(waiting(alike, DAY, look), Chart)
        colors = {line.get_color() for line in chart.figure.axes[0].lines}
        assert len(colors) == 1

    def test_a_clear_one_has_a_colour_of_its_own(self, replayed, look):
        (chart,) = kinds(waiting(replayed, DAY, look), Chart)
        first, second = (line.get_color() for line in chart.figure.axes[0].lines)
        assert first != second

    def test_few_leads_are_no_finding(self, english):
        few = answer_of(row("Call", "New", leads=9, limit=8.0, mature=9, breached=9))
        assert "broken" not in headline(few, DAY, english.t)

    def test_rules_of_one_status_wait_once_on_the_page(self, replayed, look):
        (table,) = kinds(waiting(replayed, DAY, look), Table)
        assert table.shown == 2
        assert list(table.frame["rule"]) == ["Call", "Call", "Turn down", "Turn down"]
        assert len(table.behind()["records"]) == 4

    def test_without_types_of_customer_there_is_no_column_for_them(self, look):
        answer = answer_of(row("Call", None, limit=8.0, mature=100, breached=60))
        parts = waiting(answer, DAY, look)
        (table,) = kinds(parts, Table)
        assert "type_text" not in [column.field for column in table.columns]
        assert look.t("hand_over.who.all") in parts[0].text

    def test_speed_is_shown_with_the_doubt(self, observed, english):
        speed = pd.DataFrame(
            {
                "touched": [True, True, False],
                "touched_within": [True, False, False],
                "leads": [50, 50, 10],
                "converted": [25, 10, 0],
                "rate": [0.5, 0.2, 0.0],
                "ci_low": [0.37, 0.11, 0.0],
                "ci_high": [0.63, 0.33, 0.28],
            }
        )
        effect = Effect("assigned", "sql", 8.0, 90, 4.0, 1.6, 9.7)
        parts = waiting(observed._replace(speed=speed, effect=effect), DAY, english)
        table = kinds(parts, Table)[-1]
        assert table.title == (
            "With a first contact within 1 working day, 50% became SQL; with a later one 20%"
        )
        assert list(table.frame["when"]) == ["Within 1 working day", "Later", "Never"]
        assert "later: 4.0 (95% interval 1.6 to 9.7); 1 is no difference." in table.notes[0]
        assert table.notes[1] == english.t("caveat.speed_is_no_proof")

    def test_the_delay_of_the_system_and_of_the_person(self, observed, english):
        delays = pd.DataFrame(
            {
                "delay": ["system", "system", "person", "person"],
                "customer_type": ["New", "Existing", "New", "Existing"],
                "leads": [100, 50, 100, 50],
                "untouched": [0, 0, 5, 25],
                "median_hours": [0.5, 1.0, 4.0, 20.0],
                "p90_hours": [2.0, 3.0, 24.0, np.nan],
            }
        )
        parts = waiting(observed._replace(delays=delays), DAY, english)
        assert kinds(parts, Table)[-1].title == (
            "For customers of the type New, half of the leads are assigned within 30 minutes, "
            "and half then get their first contact within 4 working hours"
        )

    def test_what_is_told_elsewhere_is_not_told_twice(self, observed, look):
        text = "".join(note.text for note in kinds(waiting(observed, DAY, look), Note))
        assert look.t("caveat.no_rules") not in text
        assert look.t("caveat.speed_is_no_proof") not in text

    def test_a_question_without_data_asks_for_it(self, look):
        nothing = answer_of(missing=["leads.first_touch_at"])
        (prose,) = waiting(nothing, DAY, look)
        assert prose.points == (look.t("ask.leads.first_touch_at"),)

    def test_rules_that_cannot_be_replayed_are_said(self, look):
        parts = waiting(answer_of(caveats=["rules_not_replayed"]), DAY, look)
        assert [type(part) for part in parts] == [Prose, Note]
        assert parts[1].text == look.t("caveat.rules_not_replayed")


class TestRules:
    def test_without_rules_the_session_says_what_it_adds(self, observed, look):
        (note,) = rules_shown(observed, None, DAY, look)
        assert (note.kind, note.text) == ("session", look.t("hand_over.session"))

    def test_rules_are_drawn_checked_and_told(self, replayed, tmp_path, english):
        chart, checked, told = rules_shown(replayed, rules_of(tmp_path), DAY, english)
        assert isinstance(chart, Chart)
        assert checked.text == english.t("hand_over.lint.none")
        assert told.text == "The 4 rules in words:"
        assert len(told.points) == 4

    def test_defects_are_a_list(self, replayed, tmp_path, look):
        rules = rules_of(tmp_path, "dead_end")
        found = replayed._replace(lint=lint(rules))
        checked = rules_shown(found, rules, DAY, look)[1]
        assert checked.text == look.t("hand_over.lint.opening", n=1)
        assert checked.points == (defect_text(look.t, found.lint[0]),)

    def test_where_only_types_have_rules_each_is_drawn(self, replayed, tmp_path, english):
        rules = rules_of(tmp_path, "no_rules_for_others")
        charts = kinds(rules_shown(replayed, rules, DAY, english), Chart)
        assert len(charts) == len(rules.customer_types) > 0
        assert len({chart.name for chart in charts}) == len(charts)

    def test_a_rule_in_words(self, tmp_path):
        qualify, talk, offer, *_ = rules_of(tmp_path).rules
        assert rule_text(EN, qualify, DAY) == (
            "Qualify. A lead in the status Lead is owned by marketing, and goes to MQL when: “The "
            "criteria of an MQL are met”. Time limit: 5 working days; after that a message goes to "
            "head of marketing. If the teams disagree, this is who decides, within 2 working days "
            "and with the reason: both team leads. Why: Sales only calls who may buy. Sales "
            "expects of marketing: The phone number is there. Marketing expects of sales: Says why "
            "a lead is no good."
        )
        assert after_limit(NL, talk.at_limit) == (
            "wordt de lead van marketing en gaat er bericht naar head of sales"
        )
        assert after_limit(NL, offer.at_limit) == "gaat de lead naar Afgewezen"
        assert after_limit(NL, None) == ""

    def test_a_bare_rule_says_what_was_not_agreed(self):
        bare = {"name": "a", "from": "lead", "to": "mql", "trigger": "x"}
        (rule,) = RuleSet.model_validate({"rules": [bare]}, strict=False).rules
        assert rule_text(NL, rule, DAY) == (
            "a. Een lead in de status Lead is van niemand, en gaat naar MQL bij: “x”."
        )
        limited = {**bare, "time_limit": 8, "at_most": 1, "why": "Daarom"}
        (rule,) = RuleSet.model_validate({"rules": [limited]}, strict=False).rules
        assert rule_text(NL, rule, DAY).endswith(
            "Termijn: 1 werkdag; wat er daarna gebeurt, is niet afgesproken. Eenzelfde lead mag "
            "dit één keer doen. Waarom: Daarom."
        )

    def test_the_files_have_every_field(self, tmp_path, look):
        table = rules_table(look.t, rules_of(tmp_path), DAY)
        first = table.behind()["records"][0]
        assert first["limit_hours"] == 40
        assert first["decides"] == "both team leads"
        assert first["expects_of_sales"] == "Says why a lead is no good."

    def test_a_status_is_called_as_its_country_does(self):
        assert NL("hand_over.status.opportunity") == "Opportuniteit"
        assert Translator("nl", "NL")("hand_over.status.opportunity") == "Verkoopkans"


class TestDefects:
    @pytest.mark.parametrize("name", DEFECTS)
    def test_each_names_what_it_is_about_and_what_to_do(self, name, tmp_path, look):
        (defect,) = lint(rules_of(tmp_path, name))
        text = defect_text(look.t, defect)
        assert text.count(".") + text.count("…") >= 2
        if name == "no_rules_for_others":
            return
        statuses = {"mql": "MQL", "sql": "SQL", "lead": "Lead"}
        named = [statuses.get(status, status.capitalize()) for status in defect.statuses]
        rules = [f"“{rule}”" for rule in defect.rules]
        assert all(one in text for one in named) or (rules and all(one in text for one in rules))

    @pytest.mark.parametrize("name", DEFECTS)
    def test_one_of_a_type_of_customer_says_so(self, name, tmp_path, look):
        (defect,) = lint(rules_of(tmp_path, name))
        text = defect_text(look.t, defect._replace(customer_type="Existing"))
        assert "Existing: " in text

    def test_one_status_and_several_read_differently(self, look):
        one, two = (
            defect_text(look.t, Defect("dead_end", None, statuses, ()))
            for statuses in (("attic",), ("attic", "cellar"))
        )
        assert one.replace("Attic", "") != two.replace(look.t.join(["Attic", "Cellar"]), "")
