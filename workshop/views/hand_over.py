"""The hand-over: how long leads wait, and how often longer than was agreed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workshop.i18n import NOTHING, Translator
from workshop.questions.hand_over import OBSERVED, HandOver
from workshop.views.display import Chart, Column, Prose, Shown, Table
from workshop.views.first_touch import delays, speed, type_column, type_names, type_phrase, typed
from workshop.views.hours import agreed, waited
from workshop.views.look import Look, caveats, limits, lines_of, span, unanswered
from workshop.views.rule_words import status_name
from workshop.views.waits_chart import breaches_chart, waits_chart

ENOUGH = 10
"""Leads with their whole time limit under which a share says next to nothing."""
SHOWN = 12
_TOLD = ("no_rules", "speed_is_no_proof")


def waiting(answer: HandOver, day_hours: float, look: Look) -> tuple[Shown, ...]:
    """Show how long leads wait, how often that is too long, and what goes with it."""
    t = look.t
    if answer.ready.missing:
        return unanswered(look, answer.ready)
    if answer.rows.empty:
        return (Prose(t("hand_over.nothing_dated")), *caveats(look, answer.caveats, _TOLD))
    return (
        Prose(headline(answer, day_hours, t)),
        *_chart(answer, day_hours, look),
        _table(answer.rows, day_hours, t),
        *delays(answer, day_hours, t),
        *speed(answer, day_hours, t),
        limits(look, _limits(answer.rows, t), answer.caveats, _TOLD),
    )


def headline(answer: HandOver, day_hours: float, t: Translator) -> str:
    """Say which rule is kept least, or how long leads wait where no limit can be judged."""
    limited = _judged(answer.rows)
    if limited.empty:
        return _waits_text(answer.rows, day_hours, t)
    row = lines_of(limited)[0]
    return t(
        "hand_over.late.clear" if stands_out(limited) else "hand_over.late",
        rule=row.rule,
        who=type_phrase(t, row.customer_type, limited),
        share=row.breached_share,
        n=row.mature_leads,
        limit=agreed(t, row.limit_hours, day_hours),
        span=span(t, row.breached_low, row.breached_high),
    )


def stands_out(judged: pd.DataFrame) -> bool:
    """Tell whether the limit that was passed most often lies apart from all others."""
    return len(judged) > 1 and bool(
        judged["breached_low"].iloc[0] > judged["breached_high"].iloc[1:].max()
    )


def _limits(rows: pd.DataFrame, t: Translator) -> str:
    """Say what waits do not show, and what rules that came later do not judge."""
    if rows["limit_hours"].isna().all():
        return t("hand_over.limits")
    return f"{t('hand_over.limits')} {t('hand_over.limits.rules')}"


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose limit enough leads have had, the most often passed first."""
    enough = rows[rows["mature_leads"].fillna(0) >= ENOUGH]
    return enough.sort_values("breached_share", ascending=False, kind="stable")


def _waits_text(rows: pd.DataFrame, day_hours: float, t: Translator) -> str:
    """Say who waits longest and shortest for the first contact, and how many got none."""
    observed = _apart(rows)
    status = str(observed["from_status"].iloc[0])
    observed = observed[observed["from_status"] == status]
    known = observed[observed["median_hours"].notna()].sort_values("median_hours")
    untouched, leads = int(observed["untouched"].sum()), int(observed["leads"].sum())
    left = t("hand_over.untouched", untouched=untouched, n=leads, share=untouched / leads)
    if known.empty:
        return left
    ends = lines_of(known)
    longest, shortest = ends[-1], ends[0]
    values = {
        "status": status_name(t, status),
        "who": type_phrase(t, longest.customer_type, known),
        "wait": waited(t, longest.median_hours, day_hours),
    }
    if len(known) == 1:
        return f"{t('hand_over.waits', **values)} {left}"
    text = t(
        "hand_over.waits.apart",
        **values,
        other=type_phrase(t, shortest.customer_type, known),
        less=waited(t, shortest.median_hours, day_hours),
    )
    return f"{text} {left}"


def _apart(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep one row for leads that wait in one status, that of a rule with a limit if there is one.

    Rules that begin in one status watch the same wait: its end is whatever happens first.
    """
    limited = rows.assign(limitless=rows["limit_hours"].isna())
    first = limited.sort_values("limitless", kind="stable")
    kept = first.drop_duplicates(["from_status", "customer_type"]).index
    return rows.loc[rows.index.isin(kept)]


def _chart(answer: HandOver, day_hours: float, look: Look) -> tuple[Chart, ...]:
    t, judged = look.t, _judged(answer.rows)
    if len(judged):
        drawn = judged.head(SHOWN)
        names = [_row_name(row, answer.rows, t) for row in lines_of(drawn)]
        first = lines_of(drawn)[0]
        limit = agreed(t, first.limit_hours, day_hours)
        title = t(
            "hand_over.breaches.title", share=first.breached_share, name=names[0], limit=limit
        )
        return (breaches_chart(drawn, names, day_hours, title, stands_out(judged), look),)
    drawn = _apart(answer.rows).head(SHOWN)
    if drawn["median_hours"].isna().all():
        return ()
    names = [_row_name(row, answer.rows, t) for row in lines_of(drawn)]
    waits = list(drawn["median_hours"].fillna(0))
    name, wait = names[waits.index(max(waits))], waited(t, max(waits), day_hours)
    title = t("hand_over.waits.title", name=name, wait=wait)
    return (waits_chart(drawn, names, day_hours, title, look),)


def _row_name(row: Any, rows: pd.DataFrame, t: Translator) -> str:
    """Name a row by its rule and type of customer, as far as these tell rows apart."""
    rule = t("hand_over.observed") if row.rule == OBSERVED else str(row.rule)
    if not typed(rows):
        return rule
    kind = t("label.unknown") if pd.isna(row.customer_type) else str(row.customer_type)
    return kind if row.rule == OBSERVED else f"{rule}, {kind}"


def _table(rows: pd.DataFrame, day_hours: float, t: Translator) -> Table:
    kept = _apart(rows)
    ordered = pd.concat([kept, rows.drop(kept.index)])
    lines = lines_of(ordered)
    frame = ordered.assign(
        rule_text=[t("hand_over.observed") if r.rule == OBSERVED else r.rule for r in lines],
        type_text=type_names(lines, t),
        median_text=[waited(t, row.median_hours, day_hours) for row in lines],
        p90_text=[waited(t, row.p90_hours, day_hours) for row in lines],
        limit_text=[
            NOTHING if pd.isna(row.limit_hours) else agreed(t, row.limit_hours, day_hours)
            for row in lines
        ],
        interval=[span(t, row.breached_low, row.breached_high) for row in lines],
    )
    notes = [t("hand_over.table.note")]
    columns = [
        Column("rule_text", t("hand_over.header.rule")),
        *type_column(rows, t),
        Column("leads", t("table.leads"), "count"),
        Column("untouched", t("hand_over.header.untouched"), "count"),
        Column("median_text", t("hand_over.header.median"), align="end"),
        Column("p90_text", t("hand_over.header.p90"), align="end"),
    ]
    if rows["limit_hours"].notna().any():
        columns += [
            Column("limit_text", t("hand_over.header.limit"), align="end"),
            Column("breached_share", t("hand_over.header.late"), "percent"),
            Column("interval", t("label.interval"), align="end"),
        ]
        notes.append(t("hand_over.table.note.late"))
    title = t("hand_over.table.title")
    return Table(frame, "waits", title, tuple(columns), t, tuple(notes), min(len(kept), SHOWN))
