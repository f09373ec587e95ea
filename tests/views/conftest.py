"""Answers made by hand, so that what a view says of them can be worked out on paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from workshop.analysis import pace
from workshop.analysis.channels import by_channel, overall_rate
from workshop.analysis.funnel import by_cohort, leak, overall
from workshop.analysis.history import by_level, missingness
from workshop.analysis.ten import compare
from workshop.analysis.velocity import by_group
from workshop.crm.readiness import Ready
from workshop.i18n import Translator
from workshop.questions.channels import WINDOW, Channels
from workshop.questions.funnel import Funnel
from workshop.questions.goal import GoalAnswer
from workshop.questions.period import parse_period
from workshop.questions.velocity import Curves, Velocity
from workshop.questions.won_lost import Sample, WonLost
from workshop.session.store import Store, open_file
from workshop.views.look import Look

STEP_ORDER = pd.CategoricalDtype(["lead", "mql", "sql", "opportunity", "won"], ordered=True)


@pytest.fixture(params=["nl", "en"])
def look(request) -> Look:
    """The look of a report in each language."""
    return Look(Translator(request.param), "#1f4e79")


@pytest.fixture
def english() -> Look:
    """The look of a report in English."""
    return Look(Translator("en"), "#1f4e79")


@pytest.fixture
def dutch() -> Look:
    """The look of a report in Dutch, for Belgium."""
    return Look(Translator("nl"), "#1f4e79")


@pytest.fixture
def ax() -> Iterator[Axes]:
    """Axes to draw on, closed afterwards."""
    _, ax = plt.subplots()
    yield ax
    plt.close("all")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A session database of its own."""
    opened = open_file(tmp_path / "session.db")
    yield opened
    opened.close()


def ready(question: str, missing=(), caveats=()) -> Ready:
    """Return a verdict on a question."""
    status = "not_answerable" if missing else "caveat" if caveats else "answerable"
    return Ready(question, status, tuple(missing), tuple(caveats))


def funnel_of(steps: dict[tuple[str, str], list[tuple[str, int, int]]], *, caveats=()) -> Funnel:
    """Return a funnel of cohorts given as (month, entered, converted), all within ten days.

    The as-of date is 31 December 2025: with windows of 30 days, December's cohort is not mature.
    """
    rows = []
    for (before, after), cohorts in steps.items():
        for month, entered, converted in cohorts:
            end = pd.Period(month, freq="M").end_time.date()
            for lag, n in ((10, converted), (None, entered - converted)):
                rows.append((month, end, before, after, lag, n))
    columns = ["cohort", "cohort_end", "from_stage", "to_stage", "lag_days", "entered"]
    counts = pd.DataFrame(rows, columns=columns)
    counts = counts.astype({"from_stage": STEP_ORDER, "to_stage": STEP_ORDER})
    cohorts = by_cohort(counts, dt.date(2025, 12, 31), dict.fromkeys(steps, 30))
    totals = overall(cohorts)
    return Funnel(
        ready=ready("funnel", caveats=caveats),
        rows=cohorts,
        steps=totals,
        leaks=leak(totals),
        windows=pd.DataFrame(),
        visitors=pd.DataFrame(
            {"period": ["2025-10"], "visitors": [1000], "engaged_visitors": [200], "leads": [50]}
        ),
        caveats=tuple(caveats),
    )


@pytest.fixture
def two_steps() -> Funnel:
    """Of 300 leads 150 became MQL, of 150 MQLs 45 SQL; December is not mature."""
    months = ["2025-09", "2025-10", "2025-11", "2025-12"]
    mqls = zip(months, [100] * 4, [50, 45, 55, 10], strict=True)
    sqls = zip(months, [50] * 4, [10, 30, 5, 1], strict=True)
    return funnel_of({("lead", "mql"): list(mqls), ("mql", "sql"): list(sqls)})


@pytest.fixture
def one_step() -> Funnel:
    """Of 60 deals 24 were won."""
    return funnel_of(
        {("opportunity", "won"): [("2025-09", 20, 4), ("2025-10", 20, 8), ("2025-11", 20, 12)]}
    )


def deals_of(levels: dict[str, tuple[int, int]], side: int = 10) -> pd.DataFrame:
    """Return picked deals: per level of ``sector``, how many of the won and of the others."""
    rows = []
    for place, name in enumerate(("won", "lost")):
        values = [level for level, counts in levels.items() for _ in range(counts[place])]
        for number in range(side):
            level = values[number] if number < len(values) else None
            rows.append((f"{name}-{number}", name, "2025Q1", level))
    return pd.DataFrame(rows, columns=["deal_id", "side", "stratum", "sector"])


