"""Tell won, lost and open apart: by the words of a stage, or by columns that say so."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from workshop.crm.schema import OUTCOMES
from workshop.crm.sql import identifier, literals
from workshop.errors import InputError

TRUE_WORDS = ("true", "1", "yes", "y", "ja", "waar", "x")
FALSE_WORDS = ("false", "0", "no", "n", "nee", "neen", "onwaar")


@cache
def known_stages() -> dict[str, str]:
    """Return the outcome of every stage name that is known, in lower case."""
    with Path(__file__).with_name("stages.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return dict(rows)


def stage_outcomes(stages: Collection[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the outcome of each stage that is known or was given; the others are left out.

    Raises ``InputError`` where an outcome is not one of won, lost, open.
    """
    for stage, outcome in given.items():
        if outcome not in OUTCOMES:
            raise InputError("unknown_outcome", stage=stage, given=outcome, allowed=list(OUTCOMES))
    said = {stage.strip().casefold(): outcome for stage, outcome in given.items()}
    words = {**known_stages(), **said}
    return {
        stage: words[stage.strip().casefold()]
        for stage in stages
        if stage.strip().casefold() in words
    }


def outcome_sql(columns: Collection[str]) -> str:
    """Return the SQL of a deal's outcome from what its columns say outright, then its stage.

    ``columns`` are those the file fills; ``_outcome``, ``_won_status`` and ``_stage`` hold what
    the words of these stand for (won, lost, open or null).
    """
    says = [f"_{name}" for name in ("outcome", "won_status") if name in columns]
    if "is_won" in columns:
        says.append(f"CASE WHEN {_is('is_won', TRUE_WORDS)} THEN 'won' END")
    if "is_lost" in columns:
        says.append(f"CASE WHEN {_is('is_lost', TRUE_WORDS)} THEN 'lost' END")
    if "is_closed" in columns:
        if "is_won" in columns:
            says.append(
                f"CASE WHEN {_is('is_closed', TRUE_WORDS)} AND {_is('is_won', FALSE_WORDS)} "
                "THEN 'lost' END"
            )
        says.append(f"CASE WHEN {_is('is_closed', FALSE_WORDS)} THEN 'open' END")
    says += [
        f"CASE WHEN {identifier(name)} IS NOT NULL THEN '{outcome}' END"
        for name, outcome in (("won_at", "won"), ("lost_at", "lost"))
        if name in columns
    ]
    if "active" in columns:
        if "stage" in columns:
            says.insert(0, "CASE WHEN _stage = 'won' THEN 'won' END")
        says.append(f"CASE WHEN {_is('active', FALSE_WORDS)} THEN 'lost' END")
    if "stage" in columns:
        says.append("_stage")
    return f"coalesce({', '.join(says)})" if says else "NULL::VARCHAR"


def _is(column: str, words: Collection[str]) -> str:
    return f"lower(trim({identifier(column)})) IN ({literals(words)})"
