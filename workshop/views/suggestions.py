"""The rules that history suggests for a definition, and what the later leads make of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workshop.criteria import AllOf, Criterion
from workshop.i18n import Translator
from workshop.questions.definitions import Definitions
from workshop.views.definition_text import sentence
from workshop.views.definitions_tables import ratio
from workshop.views.display import Column, Prose, Shown, Table
from workshop.views.look import Look, limits, lines_of, listed
from workshop.views.naming import quoted

SHOWN = 5
_TOLD = (
    "no_definition",
    "no_rule_found",
    "criterion_not_vouched",
    "value_never_seen",
    "no_mature_lead",
)


def suggestions(answer: Definitions, look: Look) -> tuple[Shown, ...]:
    """Show what history suggests, and what the definitions and the rules do not show."""
    t = look.t
    if answer.ready.missing:
        return (Prose(t("definitions.nothing_to_suggest")),)
    rows = _ordered(answer)
    tables = (_table(rows, t),) if len(rows) else ()
    return (
        Prose(" ".join(found(answer, t))),
        *tables,
        limits(look, t("definitions.limits"), answer.caveats, _TOLD),
    )


def found(answer: Definitions, t: Translator) -> tuple[str, ...]:
    """Say which rules hold on leads that they were not chosen on, or that none does."""
    if "no_mature_lead" in answer.caveats:
        return (t("caveat.no_mature_lead"),)
    said = []
    for search in lines_of(answer.searches):
        rows = answer.suggestions[answer.suggestions["outcome"] == search.outcome]
        holds = rows[rows["verdict"] == "holds"].sort_values("check_lift", ascending=False)
        became = t(f"definitions.become.{search.outcome}")
        tried = int(search.rules_tried)
        if not tried:
            said.append(t("definitions.no_rule_tried", became=became))
        elif holds.empty:
            said.append(t("definitions.no_rule", tried=tried, became=became))
        else:
            rules = listed(t, [_with_lift(row, t) for row in lines_of(holds)], 2)
            n = len(holds)
            said.append(t("definitions.rule", n=n, tried=tried, became=became, rules=rules))
    return tuple(said)


def _with_lift(row: Any, t: Translator) -> str:
    rule = quoted(t, [in_words(row.criteria, t)])
    return t("definitions.rule.item", rule=rule, lift=row.check_lift)


def in_words(criteria: tuple[Any, ...], t: Translator) -> str:
    """Return a suggested rule, which is a definition's criteria without the rest of it."""
    parts = [Criterion.model_validate(part._asdict()) for part in criteria]
    return sentence(parts[0] if len(parts) == 1 else AllOf(all_of=tuple(parts)), t)


def _ordered(answer: Definitions) -> pd.DataFrame:
    """Return the rules for the terms' own outcomes first, those that hold before the others."""
    rows = answer.suggestions
    wanted = set(answer.terms["outcome"]) if len(answer.terms) else {"won"}
    keys = rows.assign(
        other=[outcome not in wanted for outcome in rows["outcome"]],
        failed=rows["verdict"] != "holds",
    )
    order = ["other", "failed", "outcome", "check_lift"]
    keys = keys.sort_values(order, ascending=[True, True, True, False])
    return keys.drop(columns=["other", "failed"]).reset_index(drop=True)


def _table(rows: pd.DataFrame, t: Translator) -> Table:
    lines = lines_of(rows)
    frame = rows.assign(
        rule=[in_words(row.criteria, t) for row in lines],
        becomes=[t(f"stage.{row.outcome}") for row in lines],
        fit_text=[ratio(t, row.fit_lift, row.fit_lift_low, row.fit_lift_high) for row in lines],
        check_text=[
            ratio(t, row.check_lift, row.check_lift_low, row.check_lift_high) for row in lines
        ],
        verdict_text=[t(f"verdict.{row.verdict}") for row in lines],
    ).drop(columns="criteria")
    columns = (
        Column("rule", t("definitions.header.rule")),
        Column("becomes", t("definitions.header.becomes")),
        Column("check_passed", t("definitions.header.passed"), "count"),
        Column("fit_text", t("definitions.header.fit"), align="end"),
        Column("check_text", t("definitions.header.check"), align="end"),
        Column("verdict_text", t("label.verdict")),
    )
    notes = (t("definitions.rules.note"),)
    title = t("definitions.rules.title")
    shown = max(SHOWN, int(rows["verdict"].eq("holds").sum()))
    return Table(frame, "suggested-rules", title, columns, t, notes, shown)
