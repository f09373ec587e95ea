"""Labelled leads: how far the room agrees, the cards that split it, and what its labels follow."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from workshop.colors import INK, PAPER, contrast
from workshop.i18n import NOTHING, Translator
from workshop.questions.said import LabelsSaid, labels
from workshop.session.exercise import Label
from workshop.session.floor import APART
from workshop.session.results import Results
from workshop.session.tally import drawn_groups, tally
from workshop.views.display import Figures, KeyFigure, Prose
from workshop.views.fragment import Shown
from workshop.views.look import Look, in_sentence, lines_of
from workshop.views.room.canvas import SMALL_TYPE, blocks, chart, drawing
from workshop.views.room.facts import card_name, field_name
from workshop.views.room.groups import group_name, of_item
from workshop.views.style import SIGNS

CARDS_DRAWN = 5
LETTER = 0.012
"""The width of a letter, as a share of the bars' length."""
GOOD, FAIR = 0.8, 0.667
"""Krippendorff's bounds for agreement that can be built on, or built on with care (2004)."""


def labels_chart(found: Results, question: Label, look: Look) -> list[Shown]:
    """Show the agreement in figures, the cards with most disagreement, and the clause behind."""
    t, said = look.t, tally(found, question)
    if said[said["team"] != APART].empty:
        return []
    answer = labels(found, question)
    parts: list[Shown] = [_figures(answer, t), _chart(said, answer, question, look)]
    return [*parts, *_clause(answer, t)]


def _figures(answer: LabelsSaid, t: Translator) -> Figures:
    """Return alpha as a number for each pair of groups that may be compared."""
    return Figures(
        tuple(
            KeyFigure(
                NOTHING if pd.isna(row.alpha) else t.number(row.alpha, 2),
                t(f"said.agreement.{row.group}"),
                _judged(row.alpha, t),
            )
            for row in lines_of(answer.agreement)
        )
    )


def _judged(alpha: float, t: Translator) -> str:
    if pd.isna(alpha):
        return t("said.agreement.unknown")
    code = "good" if alpha >= GOOD else "fair" if alpha >= FAIR else "weak" if alpha > 0 else "none"
    return t(f"said.agreement.{code}")


def _chart(said: pd.DataFrame, answer: LabelsSaid, question: Label, look: Look) -> Shown:
    t = look.t
    items = dict(enumerate(question.items()))
    worst = [int(n) for n in answer.split["lead_id"].head(CARDS_DRAWN)]
    groups = [drawn_groups(set(said.loc[said["item"] == items[n], "team"])) for n in worst]
    laid = blocks([_heading(question, n, t) for n in worst], groups)
    texts = {option.id: option.text.of(t.language) for option in question.options}
    points = []
    with drawing(laid, look, axis=False) as ax:
        for n, block in zip(worst, laid, strict=True):
            for group, y in block.rows.items():
                rows = of_item(said, items[n], group).set_index("answer")["people"]
                people = [int(rows[option]) for option in texts]
                _stack(ax, y, people, list(texts.values()), t)
                points += [
                    _point(question, n, group, text, given, t)
                    for text, given in zip(texts.values(), people, strict=True)
                    if given
                ]
        ax.set_xlim(0, 1.02)
        _legend(ax, list(texts.values()))
    split = int((answer.split["disagreement"] > 0).sum())
    total = len(answer.split)
    title = t("said.labels.title", n=split, total=total) if split else t("said.labels.agreed")
    alt = t("said.alt", question=question.text.of(t.language), points="; ".join(points))
    return chart(ax, title, alt, t("said.labels.reading", n=len(worst)))


def _stack(ax: Axes, y: float, people: list[int], texts: list[str], t: Translator) -> None:
    """Draw how many gave each label, with the label in its part of the bar where it fits."""
    left = 0.0
    for place, (given, text) in enumerate(zip(people, texts, strict=True)):
        share, sign = given / sum(people), SIGNS[place % len(SIGNS)]
        ax.barh(y, share, 0.42, left=left, color=sign.color, hatch=sign.hatch, edgecolor=PAPER)
        if given:
            whole = f"{text} {t.count(given)}"
            fits = len(whole) * LETTER < share
            ax.text(
                left + share / 2, y, whole if fits else t.count(given), ha="center",
                va="center_baseline", color=max((PAPER, INK), key=partial(contrast, sign.color)),
                fontsize=SMALL_TYPE, bbox={"facecolor": sign.color, "lw": 0, "pad": 2},
            )  # fmt: skip
        left += share


def _legend(ax: Axes, texts: list[str]) -> None:
    signs = [SIGNS[place % len(SIGNS)] for place in range(len(texts))]
    handles = [
        Patch(facecolor=sign.color, hatch=sign.hatch, edgecolor=PAPER, label=text)
        for sign, text in zip(signs, texts, strict=True)
    ]
    ax.legend(
        handles=handles, ncols=4, loc="upper center", bbox_to_anchor=(0.5, 0),
        fontsize=SMALL_TYPE - 2, handlelength=1.4,
    )  # fmt: skip


def _heading(question: Label, n: int, t: Translator) -> str:
    return t("said.card.heading", n=n + 1, facts=card_name(question.cards[n]))


def _point(question: Label, n: int, group: str, text: str, people: int, t: Translator) -> str:
    name = f"{_heading(question, n, t)}, {group_name(t, group)}, {text}"
    return t("said.point", name=name, value=people)


def _clause(answer: LabelsSaid, t: Translator) -> list[Shown]:
    """Name the fact that the labels follow most, or say that none stands out."""
    known = answer.followed.dropna(subset="explained")
    if known.empty:
        return []
    best = known.iloc[0]
    field = in_sentence(field_name(t, str(best["criterion"])))
    key = "clear" if best["clear"] else "unclear"
    return [Prose(t(f"said.clause.{key}", field=field, share=float(best["explained"])))]
