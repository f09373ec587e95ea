"""Decide each deal's outcome and closing date from what the export says."""

from __future__ import annotations

from collections.abc import Collection

from workshop.crm.convert import to_utc
from workshop.crm.findings import counted
from workshop.crm.outcomes import outcome_sql, stage_outcomes
from workshop.crm.sql import identifier, literal
from workshop.crm.staging import ROWS, Staging

_STAGES = 100
_WORDS = ("stage", "outcome", "won_status")
_DATES = ("closed_at", "close_date", "won_at", "lost_at")
_SAY_OUTCOME = frozenset({*_WORDS, "is_won", "is_lost", "is_closed", "won_at", "lost_at", "active"})


def fills(given: frozenset[str]) -> frozenset[str]:
    """Return the columns that an export which fills ``given`` ones decides."""
    decides = {
        "outcome": _SAY_OUTCOME,
        "closed_at": frozenset(_DATES),
        "expected_close_at": frozenset({"closed_at", "close_date"}),
        "amount": frozenset({"amount_expected"}),
    }
    return frozenset(column for column, helpers in decides.items() if helpers & given)


def word_outcomes(staging: Staging) -> dict[str, str]:
    """Return, per column of words that tell an outcome, the SQL of that outcome over ``RAW``."""
    found = {}
    for name in _WORDS:
        if name in staging.request.constants:
            value = staging.request.constants[name]
            outcome = stage_outcomes([value], staging.request.stages).get(value)
            found[f"_{name}"] = literal(outcome) if outcome else "NULL::VARCHAR"
        elif name in staging.raw:
            header = staging.raw[name]
            values = list(staging.columns.distinct(header))
            outcomes = stage_outcomes(values, staging.request.stages)
            found[f"_{name}"] = staging.columns.replaced(header, outcomes, what="outcome")
    return found


def decided(staging: Staging, base: str, have: Collection[str]) -> str:
    """Return the SQL that fills ``outcome``, ``closed_at`` and ``expected_close_at``.

    ``base`` has the columns in ``have`` and those of `word_outcomes`. An open deal's only date is
    the expected one. Outcomes that nobody knows are null; ``_said`` is then the stage or status as
    it stands. ``_dated`` tells whether an open deal had a closing date.
    """
    words = [identifier(name) for name in _WORDS if name in have]
    said = f"coalesce({', '.join(words)})" if words else "NULL::VARCHAR"
    amount = "coalesce(amount, amount_expected)" if "amount_expected" in have else "amount"
    closed, expected = _moments(staging, have)
    return f"""
        WITH base AS ({base}),
        known AS (SELECT *, {outcome_sql(have)} AS _outcome FROM base),
        dated AS (SELECT *, {closed} AS _closed, {expected} AS _expected FROM known)
        SELECT * EXCLUDE (_outcome, _closed, _expected) REPLACE (
                _outcome AS outcome,
                {amount} AS amount,
                CASE WHEN _outcome = 'open' THEN NULL ELSE _closed END AS closed_at,
                CASE WHEN _outcome = 'open' THEN coalesce(_expected, _closed) ELSE _expected END
                    AS expected_close_at),
            CASE WHEN _outcome IS NULL THEN {said} END AS _said,
            _outcome = 'open' AND closed_at IS NOT NULL AS _dated
        FROM dated"""


def _moments(staging: Staging, have: Collection[str]) -> tuple[str, str]:
    """Return the SQL of the closing date and of the expected one, days and times made alike."""
    dates = [name for name in _DATES if name in have]
    with_time = staging.converter.with_time

    def first_of(*names: str, timed: bool) -> str:
        alike = [
            to_utc(f"CAST({name} AS TIMESTAMP)", staging.converter.zone)
            if timed and name not in with_time
            else name
            for name in names
            if name in have
        ]
        nothing = "NULL::TIMESTAMP" if timed else "NULL::DATE"
        return f"coalesce({', '.join([*alike, nothing])})"

    timed = any(name in with_time for name in dates)
    closed = f"""
        CASE _outcome WHEN 'won' THEN {first_of("won_at", "closed_at", "close_date", timed=timed)}
                      WHEN 'lost' THEN {first_of("lost_at", "closed_at", "close_date", timed=timed)}
                      WHEN 'open' THEN {first_of("closed_at", timed=timed)}
                      ELSE {first_of("closed_at", "close_date", timed=timed)} END"""
    timed = timed or "expected_close_at" in with_time
    stated = first_of("expected_close_at", timed=timed)
    expected = f"""
        CASE WHEN _outcome = 'open'
             THEN {first_of("expected_close_at", "close_date", "closed_at", timed=timed)}
             ELSE {stated} END"""
    return closed, expected


def settle_outcomes(staging: Staging) -> None:
    """Report the stages nobody knows: open without a closing date, set aside with one."""
    staging.note(
        "open_with_close_date",
        staging.number(f"SELECT count(*) FROM {ROWS} WHERE _dated"),
        ("closed_at",),
    )
    for code, where in (
        ("unknown_stage_open", "closed_at IS NULL"),
        ("unknown_stage_closed", "closed_at IS NOT NULL"),
    ):
        rows = staging.rows(
            f"SELECT _said, count(*) FROM {ROWS} "
            f"WHERE outcome IS NULL AND _said IS NOT NULL AND {where} GROUP BY 1"
        )
        stages = [(str(stage), int(n)) for stage, n in rows]
        staging.note(code, sum(n for _, n in stages), ("stage",), counted(stages, _STAGES))
    unsaid = f"SELECT count(*) FROM {ROWS} WHERE outcome IS NULL AND _said IS NULL"
    staging.note("missing_outcome", staging.number(unsaid), ("stage",))
    header = next((staging.raw[name] for name in _WORDS if name in staging.raw), None)
    unknown = "outcome IS NULL AND closed_at IS NOT NULL"
    staging.take_out(unknown, column=header, value="_said", reason="unknown_stage")
    staging.connection.execute(f"UPDATE {ROWS} SET outcome = 'open' WHERE outcome IS NULL")
