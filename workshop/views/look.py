"""How one report looks and speaks, and the words that all its chapters need."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workshop.crm.readiness import Ready
from workshop.i18n import NOTHING, Translator
from workshop.views.display import Note, Prose, Shown
from workshop.views.naming import column_name

MARK = "†"
"""What marks a trait that nobody vouched for as known when the record was created."""

LONGEST_LABEL = 34
"""Characters of a category beside a chart's axis; its table has all of them."""

_IMPLIED = {
    "no_leads": {"no_mql_date", "no_sql_date", "no_lead_deal_link"},
    "no_activities": {"nothing_stalled"},
    "volume_in_leads": {"no_mql_date"},
    "volume_in_opportunities": {"no_mql_date"},
}


@dataclass(frozen=True)
class Look:
    """A report's language and its client's colour (``#rrggbb``)."""

    t: Translator
    color: str


def figure_of(ax: Axes) -> Figure:
    """Return the whole figure that an axes is part of."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("axes without a figure")
    return figure


def rows_apart(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the limits of an axis with a row for each, the first on top, room around each."""
    return len(rows) - 0.5, -0.5


def named(t: Translator, name: str) -> str:
    """Return a column's name as it stands within a sentence."""
    heading = column_name(t, name)
    return heading if heading == name else in_sentence(heading)


def category(t: Translator, trait: str, level: str | None, *, known: bool = True) -> str:
    """Return a trait with one of its levels, marked where nobody vouched for it."""
    value = t("label.unknown") if pd.isna(level) else str(level)
    text = t("label.category", trait=column_name(t, trait), level=value)
    return text if known else f"{text} {MARK}"


def phrase(t: Translator, trait: str, level: str | None) -> str:
    """Return a trait with one of its levels as it stands within a sentence: ``sector Bouw``."""
    value = t("label.unknown") if pd.isna(level) else str(level)
    return f"{named(t, trait)} {value}"


def in_sentence(text: str) -> str:
    """Return a label without its capital."""
    return text[:1].lower() + text[1:]


def opened_with(text: str) -> str:
    """Return a sentence with a capital."""
    return text[:1].upper() + text[1:]


def lines_of(frame: pd.DataFrame) -> list[Any]:
    """Return a frame's rows, each with its cells as attributes."""
    return list(frame.itertuples())


def unvouched(t: Translator, traits: Sequence[str]) -> tuple[str, ...]:
    """Say that these traits stand out but may have been filled in after the outcome."""
    names = [f"{named(t, name)} {MARK}" for name in dict.fromkeys(traits)]
    if not names:
        return ()
    return (opened_with(t("chapter.unvouched", n=len(names), traits=t.join(names))),)


def short(text: str) -> str:
    """Return a label that fits beside a chart, its mark kept."""
    mark = f" {MARK}" if text.endswith(MARK) else ""
    bare = text.removesuffix(mark)
    room = LONGEST_LABEL - len(mark)
    return text if len(bare) <= room else bare[: room - 1].rstrip() + "…" + mark


def span(t: Translator, low: float, high: float, decimals: int = 0) -> str:
    """Return an interval of shares: ``25–29%``."""
    if pd.isna(low) or pd.isna(high):
        return NOTHING
    return f"{t.percent(low, decimals).removesuffix('%')}–{t.percent(high, decimals)}"


def span_of_points(t: Translator, low: float, high: float) -> str:
    """Return an interval of differences: ``−76 to −12``, since a dash would read as a sign."""
    if pd.isna(low) or pd.isna(high):
        return NOTHING
    return t("label.from_to", low=t.points(low), high=t.points(high))


def probability(t: Translator, value: float | None) -> str:
    """Return a simulated probability, which is never quite 0 or 1."""
    if value is None or pd.isna(value):
        return NOTHING
    if value < 0.01:
        return t("label.below", share=0.01)
    return t("label.above", share=0.99) if value > 0.99 else t.percent(value)


def caveats(look: Look, codes: Sequence[str], told: Collection[str] = ()) -> tuple[Shown, ...]:
    """Return one call-out with what to take care of, but for what is ``told`` elsewhere."""
    text = "\n\n".join(caveat_texts(look.t, codes, told))
    return (Note("caveat", text, look.t),) if text else ()


def limits(look: Look, text: str, codes: Sequence[str], told: Collection[str] = ()) -> Note:
    """Return one call-out with what a chapter does not show, its caveats included."""
    return Note("limits", "\n\n".join([text, *caveat_texts(look.t, codes, told)]), look.t)


def caveat_texts(t: Translator, codes: Sequence[str], told: Collection[str] = ()) -> list[str]:
    """Return caveats in words, without those that another implies."""
    implied = set[str]().union(*(_IMPLIED.get(code, ()) for code in codes))
    left = [code for code in dict.fromkeys(codes) if code not in {*implied, *told}]
    return [t(f"caveat.{code}") for code in left]


def unanswered(look: Look, ready: Ready) -> tuple[Shown, ...]:
    """Say that this CRM cannot answer a question, and what that would take."""
    t = look.t
    asks = tuple(t(f"ask.{column}") for column in ready.missing)
    opening = t("chapter.unanswered", question=t(f"question.{ready.question}"))
    return (Prose(f"{opening} {t('chapter.needed')}", asks),)


def listed(t: Translator, items: Sequence[Any], most: int = 3) -> str:
    """Return items joined as a sentence would; beyond ``most``, how many more there are."""
    texts = [str(item) for item in items]
    if len(texts) <= most:
        return t.join(texts)
    return t("label.and_more", items=", ".join(texts[:most]), n=len(texts) - most)
