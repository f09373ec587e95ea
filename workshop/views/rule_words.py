"""Hand-over rules in words: each rule, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from workshop.i18n import Translator
from workshop.session.machine import Defect
from workshop.session.rules import AtLimit, Rule, RuleSet
from workshop.views.display import Column, Table
from workshop.views.hours import agreed
from workshop.views.look import in_sentence, opened_with
from workshop.views.naming import quoted

STATUSES = ("lead", "mql", "assigned", "sql", "opportunity", "customer", "won", "lost", "rejected")
"""Statuses that have a name in each language; others are the client's own words."""
_STOPS = (".", "!", "?", "…")


def status_name(t: Translator, status: str) -> str:
    """Return a status as a name; one of the client's own keeps its word."""
    key = f"hand_over.status.{status}"
    return t(key) if t.has(key) else opened_with(status)


def status_typed(t: Translator, status: str) -> str:
    """Return a status as somebody types it: by its name, or in the client's own word as it is."""
    return status_name(t, status) if status in STATUSES else status


def status_of(t: Translator, text: str) -> str:
    """Return the status that somebody typed, by its name or as a file has it.

    >>> status_of(Translator("nl"), "Afgewezen "), status_of(Translator("nl"), "nieuwsbrief")
    ('rejected', 'nieuwsbrief')
    """
    named = {status_name(t, status).casefold(): status for status in STATUSES}
    return named.get(text.strip().casefold(), text.strip())


def defect_text(t: Translator, defect: Defect) -> str:
    """Say what is wrong with the rules, where, and what to do about it."""
    statuses = [status_name(t, status) for status in defect.statuses]
    text = t(
        f"lint.{defect.code}",
        n=len(statuses),
        statuses=t.join(statuses),
        rules=quoted(t, defect.rules),
    )
    if defect.customer_type is None:
        return text
    return t("hand_over.lint.of_type", type=defect.customer_type, text=in_sentence(text))


def rule_name(t: Translator, rule: Rule) -> str:
    """Return a rule's name, with the type of customer that it is for."""
    if rule.customer_type is None:
        return rule.name
    return t("hand_over.rule.name", name=rule.name, type=rule.customer_type)


def rule_text(t: Translator, rule: Rule, day_hours: float) -> str:
    """Return a rule as sentences: the way, its limit, who decides, why, and what is expected."""
    way = t(
        "hand_over.rule.way",
        from_status=status_name(t, rule.from_status),
        to_status=status_name(t, rule.to_status),
        team=t(f"hand_over.owner.{rule.owner or 'none'}"),
        trigger=rule.trigger,
    )
    parts = (*_terms(t, rule, day_hours), *_agreements(t, rule))
    return t("hand_over.rule.text", name=rule_name(t, rule), text=" ".join([way, *parts]))


def after_limit(t: Translator, at_limit: AtLimit | None) -> str:
    """Return what happens at a time limit; nothing where nothing was agreed."""
    if at_limit is None:
        return ""
    parts = []
    if at_limit.status:
        parts.append(t("hand_over.limit.status", status=status_name(t, at_limit.status)))
    if at_limit.owner:
        parts.append(t("hand_over.limit.owner", team=t(f"hand_over.owner.{at_limit.owner}")))
    if at_limit.tell:
        parts.append(t("hand_over.limit.tell", who=at_limit.tell))
    return t.join(parts)


def rules_table(t: Translator, rules: RuleSet, day_hours: float) -> Table:
    """Return all rules as a table, for the files."""
    rows = [_row(t, rule, day_hours) for rule in rules.rules]
    headers = {
        "rule": t("hand_over.header.rule"),
        "customer_type": t("column.customer_type"),
        "from_status": t("hand_over.header.from"),
        "to_status": t("hand_over.header.to"),
        "trigger": t("hand_over.header.trigger"),
        "owner": t("hand_over.header.owner"),
        "limit": t("hand_over.header.limit"),
        "after": t("hand_over.header.after"),
        "decides": t("hand_over.header.decides"),
        "why": t("hand_over.header.why"),
        "expects_of_marketing": t("hand_over.header.of_marketing"),
        "expects_of_sales": t("hand_over.header.of_sales"),
    }
    columns = tuple(Column(field, header) for field, header in headers.items())
    return Table(pd.DataFrame(rows), "rules", t("hand_over.rules.table"), columns, t)


def _row(t: Translator, rule: Rule, day_hours: float) -> dict[str, object]:
    who = rule.on_disagreement
    return {
        "rule": rule.name,
        "customer_type": rule.customer_type,
        "from_status": status_name(t, rule.from_status),
        "to_status": status_name(t, rule.to_status),
        "trigger": rule.trigger,
        "owner": rule.owner and t(f"hand_over.owner.{rule.owner}"),
        "limit": rule.time_limit and agreed(t, rule.time_limit, day_hours),
        "after": after_limit(t, rule.at_limit) or None,
        "decides": who and who.decides,
        "why": rule.why,
        "expects_of_marketing": rule.expects_of_marketing,
        "expects_of_sales": rule.expects_of_sales,
        "limit_hours": rule.time_limit,
        "decides_within_hours": who and who.within,
        "at_most": rule.at_most,
    }


def _terms(t: Translator, rule: Rule, day_hours: float) -> Iterator[str]:
    """Yield until when, what then, and how often."""
    after = after_limit(t, rule.at_limit)
    if rule.time_limit is not None:
        limit = agreed(t, rule.time_limit, day_hours)
        key = "hand_over.rule.limit" if after else "hand_over.rule.limit.nothing"
        yield t(key, limit=limit, after=after) if after else t(key, limit=limit)
    elif after:
        yield t("hand_over.rule.no_hours", after=after)
    if rule.at_most is not None:
        yield t("hand_over.rule.at_most", n=rule.at_most)
    if rule.on_disagreement is not None:
        who = rule.on_disagreement
        key = "hand_over.rule.decides.reason" if who.reason_required else "hand_over.rule.decides"
        yield t(key, who=who.decides, within=agreed(t, who.within, day_hours))


def _agreements(t: Translator, rule: Rule) -> Iterator[str]:
    """Yield why the rule is as it is, and what the teams expect of each other."""
    if rule.why:
        yield t("hand_over.rule.why", text=_ended(rule.why))
    if rule.expects_of_marketing:
        yield t("hand_over.rule.of_marketing", text=_ended(rule.expects_of_marketing))
    if rule.expects_of_sales:
        yield t("hand_over.rule.of_sales", text=_ended(rule.expects_of_sales))


def _ended(text: str) -> str:
    """Return a text with a full stop where it has no end."""
    return text if text.endswith(_STOPS) else f"{text}."
