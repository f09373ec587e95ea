"""What the words of sales and marketing mean on the client's own history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workshop.criteria import Definition
from workshop.i18n import Translator
from workshop.questions.definitions import Definitions
from workshop.views.definition_text import term_name
from workshop.views.definitions_chart import drawn_rows, precision_chart
from workshop.views.definitions_tables import (
    missed_table,
    months_table,
    scores_table,
    versions_table,
    words_table,
)
from workshop.views.display import Prose, Shown
from workshop.views.look import Look, lines_of, named, opened_with, span, unanswered
from workshop.views.naming import quoted


def definitions(answer: Definitions, given: Sequence[Definition], look: Look) -> tuple[Shown, ...]:
    """Show what each version of each term would have done; without any, what is to come."""
    t = look.t
    if answer.ready.missing:
        return unanswered(look, answer.ready)
    words_only = [item.term for item in given if not item.sides]
    if answer.rows.empty:
        return (Prose(" ".join([*_without_criteria(words_only, t), t("definitions.none")])),)
    paragraphs = [
        *(_about(term, sentence, answer, t) for term, sentence in headline(answer, t).items()),
        " ".join([*_doubtful(answer, t), *_without_criteria(words_only, t)]),
    ]
    charts = (precision_chart(answer, look),) if len(drawn_rows(answer)) else ()
    return (
        Prose("\n\n".join(filter(None, paragraphs))),
        *charts,
        scores_table(answer, t),
        words_table(given, t),
    )


def behind_definitions(answer: Definitions, look: Look) -> tuple[Shown, ...]:
    """Show where the versions differ, the won deals they miss, and the leads a month."""
    if answer.ready.missing or answer.rows.empty:
        return ()
    t = look.t
    tables = (versions_table(answer, t), missed_table(answer, t), months_table(answer, t))
    return tuple(table for table in tables if len(table.frame))


def headline(answer: Definitions, t: Translator) -> dict[str, str]:
    """Say of each term whether leads that meet it do better than leads at large.

    That is said of the joint version, or of the first one there is, on the later leads.
    """
    check = answer.rows[answer.rows["period"] == "check"]
    first = check.groupby("term", sort=False).head(1)
    terms = answer.terms.set_index("term")
    return {row.term: verdict(row, terms.loc[row.term], t) for row in lines_of(first)}


def verdict(row: Any, term: pd.Series[Any], t: Translator) -> str:
    """Put one version's figures into a sentence."""
    name = opened_with(term_name(t, row.term))
    side = t(f"definitions.version.{row.side}")
    if pd.isna(row.lift):
        return t("definitions.untested", term=name, side=side)
    key = "definitions.same"
    if row.lift_low > 1:
        key = "definitions.better"
    if row.lift_high < 1:
        key = "definitions.worse"
    return t(
        key,
        term=name,
        side=side,
        became=t(f"definitions.became.{term['outcome']}"),
        rate=row.precision,
        span=span(t, row.precision_low, row.precision_high),
        base=row.won / row.leads,
        lift=row.lift,
        low=row.lift_low,
        high=row.lift_high,
    )


def _about(term: str, sentence: str, answer: Definitions, t: Translator) -> str:
    """Say of one term how well it does, how far the teams agree, and what it leaves behind."""
    cells = answer.versions_table[answer.versions_table["term"] == term]
    missed = answer.won_missed[
        (answer.won_missed["term"] == term) & (answer.won_missed["side"] == "joint")
    ]
    n = missed["deal_id"].nunique()
    left = (t("definitions.missed", n=n),) if n else ()
    return " ".join([sentence, *left, *_agreement(term, cells, t)])


def _agreement(term: str, cells: pd.DataFrame, t: Translator) -> tuple[str, ...]:
    """Say how often sales and marketing would give the same leads the term."""
    teams = cells[(cells["first"] == "sales") & (cells["second"] == "marketing")]
    first, second = teams["first_verdict"].eq("true"), teams["second_verdict"].eq("true")
    either = int(teams.loc[first | second, "leads"].sum())
    both = int(teams.loc[first & second, "leads"].sum())
    name = term_name(t, term)
    return (t("definitions.agreement", term=name, either=either, both=both),) if either else ()


def _doubtful(answer: Definitions, t: Translator) -> tuple[str, ...]:
    """Name the fields and values that a version should not rest on."""
    fields = [
        t("definitions.not_vouched", **_whose(row, t), field=named(t, row.field))
        for row in lines_of(answer.not_vouched)
    ]
    values = [
        t("definitions.unseen", **_whose(row, t), value=quoted(t, [row.value]))
        for row in lines_of(answer.unseen)
    ]
    return (*fields, *values)


def _whose(row: Any, t: Translator) -> dict[str, str]:
    return {
        "term": term_name(t, row.term),
        "side": t(f"definitions.version.{row.side}"),
    }


def _without_criteria(terms: Sequence[str], t: Translator) -> tuple[str, ...]:
    """Name the terms that have a text and nothing to replay yet."""
    names = [term_name(t, term) for term in terms]
    return (t("definitions.words_only", terms=t.join(names)),) if names else ()
