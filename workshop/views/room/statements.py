"""Statements: how far each team agrees, the widest gaps first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from workshop.colors import INK, PAPER
from workshop.i18n import Translator
from workshop.questions.said import statements as compared
from workshop.session.exercise import Statement
from workshop.session.floor import TOTAL
from workshop.session.results import Results
from workshop.session.tally import drawn_groups, tally
from workshop.views.display import Chart, Prose
from workshop.views.fragment import Shown
from workshop.views.look import Look
from workshop.views.naming import quoted
from workshop.views.room.canvas import SMALL_TYPE, blocks, chart, drawing, middle_line
from workshop.views.room.groups import group_name, of_item

PER_CHART = 5
"""Statements that fit on a screen."""
SHADES = ("#b35806", "#f1a340", "#dfe4e9", "#9dbfe0", "#2b5c9e")
"""From not at all to entirely: apart for every kind of colour vision, and the middle pale."""
ON_SHADE = (PAPER, INK, INK, INK, PAPER)
ANSWERS = ("room.agree.1", "room.agree.2", "room.agree.3", "room.agree.4", "room.agree.5")
"""The answers in the same words as on the phones."""
NARROW = 0.035
"""A share too narrow for its number."""


def statements(found: Results, questions: Sequence[Statement], look: Look) -> list[Shown]:
    """Show the answers to statements, with what stands out as the title of the first chart."""
    said = pd.concat([tally(found, question) for question in questions], ignore_index=True)
    by_id = {q.id: q for q in questions if (said["item"] == q.id).any()}
    if not by_id:
        return []
    gaps = compared(found)
    agreed = _agreed(said)
    first = [name for name in gaps["statement"] if name in by_id]
    order = [*first, *(name for name in [*agreed.index, *by_id] if name not in first)]
    order = list(dict.fromkeys(order))
    pages = [order[n : n + PER_CHART] for n in range(0, len(order), PER_CHART)]
    parts: list[Shown] = []
    for number, page in enumerate(pages):
        title = (
            _title(gaps, agreed, by_id, look.t) if number == 0 else look.t("said.statements.more")
        )
        parts.append(_chart(said, [by_id[name] for name in page], title, look))
    return [*parts, *_within(gaps, by_id, look.t)]


def _chart(said: pd.DataFrame, questions: Sequence[Statement], title: str, look: Look) -> Chart:
    t = look.t
    groups = [drawn_groups(set(said.loc[said["item"] == q.id, "team"])) for q in questions]
    laid = blocks([q.text.of(t.language) for q in questions], groups)
    points = []
    with drawing(laid, look, axis=False) as ax:
        for question, block in zip(questions, laid, strict=True):
            middle_line(ax, 0, block)
            for group, y in block.rows.items():
                people = of_item(said, question.id, group)["people"].to_numpy(int)
                stack(ax, y, people)
                points.append(_point(question, group, people, t))
        ax.set_xlim(-1.02, 1.02)
        _legend(ax, t)
    alt = t("said.statements.alt", points="; ".join(points))
    return chart(ax, title, alt, t("said.statements.reading"))


def stack(ax: Axes, y: float, people: np.ndarray) -> None:
    """Draw how many gave each answer, disagreement left of 0 and agreement right of it."""
    shares = people / people.sum()
    left = -(shares[0] + shares[1] + shares[2] / 2)
    for share, n, shade, ink in zip(shares, people, SHADES, ON_SHADE, strict=True):
        ax.barh(y, share, 0.42, left=left, color=shade, edgecolor=PAPER, linewidth=1.5)
        if share > NARROW:
            ax.text(
                left + share / 2, y, str(n), ha="center", va="center_baseline",
                color=ink, fontsize=SMALL_TYPE, zorder=4,
                bbox={"facecolor": shade, "lw": 0, "pad": 1},
            )  # fmt: skip
        left += share


def _legend(ax: Axes, t: Translator) -> None:
    handles = [Patch(color=shade, label=t(key)) for shade, key in zip(SHADES, ANSWERS, strict=True)]
    ax.legend(
        handles=handles, ncols=5, loc="upper center", bbox_to_anchor=(0.5, 0),
        fontsize=SMALL_TYPE - 3, handlelength=1, handletextpad=0.4, columnspacing=1.2,
    )  # fmt: skip


def _title(
    gaps: pd.DataFrame, agreed: pd.Series[float], by_id: dict[str, Statement], t: Translator
) -> str:
    """Say on what the teams differ, or else on what the room agrees most."""
    for code in ("clear", "leaning"):
        names = list(gaps.loc[gaps["gap"] == code, "statement"])
        if names:
            text = _quotable(by_id[names[0]], t)
            return t(f"said.statements.{code}", n=len(names), text=text)
    if len(gaps):
        return t("said.statements.alike")
    if agreed.empty:
        return t("said.statements.plain")
    best = by_id[str(agreed.index[0])]
    return t("said.statements.most", share=agreed.iloc[0], text=_quotable(best, t))


def _agreed(said: pd.DataFrame) -> pd.Series[float]:
    """Return the share of the room that agrees, by statement, the largest first."""
    totals = said[said["team"] == TOTAL].astype({"answer": int})
    agree = totals["people"].where(totals["answer"] >= 4, 0).groupby(totals["item"], sort=False)
    share = agree.sum() / totals.groupby("item", sort=False)["people"].sum()
    return share.sort_values(ascending=False, kind="stable")


def _within(gaps: pd.DataFrame, by_id: dict[str, Statement], t: Translator) -> list[Shown]:
    """Name the statements on which a team is split itself: there the teams are not the line."""
    points = []
    for side in ("sales", "marketing", "both"):
        names = list(gaps.loc[gaps["split_within"] == side, "statement"])
        if names:
            texts = quoted(t, [_quotable(by_id[name], t) for name in names])
            points.append(t(f"said.statements.split.{side}", items=texts))
    return [Prose(t("said.statements.split"), tuple(points))] if points else []


def _quotable(question: Statement, t: Translator) -> str:
    """Return a statement as it stands in another sentence: without its full stop."""
    return question.text.of(t.language).removesuffix(".")


def _point(question: Statement, group: str, people: np.ndarray, t: Translator) -> str:
    return t(
        "said.statements.point",
        text=_quotable(question, t),
        group=group_name(t, group),
        disagree=int(people[:2].sum()),
        neither=int(people[2]),
        agree=int(people[3:].sum()),
    )
