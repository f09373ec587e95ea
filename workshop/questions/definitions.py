"""What do our words for a lead mean on our own history, and which words would do better."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from workshop.analysis import replay as estimators
from workshop.analysis import suggest
from workshop.criteria import Clause, Definition, Side, criteria
from workshop.crm import crosses
from workshop.crm.fact_fields import fact_fields, field_of, unseen
from workshop.crm.readiness import Ready, readiness_of
from workshop.crm.replay import OUTCOMES, Judging
from workshop.crm.tables import Tables
from workshop.questions.replayer import Replayer, check_from

QUESTION = "definitions"
AT_CREATION = Judging(landmark_days=0)
"""Suggestions are about what is known when a lead comes in, so there is nothing to wait for."""
ROWS = [
    "term",
    "version",
    "side",
    "period",
    "leads",
    "true",
    "false",
    "unknown",
    "won",
    "passed_won",
    "precision",
    "precision_low",
    "precision_high",
    "recall",
    "recall_low",
    "recall_high",
    "lift",
    "lift_low",
    "lift_high",
]


class Definitions(NamedTuple):
    """Each term's versions replayed (``rows``), and rules that history suggests.

    ``won`` in every frame means the term's outcome within its window; see ``terms``, which has a
    row per term: term, version, landmark_days, window_days, outcome, check_from. ``won_missed``:
    term, side, period, deal_id, verdict. ``passed_per_month``: term, side, month, leads, true,
    false, unknown, complete. ``versions_table``: term, first, second, first_verdict,
    second_verdict, leads, won. ``before_landmark``: term, before_landmark, leads, won.
    ``not_vouched`` and ``unseen`` name the fields and values that a definition should not rest on:
    term, side, field (and value). ``suggestions``: outcome and the fields of
    `workshop.analysis.suggest.Suggestions`; ``searches``: outcome, rules_tried, rule_found,
    check_from.
    """

    ready: Ready
    rows: pd.DataFrame
    terms: pd.DataFrame
    won_missed: pd.DataFrame
    passed_per_month: pd.DataFrame
    versions_table: pd.DataFrame
    before_landmark: pd.DataFrame
    not_vouched: pd.DataFrame
    unseen: pd.DataFrame
    suggestions: pd.DataFrame
    searches: pd.DataFrame
    caveats: tuple[str, ...]


class _Replayed(NamedTuple):
    """One term's frames."""

    rows: pd.DataFrame
    terms: pd.DataFrame
    won_missed: pd.DataFrame
    passed_per_month: pd.DataFrame
    versions_table: pd.DataFrame
    before_landmark: pd.DataFrame
    not_vouched: pd.DataFrame
    unseen: pd.DataFrame


def definitions(tables: Tables, given: Sequence[Definition] = (), seed: int = 0) -> Definitions:
    """Answer the question for the definitions of a workspace; without any, by suggestions only.

    Leads without dates are split at random by ``seed`` instead of by time.

    Raises ``InputError`` for a criterion that does not fit this CRM.
    """
    ready = readiness_of(tables, QUESTION)
    if ready.missing or tables.leads is None:
        nothing = dict.fromkeys(_Replayed._fields, pd.DataFrame())
        return Definitions(
            ready,
            suggestions=pd.DataFrame(),
            searches=pd.DataFrame(),
            caveats=ready.caveats,
            **nothing,
        )
    parts = [
        _replay(tables, definition, seed)
        for definition in sorted(given, key=lambda definition: definition.term)
        if definition.sides
    ]
    replayed = _Replayed(*map(_stacked, zip(*parts, strict=True))) if parts else _nothing()
    found, searches = _suggest(tables, seed)
    return Definitions(
        ready=ready,
        **replayed._asdict(),
        suggestions=found,
        searches=searches,
        caveats=(*ready.caveats, *_caveats(replayed, searches, tables.dated_leads)),
    )


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True)


def _nothing() -> _Replayed:
    empty = pd.DataFrame()
    return _Replayed(pd.DataFrame(columns=ROWS), *[empty] * 7)


