"""The whole history: win rates level by level."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from workshop.i18n import Translator
from workshop.questions.won_lost import WonLost
from workshop.views.display import Column, Note, Prose, Shown, Table
from workshop.views.history_chart import drawn_rows, win_rate_chart
from workshop.views.levels import by_p, closed, findings, overall
from workshop.views.look import (
    MARK,
    Look,
    category,
    lines_of,
    listed,
    named,
    phrase,
    span,
    unanswered,
    unvouched,
)
from workshop.views.naming import column_name

SHOWN = 5
ITEMS = 4
ALPHA = 0.05


class _Within(NamedTuple):
    """A trait, the column that it follows, and which of its findings stand or fall within that."""

    trait: str
    other: str
    stand: tuple[str, ...]
    fall: tuple[str, ...]


def history(answer: WonLost, outcomes: pd.DataFrame, look: Look) -> tuple[Shown, ...]:
    """Show the win rate of each level over all closed deals, and what this does not show.

    ``outcomes`` is that of `workshop.crm.counts.outcomes`.
    """
    t = look.t
    if answer.ready.missing:
        return unanswered(look, answer.ready)
    if not tested(answer):
        return (Prose(" ".join([*headline(answer, t), *left_out(answer, t)])),)
    rows = by_p(answer.history)
    marked = rows["verdict"].eq("clear") & ~rows["known_at_creation"]
    first, *rest = headline(answer, t)
    paragraphs = [
        " ".join([first, *_by_value(outcomes, t), *rest]),
        " ".join(_followed(answer, t)),
        *unvouched(t, list(rows.loc[marked, "trait"])),
    ]
    return (
        Prose("\n\n".join(filter(None, paragraphs))),
        *((win_rate_chart(rows, look),) if len(drawn_rows(rows)) else ()),
        Note("limits", "\n\n".join([t("history.limits"), *left_out(answer, t)]), t),
        _table(rows, t),
    )


def tested(answer: WonLost) -> bool:
    """Tell whether any level could be compared with others."""
    return len(answer.history) > 0 and bool(answer.history["q_value"].notna().any())


def headline(answer: WonLost, t: Translator) -> tuple[str, ...]:
    """Say which levels win clearly more or less, or plainly that none does."""
    if not tested(answer):
        return (t("history.none"),)
    rows = by_p(answer.history)
    deals, rate = closed(rows), overall(rows)
    clear = findings(rows)
    if len(clear):
        items = listed(t, [_with_rate(row, t) for row in lines_of(clear)], ITEMS)
        return (
            t("history.rate", closed=deals, rate=rate),
            t("history.clear", n=len(clear), items=items),
        )
    if rows["verdict"].eq("too_few").all():
        return (t("history.rate", closed=deals, rate=rate), t("history.too_few"))
    looked_at = rows.loc[rows["known_at_creation"] & rows["q_value"].notna(), "trait"]
    if looked_at.empty:
        return (t("history.rate", closed=deals, rate=rate), t("history.none_vouched"))
    traits = t.join([named(t, name) for name in sorted(looked_at.unique())])
    return (t("history.silent", closed=deals, rate=rate, traits=traits),)


def doubt(answer: WonLost, t: Translator) -> tuple[str, ...]:
    """Say of which findings another column may be the reason; never whose."""
    return tuple(
        t(
            "history.doubt",
            trait=named(t, pair.trait),
            other=_other(t, pair.other),
            levels=t.join(pair.fall),
        )
        for pair in _within(answer)
        if pair.fall
    )


def left_out(answer: WonLost, t: Translator) -> tuple[str, ...]:
    """Name the traits of too many different values to be compared."""
    names = [named(t, name) for name in answer.too_many_levels]
    return (t("history.left_out", traits=t.join(names)),) if names else ()


def _with_rate(row: Any, t: Translator) -> str:
    name = phrase(t, row.trait, row.level)
    between = span(t, row.ci_low, row.ci_high)
    return t("history.item", category=name, rate=row.win_rate, span=between)


def _by_value(outcomes: pd.DataFrame, t: Translator) -> tuple[str, ...]:
    """Say which share of the closed value was won, where lost deals have a value too."""
    money = outcomes[outcomes["amount"] > 0].groupby(["currency", "state"])["amount"].sum()
    wide = money.unstack().reindex(columns=["won", "lost"]).dropna()
    if wide.empty:
        return ()
    most = wide.assign(closed=wide.sum(axis=1)).sort_values("closed").iloc[-1]
    rate = float(most["won"] / most["closed"])
    return (t("history.by_value", rate=rate, code=str(most.name)),)


def _within(answer: WonLost) -> list[_Within]:
    """Return, per trait with findings that follows another column, which of them stand."""
    if not tested(answer):
        return []
    clear, found = findings(answer.history), []
    for pair in lines_of(answer.confounded):
        mine = clear.loc[clear["trait"] == pair.trait, "level"]
        again = answer.within[answer.within["trait"] == pair.trait].set_index("level")
        stands = again["q_value"].reindex(mine) < ALPHA
        if len(mine):
            stand, fall = (tuple(stands.index[stands == held]) for held in (True, False))
            found.append(_Within(pair.trait, pair.confounder, stand, fall))
    return found


def _followed(answer: WonLost, t: Translator) -> tuple[str, ...]:
    """Say which findings stand within the column that their trait follows."""
    sentences = []
    for pair in _within(answer):
        trait, other = column_name(t, pair.trait), _other(t, pair.other)
        sentences.append(t("history.follows", trait=trait, other=other))
        if pair.stand:
            sentences.append(t("history.stands", levels=t.join(pair.stand)))
        if pair.fall:
            sentences.append(t("history.falls", levels=t.join(pair.fall)))
    return tuple(sentences)


def _other(t: Translator, name: str) -> str:
    """Return what a trait follows; of an owner only that there is one."""
    return t("label.owner") if name == "owner" else named(t, name)


def _table(rows: pd.DataFrame, t: Translator) -> Table:
    lines = lines_of(rows)
    frame = rows.assign(
        category=[category(t, row.trait, row.level, known=row.known_at_creation) for row in lines],
        interval=[span(t, row.ci_low, row.ci_high) for row in lines],
        verdict_text=[t(f"verdict.{row.verdict}") for row in lines],
    )
    columns = (
        Column("category", t("label.trait")),
        Column("closed", t("history.header.closed"), "count"),
        Column("won", t("outcome.won"), "count"),
        Column("win_rate", t("history.header.rate"), "percent"),
        Column("interval", t("label.interval"), align="end"),
        Column("rate_of_all", t("history.header.of_all"), "percent"),
        Column("q_value", t("history.header.q"), "p"),
        Column("verdict_text", t("label.verdict")),
    )
    notes = [t("history.table.note")]
    if not rows["known_at_creation"].all():
        notes.append(f"{MARK} {t('caveat.traits_not_vouched')}")
    return Table(frame, "win-rates", t("history.table.title"), columns, t, tuple(notes), SHOWN)
