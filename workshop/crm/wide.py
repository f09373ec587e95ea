"""Unfold stage history that an export holds in wide form, a column a stage."""

from __future__ import annotations

import re

from workshop.crm.columns import RAW
from workshop.crm.convert import to_utc
from workshop.crm.recognise import TRAIT
from workshop.crm.sql import identifier, literal
from workshop.crm.staging import ROWS, Staging

RELATION = "_wide"
FILLED = frozenset({"record", "record_id", "stage", "entered_at"})

_WIDE = re.compile(
    r'^(?:date entered|datum (?:ingegaan|binnengekomen|ingevoerd)) "(?P<stage>.+)"$', re.IGNORECASE
)
_PIPELINE = re.compile(r" \([^()]*\)$")
_API = re.compile(r"^hs_(?:v2_)?date_entered_(?P<stage>(?!current_stage).+)$", re.IGNORECASE)


def stage_of(header: str) -> str | None:
    """Return the stage whose entry date a column holds, or ``None``.

    >>> stage_of('Date entered "Closed won (Sales Pipeline)"'), stage_of("Amount")
    ('Closed won', None)
    """
    found = _WIDE.match(header)
    if found:
        return _PIPELINE.sub("", found["stage"])
    found = _API.match(header)
    return found["stage"] if found else None


def unfold(staging: Staging) -> bool:
    """Build the ``stage_history`` rows of the kept records; tell whether there are any."""
    name, key = staging.table.name, staging.table.key
    stages = {
        header: stage
        for header, target in staging.recognised.targets.items()
        if target == TRAIT and (stage := stage_of(header)) is not None
    }
    if name not in ("leads", "deals") or not stages or key is None:
        return False
    converter = staging.converter
    entered = {header: converter.time(header, header) for header in stages}
    timed = any(header in converter.with_time for header in stages)
    parts = [
        f"SELECT {literal(name.removesuffix('s'))} AS record, {identifier(key)} AS record_id, "
        f"{literal(stage)} AS stage, {_alike(staging, header, timed)} AS entered_at FROM "
        f"(SELECT _file, _record, {entered[header]} AS entered_at FROM {RAW}) "
        f"JOIN {ROWS} USING (_file, _record) WHERE entered_at IS NOT NULL"
        for header, stage in stages.items()
    ]
    staging.connection.execute(f"CREATE OR REPLACE TABLE {RELATION} AS {' UNION ALL '.join(parts)}")
    _note_unread(staging, list(stages))
    return staging.number(f"SELECT count(*) FROM {RELATION}") > 0


def _alike(staging: Staging, header: str, timed: bool) -> str:
    if timed and header not in staging.converter.with_time:
        return to_utc("CAST(entered_at AS TIMESTAMP)", staging.converter.zone)
    return "entered_at"


def _note_unread(staging: Staging, headers: list[str]) -> None:
    doubtful = staging.converter.doubtful
    counts = {
        header: staging.number(
            f"SELECT count(*) FROM {RAW} WHERE {doubtful[header][0]} IS NOT NULL "
            f"AND ({doubtful[header][1]}) IS NULL"
        )
        for header in headers
        if header in doubtful
    }
    staging.note("unreadable_stage_date", sum(counts.values()), list(counts))