def _replay(tables: Tables, definition: Definition, seed: int) -> _Replayed:
    sides = definition.sides
    judging = Judging(definition.landmark_days, definition.window_days, definition.outcome, seed)
    with Replayer(tables, judging, only=sides.values()) as replayer:
        counts, missed = replayer.counts(sides), replayer.won_missed(sides)
    scored = estimators.scores(counts, list(sides)).assign(version=definition.version)
    frames = {
        "rows": scored,
        "terms": _term(definition, replayer.check_from),
        "won_missed": missed,
        "passed_per_month": _per_month(tables, counts, list(sides), judging),
        "versions_table": estimators.versions_table(counts, list(sides)),
        "before_landmark": estimators.before_landmark(counts),
        "not_vouched": _not_vouched(tables, definition.sides),
        "unseen": _unseen(tables, definition.sides),
    }
    for frame in frames.values():
        if "term" not in frame:
            frame.insert(0, "term", definition.term)
    frames["rows"] = frames["rows"][ROWS]
    return _Replayed(**frames)


def _per_month(
    tables: Tables, counts: pd.DataFrame, sides: Sequence[Side], judging: Judging
) -> pd.DataFrame:
    """Count what passed per month; nothing where leads have no dates."""
    if tables.as_of is None or not tables.dated_leads:
        return estimators.passed_per_month(counts, [], dt.date.max)
    complete_until = tables.as_of - dt.timedelta(days=judging.landmark_days)
    return estimators.passed_per_month(counts, sides, complete_until)


def _term(definition: Definition, check_from: dt.date | None) -> pd.DataFrame:
    fields = definition.model_dump(
        include={"term", "version", "landmark_days", "window_days", "outcome"}
    )
    return pd.DataFrame([{**fields, "check_from": check_from}])


def _not_vouched(tables: Tables, sides: dict[Side, Clause]) -> pd.DataFrame:
    """Find the fields that nobody vouched for as known before the outcome."""
    known = fact_fields(tables)
    found = {
        (side, criterion.field): None
        for side, clause in sides.items()
        for criterion in criteria(clause)
        if not field_of(criterion, known).vouched
    }
    return pd.DataFrame(list(found), columns=["side", "field"])


def _unseen(tables: Tables, sides: dict[Side, Clause]) -> pd.DataFrame:
    """Find the values that no lead has: a typing error, or a word from elsewhere."""
    rows = [
        (side, field, value)
        for side, clause in sides.items()
        for field, value in unseen(clause, tables)
    ]
    return pd.DataFrame(rows, columns=["side", "field", "value"])


def _suggest(tables: Tables, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Search rules on what was known at creation, for either outcome."""
    vouched = [name for name, known in tables.traits("leads").items() if known]
    judging = replace(AT_CREATION, seed=seed)
    check_day = check_from(tables, judging)
    levels = crosses.level_counts(tables, vouched, judging, check_day)
    chosen = suggest.candidates(levels.assign(won=levels[_telling(levels)]))
    counted = crosses.crosses(tables, chosen, judging, check_day)
    parts, searches = [], []
    for outcome in OUTCOMES:
        found = suggest.suggest(counted.assign(won=counted[outcome]), chosen)
        rows = found.rows.copy()
        rows.insert(0, "outcome", outcome)
        parts.append(rows)
        searches.append((outcome, found.rules_tried, found.rule_found, check_day))
    columns = ["outcome", "rules_tried", "rule_found", "check_from"]
    return _stacked(parts), pd.DataFrame(searches, columns=columns)


def _telling(levels: pd.DataFrame) -> str:
    """Choose the outcome that tells best which traits say something: the one nearest to half.

    Mostly that is the opportunity, being more frequent; where every lead has a deal it says
    nothing.
    """
    rate = levels[list(OUTCOMES)].sum() / max(int(levels["leads"].sum()), 1)
    return str((rate * (1 - rate)).idxmax())


def _caveats(replayed: _Replayed, searches: pd.DataFrame, dated: bool) -> list[str]:
    """Return the codes of what a reader should know before believing the answer."""
    rows = replayed.rows
    before = replayed.before_landmark
    found = {
        "no_definition": rows.empty,
        "no_mature_lead": dated and bool(searches["check_from"].isna().all()),
        "most_before_landmark": not before.empty and _mostly_before(before),
        "criterion_not_vouched": not replayed.not_vouched.empty,
        "value_never_seen": not replayed.unseen.empty,
        "no_rule_found": not searches["rule_found"].any(),
    }
    return [code for code, holds in found.items() if holds]


def _mostly_before(before: pd.DataFrame) -> bool:
    """Tell whether a term judges most of its winners too late."""
    won = before.pivot(index="term", columns="before_landmark", values="won")
    return bool((won[True] > won[False]).any())
