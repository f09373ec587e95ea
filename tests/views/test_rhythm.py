"""The rhythm in words and pictures: what is said follows from the weeks, the parts, the verdict."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tests.views.conftest import ready
from workshop.analysis.experiment import Seen, foresee, judge
from workshop.colors import palette
from workshop.questions.agreed_plan import Agreed, AgreedPlan
from workshop.questions.experiment import Experiment, Now, Told
from workshop.questions.gap import COMMITMENTS, Gap
from workshop.questions.goal_file import GoalFile
from workshop.questions.pace import Pace
from workshop.questions.period import parse_period
from workshop.views.display import Chart, Note, Table
from workshop.views.experiment import (
    experiments,
    foresight_text,
    now_text,
    sentence,
    told_points,
)
from workshop.views.gap import gap, worded
from workshop.views.gap_chart import waterfall
from workshop.views.pace import headline, pace
from workshop.views.pace_chart import band

COLORS = palette("#1f4e79")
START = dt.date(2026, 7, 1)


def plan_of(**changes) -> AgreedPlan:
    goal = GoalFile(kind="pipeline", target=100_000, period="2026Q3")
    found = AgreedPlan(
        agreed=Agreed(goal),
        period=parse_period("2026Q3"),
        eve=dt.date(2026, 6, 30),
        unit="mql",
        planned=130,
        baseline=400_000,
        baseline_period=None,
        outlook=SimpleNamespace(),
        caveats=(),
    )
    return found._replace(**changes)


def pace_of(alarms: list[str], **changes) -> Pace:
    """Return a period of four weeks, of which some are over; its band is 100 wide."""
    rows = pd.DataFrame({"week": [1, 2, 3, 4]}).assign(
        ends=lambda f: [START + dt.timedelta(days=7 * week - 1) for week in f["week"]],
        low=lambda f: 1000.0 * f["week"],
        median=lambda f: 1000.0 * f["week"] + 50,
        high=lambda f: 1000.0 * f["week"] + 100,
    )
    at = {"below": -10, "within": 60, "unjudged": 60, "above": 110}
    value = [1000.0 * week + at[alarm] for week, alarm in enumerate(alarms, 1)]
    rest = 4 - len(alarms)
    rows = rows.assign(value=value + [np.nan] * rest, alarm=[*alarms, *[np.nan] * rest])
    return Pace(
        ready=ready("goal"),
        state="running",
        plan=plan_of(),
        as_of=dt.date(2026, 7, 30),
        landed=pd.DataFrame(),
        rows=rows,
        so_far=200_000.0,
        unvalued=0,
        then=0.6,
        now=0.4,
        currency="EUR",
    )._replace(**changes)


@pytest.mark.parametrize(
    ("alarms", "text"),
    [
        (["within", "within"], "Nothing outside the band: no reason to intervene"),
        (["within", "below", "below"], "Below the band since week 2 (14 July 2026)"),
        (["below", "within", "below"], "Below the band since week 3"),
        (["above"], "Above the band since week 1"),
        (["below", "within", "within"], "Back within the band since week 2"),
        (["unjudged", "unjudged"], "nothing to judge yet"),
        (["unjudged", "within"], "no reason to intervene"),
    ],
)
def test_the_headline_says_whether_there_is_reason_to_intervene(alarms, text, english):
    assert text in headline(pace_of(alarms), english.t)


def test_the_chart_states_it_and_the_chance_is_said_then_and_now(look):
    chart, chance, note = pace(pace_of(["within", "below"]), look)
    assert isinstance(chart, Chart)
    assert chart.title == headline(pace_of(["within", "below"]), look.t)
    assert len(chart.table.frame) == 4
    assert "60%" in chance.text
    assert "40%" in chance.text
    assert look.t.money(500_000, "EUR") in chance.text
    assert note.kind == "limits"


def test_what_came_in_after_the_last_full_week_is_said_to_be_in_the_amount(english):
    found = pace_of(["within", "within"])
    last = found.rows["ends"].iloc[1]
    (chart, *_) = pace(found._replace(as_of=last + dt.timedelta(days=3)), english)
    assert chart.reading.endswith("what came in after it counts in the amount below.")
    (chart, *_) = pace(found._replace(as_of=last), english)
    assert "last full week" not in chart.reading


def test_a_goal_reached_or_missed_needs_no_chance(english):
    reached = pace(pace_of(["within"], so_far=600_000.0), english)[1]
    assert reached.text.endswith("The goal is reached.")
    missed = pace(pace_of(["within"] * 4, state="over", now=0.0), english)[1]
    assert "was not reached" in missed.text
    unknown = pace(pace_of(["within"], now=None), english)[1]
    assert "cannot be told" in unknown.text


def test_what_is_left_out_or_late_is_said(english):
    plan = plan_of(agreed=Agreed(plan_of().agreed.goal, dt.date(2026, 7, 20)))
    text = pace(pace_of(["within"], plan=plan, unvalued=3), english)[2].text
    assert "agreed on 20 July 2026" in text
    assert "3 deals have no amount" in text


def test_nothing_to_show_is_said_with_what_to_do(look):
    (early,) = pace(pace_of([], plan=None, state="not_begun"), look)
    assert early.kind == "next"
    thin = pace(pace_of([], plan=plan_of(outlook=None), state="too_thin"), look)
    assert thin[0].kind == "next"
    first = pace(pace_of([], state="first_week"), look)
    assert look.t.date(dt.date(2026, 7, 7)) in first[0].text
    missing = ready("goal", missing=("deals.amount",))
    (unanswered,) = pace(pace_of([], ready=missing, state="unanswered"), look)
    assert len(unanswered.points) == 1


def test_weeks_outside_the_band_have_a_mark_of_their_own(ax, english):
    band(pace_of(["within", "below", "above"]), english.t, COLORS, ax)
    marked = [line for line in ax.lines if line.get_marker() == "s"]
    assert list(marked[0].get_xdata()) == [2, 3]
    assert ax.get_ylim()[1] > 4_100


def gap_of(**changes) -> Gap:
    rows = pd.DataFrame(
        [
            ("volume", 50.0, 40.0, -10_000.25),
            ("rate", 0.2, 0.25, 15_000.5),
            ("value", 20_000.0, np.nan, 0.0),
            ("timing", 0.6, 0.55, -4_000.0),
            ("earlier", 30_000.0, 10_000.0, -20_000.0),
        ],
        columns=["factor", "planned", "actual", "part"],
    )
    commitments = pd.DataFrame(
        [
            ("marketing", "volume", 130, 50.0, 40, *[np.nan] * 4),
            ("sales", "rate", 0.2, 0.2, 0.25, 0.1, 0.5, 5, 20.0),
        ],
        columns=COMMITMENTS,
    )
    found = Gap(rows, 219_000.0, 200_000.25, 40, 22.0, commitments)
    return found._replace(**changes)


def test_the_gap_is_said_and_named_by_its_largest_parts(english):
    opening, chart, table, note = gap(gap_of(), pace_of(["within"]), english)
    assert opening.text.startswith(
        "By 30 July 2026 the plan expected €219,000; €200,000 came: €19,000 less."
    )
    assert "lies within the band" in opening.text
    assert chart.title == (
        "Biggest setback: MQLs of before the period (€20,000 less than planned). "
        "Biggest boost: Share that becomes a deal (€15,000 more)"
    )
    assert isinstance(table, Table)
    assert list(table.frame["seen"]) == ["40", "25%"]
    assert "55%" in note.text
    outside = gap(gap_of(), pace_of(["below"]), english)[0]
    assert "lies within" not in outside.text


def test_whole_amounts_add_up_and_what_is_unseen_is_said(english):
    found, running = gap_of(), pace_of(["within"])
    rows = worded(found, running, running.plan, english.t)
    assert rows["shown"].sum() == 200_000 - 219_000
    unseen = rows.set_index("factor").loc["value", "detail"]
    assert unseen == "planned €20,000, not to be seen yet"


def test_each_part_begins_where_the_last_one_ended(ax, english):
    found, running = gap_of(), pace_of(["within"])
    rows = worded(found, running, running.plan, english.t)
    waterfall(found, running, rows, english.t, COLORS, ax)
    bars = [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    assert len(bars) == len(rows) + 2
    assert bars[1] == (209_000.0, 10_000.0)
    assert bars[2][0] == 209_000.0
    hatched = [bar.get_hatch() for bar in ax.patches[1:-1]]
    assert [bool(one) for one in hatched] == list(rows["shown"] < 0)


TRIAL = Experiment(
    tries="a call on the day itself.",
    with_whom="all MQLs",
    measure="to_sql",
    at_least=0.45,
    hits=36,
    of=120,
    starts_on=dt.date(2026, 9, 1),
    ends_on=dt.date(2026, 9, 30),
    if_not="call as before",
)


def told_of(state: str, seen: Seen | None = None, trial: Experiment = TRIAL) -> Told:
    decision = SimpleNamespace(what="We try it.", decision_id=4)
    finding = judge(trial.trial, seen) if state == "judged" else None
    return Told(decision, trial, state, seen, finding)


def test_the_sentence_says_it_all(english):
    assert sentence(TRIAL, "speed counts.", english.t) == (
        "We try a call on the day itself with all MQLs, because we think that speed counts. "
        "It starts on 1 September 2026. It has worked if by 30 September 2026 the share of MQLs "
        "that become SQL within 14 days is at least 45%; now it is 30% (36 of 120). "
        "If not, we stop and call as before."
    )


def test_it_is_said_beforehand_whether_a_month_can_tell(english, dutch):
    found = foresee(TRIAL.trial, 40)
    said = foresight_text(TRIAL, 40, found, english.t)
    assert said.startswith("These 30 days bring about 40 of them. That cannot tell")
    assert "Below 48%" in said
    clear = TRIAL.model_copy(update={"at_least": 0.6})
    assert "Dat kan iets zeggen" in foresight_text(clear, 40, foresee(clear.trial, 40), dutch.t)
    none = foresight_text(TRIAL, 1, foresee(TRIAL.trial, 1), english.t)
    assert "no result can be told from chance" in none
    less = TRIAL.model_copy(update={"measure": "untouched", "at_least": 0.25})
    assert "Above 15%" in foresight_text(less, 40, foresee(less.trial, 40), english.t)
    hand = TRIAL.model_copy(update={"measure": "by_hand", "counts": "talks", "at_least": 60})
    assert "30 days" in foresight_text(hand, 0, foresee(hand.trial, 30), english.t)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (told_of("to_come"), "starts on 1 September 2026"),
        (told_of("running", Seen(2, 9)), "runs until 30 September 2026"),
        (told_of("waiting", Seen(20, 30)), "14 October 2026 or later"),
        (told_of("to_count"), "Fill in what you counted"),
        (told_of("no_data"), "import a new export"),
        (told_of("judged", Seen(24, 40)), "It has worked"),
        (told_of("judged", Seen(8, 40)), "It has not worked"),
        (told_of("judged", Seen(15, 40)), "It cannot be told"),
    ],
)
def test_what_became_of_an_experiment(found, text, english):
    (shown,) = experiments([found], english.t)
    assert text in shown.text
    assert shown.points[0] == "Agreed: We try it."


def test_what_was_measured_has_its_interval(english):
    measured = told_points(told_of("judged", Seen(24, 40)), english.t)[-1]
    assert measured.startswith("Measured: 60% (24 of 40); 95% interval 45–74%.")
    hand = TRIAL.model_copy(
        update={"measure": "by_hand", "counts": "talks", "at_least": 60, "hits": 40, "of": 30}
    )
    counted = told_points(told_of("judged", Seen(70, 30), hand), english.t)
    assert "70 in 30 days; 95% interval 55 to 88" in counted[-1]
    assert "40 in 30 days" in counted[1]


def test_without_an_experiment_there_is_a_next_step(look):
    (note,) = experiments([], look.t)
    assert isinstance(note, Note)
    assert note.kind == "next"


def test_how_things_are_now(english):
    days = (dt.date(2026, 6, 1), dt.date(2026, 8, 29))
    assert "30%, 36 of the 120" in now_text(Now(36, 120, *days, 1.0), True, english.t)
    assert "None came in" in now_text(Now(0, 0, *days, 0.0), True, english.t)
    assert "90 leads" in now_text(Now(90, 90, *days, 1.0), False, english.t)