def won_lost_of(
    ten: dict[str, tuple[int, int]],
    past: dict[str | None, tuple[int, int]],
    *,
    known: bool = True,
    stalled: int = 0,
    caveats=(),
) -> WonLost:
    """Return an answer on one trait: the ten against ten, and won and lost of the history."""
    rows = compare(deals_of(ten), ["sector"], seed=0, permutations=500)
    rows = rows.assign(known_at_creation=known)
    counts = pd.DataFrame(
        [("sector", level, known, won, lost, 0) for level, (won, lost) in past.items()],
        columns=["trait", "level", "known_at_creation", "won", "lost", "open"],
    )
    ids = {"won": [f"W{n}" for n in range(10)], "lost": [f"L{n}" for n in range(10)]}
    days = 30 if stalled else None
    return WonLost(
        ready=ready("won-lost", caveats=caveats),
        rows=rows,
        rows_without_stalled=rows,
        history=by_level(counts),
        missingness=missingness(counts),
        confounded=pd.DataFrame(columns=["trait", "confounder", "deals", "cramers_v"]),
        within=pd.DataFrame(),
        sample=Sample(ids, 7, "matched_quarter_customer_type", 18, stalled, days),
        too_many_levels=(),
        caveats=tuple(caveats),
    )


@pytest.fixture
def silent() -> WonLost:
    """Nothing to find: half of everything is won."""
    return won_lost_of({"Food": (5, 5), "IT": (5, 5)}, {"Food": (50, 50), "IT": (40, 40)})


@pytest.fixture
def telling() -> WonLost:
    """Sector Food wins 80 of 100, IT 20 of 100; a blank sector wins 1 of 40."""
    return won_lost_of(
        {"Food": (9, 0), "IT": (1, 10)},
        {"Food": (80, 20), "IT": (20, 80), None: (1, 39)},
        stalled=2,
    )


def goal_of(**given) -> GoalAnswer:
    """Return a pipeline goal of 100,000 in 2026Q1, at 50% with 200 MQLs and 80% with 240."""
    rows = pd.DataFrame({"mqls": [100, 200, 300], "probability": [0.001, 0.5, 0.9995]})
    sensitivity = pd.DataFrame(
        {
            "lever": ["qualification_rate", "value", "volume", "timing", "win_rate"],
            "low": [0.2, 9000.0, 190.0, 0.8, 0.4],
            "high": [0.3, 11000.0, 210.0, 0.81, 0.5],
            "probability_low": [0.3, 0.4, 0.45, 0.499, 0.5],
            "probability_high": [0.7, 0.6, 0.55, 0.501, 0.5],
        }
    )
    commitments = pd.DataFrame(
        {
            "team": ["marketing", "sales"],
            "measure": ["opportunities", "win_rate"],
            "stage": [None, None],
            "expected": [50.4, 0.45],
            "low": [40.0, 0.4],
            "high": [60.0, 0.5],
        }
    )
    answer = GoalAnswer(
        ready=ready("goal"),
        rows=rows,
        kind="pipeline",
        target=100_000.0,
        currency="EUR",
        period=parse_period("2026Q1"),
        baseline=900_000.0,
        baseline_period=parse_period("2025Q1"),
        needed_at_80=240,
        planned=200,
        planned_probability=0.5,
        earlier=None,
        unit="mql",
        sensitivity=sensitivity,
        commitments=commitments,
        rates={"mqls": 800, "opportunities": 200, "closed": 100, "won": 45, "values": 150},
        proposed=True,
        caveats=("goal_proposed",),
    )
    return answer._replace(**given)


@pytest.fixture
def proposal() -> GoalAnswer:
    """A goal that nobody agreed on yet."""
    return goal_of()


def channels_of(leads: dict[str | None, tuple[int, int]], young=(), by="source", **given):
    """Return an answer from (mature leads, won) per channel; ``young`` ones have no mature lead."""
    rows = [
        (name, n, won, 0 if name in young else n, 0 if name in young else won)
        for name, (n, won) in leads.items()
    ]
    counts = pd.DataFrame(rows, columns=["channel", "leads", "won", "mature_leads", "mature_won"])
    judged = by_channel(counts)
    rate = overall_rate(judged) if judged["mature_leads"].sum() else None
    answer = Channels(
        ready("channels"), judged, by, WINDOW, rate, (), pd.DataFrame(), pd.DataFrame()
    )
    return answer._replace(**given)


def durations_of(groups: dict[str | None, list[tuple[int, str, int]]]) -> pd.DataFrame:
    rows = [(name, *cell) for name, cells in groups.items() for cell in cells]
    return pd.DataFrame(rows, columns=["group", "days", "outcome", "deals"])


def velocity_of(counted: pd.DataFrame, caveats=()) -> tuple[Velocity, Curves]:
    """Return what the question makes of counts of deals, and their curves."""
    whole = pace.of_all(counted, 0)
    day = pace.half_way(whole)
    known = counted.dropna(subset="group")
    tested = pd.DataFrame()
    if day is not None:
        tested = pace.against_rest(known, day, 0).merge(pace.half_decided(known), on="group")
    seen = counted if known.empty else known
    answer = Velocity(
        ready("velocity", caveats=caveats),
        by_group(counted, 0),
        "sector",
        tuple(caveats),
        whole,
        day,
        tested,
    )
    return answer, Curves(pace.curves(seen, 180), pace.curves(seen.assign(group="all"), 180))


@pytest.fixture
def outcomes() -> pd.DataFrame:
    """Deals in two currencies; of those still open no amount is known."""
    return pd.DataFrame(
        {
            "state": ["lost", "open", "won", "won"],
            "currency": ["EUR", "EUR", "EUR", "GBP"],
            "deals": [55, 10, 44, 1],
            "amount": [300_000.0, np.nan, 700_000.0, 5_000.0],
        }
    )
