"""The football field: where the room's answers put marketing and sales, from goal to goal."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Arc, Circle, FancyArrowPatch, Polygon, Rectangle

from workshop.colors import INK, MUTED, PAPER
from workshop.i18n import Translator
from workshop.questions.journey import Journey
from workshop.session.exercise import SIDES
from workshop.views.display import Chart
from workshop.views.look import Look, lines_of
from workshop.views.room.canvas import SMALL_TYPE, TYPE, WIDTH, chart
from workshop.views.room.groups import GROUP_SIGNS
from workshop.views.style import house_style

LONG, HALF_WIDE = 186.0, 38.0
"""The field, in units of its own: from goal to goal, and from its middle to a side line."""
MARGIN, BENCH = 6.0, 13.0
GRASS, STRIPE = "#3b7a4a", "#428453"
NEAREST, STEP = 9.0, 7.2
"""From the middle of the field to a player who leads, and a step back for each degree less."""
ASIDE = 14.0
"""How far along the bench: its name stands at the beginning."""
PLAYS = 0.5
"""Who does less sits on the bench."""
WING = {"marketing": 1.0, "sales": -1.0}
"""The side of the field that a team plays on."""
SHIRT = np.array(
    [
        (-2.1, 3.6), (-0.9, 3.6), (0, 2.7), (0.9, 3.6), (2.1, 3.6), (4.5, 1.9), (3.2, 0.1),
        (2.2, 0.9), (2.2, -4.0), (-2.2, -4.0), (-2.2, 0.9), (-3.2, 0.1), (-4.5, 1.9),
    ]
)  # fmt: skip


class _Stand(NamedTuple):
    """Where a player stands; on the bench where the team does nothing."""

    x: float
    y: float
    benched: bool


def pitch(journey: Journey, names: Mapping[str, str], most: int, look: Look) -> Chart:
    """Draw the field with a player of each team at each stage, and the ball with who leads."""
    t, stages = look.t, list(lines_of(journey.rows))
    zone = LONG / len(stages)
    with house_style(look.color, (WIDTH, 9.4)), mpl.rc_context({"text.parse_math": False}):
        _, ax = plt.subplots()
        _field(ax)
        balls = []
        for n, row in enumerate(stages):
            middle = zone * (n + 0.5)
            stands = {side: _stand(row, side, middle, most) for side in SIDES}
            for side, stand in stands.items():
                _player(ax, stand, side, t)
            balls.append(_ball_of(row.lead, stands, middle))
            name = wrapped(names[row.stage], 17)
            ax.text(
                middle, HALF_WIDE + BENCH + 3, name, ha="center", va="bottom",
                fontsize=SMALL_TYPE, fontweight="bold", color=INK, linespacing=1.1,
            )  # fmt: skip
        _passes(ax, balls)
        for row, ball in zip(stages, balls, strict=True):
            _ball(ax, ball, lost=row.lead == "nobody")
        _benches(ax, t)
        ax.set_xlim(-MARGIN, LONG + MARGIN)
        ax.set_ylim(-HALF_WIDE - BENCH - 1, HALF_WIDE + BENCH + 15)
        ax.set_aspect("equal")
        ax.set_xticks([])
        ax.set_yticks([])
        ax.axis("off")
    points = [_point(row, names, t) for row in stages]
    alt = t("said.pitch.alt", type=journey.customer_type, points=" ".join(points))
    drawn = chart(ax, _title(journey, names, t), alt, t("said.pitch.reading"))
    return replace(drawn, apart=True)


def wrapped(text: str, width: int) -> str:
    """Return a text on lines of at most so many letters, long words whole."""
    return textwrap.fill(text, width, break_long_words=False)


def _stand(row: Any, side: str, middle: float, most: int) -> _Stand:
    """Place a team: the more it does, the nearer to the middle; who leads a little ahead."""
    value, other = (float(getattr(row, one)) for one in (side, _other(side)))
    forward = np.sign(value - other) * 3.2
    if value < PLAYS:
        return _Stand(middle + ASIDE, WING[side] * (HALF_WIDE + BENCH / 2), True)
    return _Stand(middle + forward, WING[side] * (NEAREST + STEP * (most - value)), False)


def _other(side: str) -> str:
    return next(one for one in SIDES if one != side)


def _ball_of(lead: str, stands: Mapping[str, _Stand], middle: float) -> tuple[float, float]:
    """Return where the ball lies: before who leads, or in the middle of the field."""
    if lead not in stands:
        return middle, 0.0
    stand = stands[lead]
    return stand.x + 5.2, stand.y - WING[lead] * 4.2


def _player(ax: Axes, stand: _Stand, side: str, t: Translator) -> None:
    sign = GROUP_SIGNS[side]
    size = 1.0 if stand.benched else 1.28
    ax.add_patch(
        Polygon(
            SHIRT * size + (stand.x, stand.y), closed=True, facecolor=sign.color,
            edgecolor=PAPER, lw=2.5, alpha=0.6 if stand.benched else 1, zorder=6,
        )
    )  # fmt: skip
    ax.text(
        stand.x, stand.y - 0.4, t(f"said.pitch.shirt.{side}"), ha="center", va="center",
        fontsize=TYPE if not stand.benched else SMALL_TYPE, fontweight="bold", color=PAPER,
        zorder=7,
    )  # fmt: skip


def _ball(ax: Axes, place: tuple[float, float], *, lost: bool) -> None:
    ax.add_patch(Circle(place, 2.1, facecolor=PAPER, edgecolor=INK, lw=2, zorder=8))
    spots = [(0.0, 0.0), *((1.45 * np.cos(a), 1.45 * np.sin(a)) for a in np.arange(5) * 1.2566)]
    for dx, dy in spots:
        ax.add_patch(Circle((place[0] + dx, place[1] + dy), 0.42, color=INK, zorder=9))
    if lost:
        ax.text(
            place[0], place[1] + 3, "?", ha="center", va="bottom", fontsize=TYPE,
            fontweight="bold", color=PAPER, zorder=9,
        )  # fmt: skip


def _passes(ax: Axes, balls: list[tuple[float, float]]) -> None:
    """Draw the ball's way from stage to stage, and into their goal."""
    for start, end in zip(balls, [*balls[1:], (LONG - 1.0, 0.0)], strict=True):
        ax.add_patch(
            FancyArrowPatch(
                start, end, arrowstyle="-|>", mutation_scale=26, color=PAPER, lw=2.5,
                ls=(0, (3, 2)), shrinkA=14, shrinkB=16, zorder=4,
                connectionstyle="arc3,rad=-0.12",
            )
        )  # fmt: skip


def _field(ax: Axes) -> None:
    """Draw grass, lines and two goals."""
    for n in range(10):
        x = LONG / 10 * n
        shade = GRASS if n % 2 else STRIPE
        ax.add_patch(Rectangle((x, -HALF_WIDE), LONG / 10, 2 * HALF_WIDE, color=shade, zorder=0))
    line: dict[str, Any] = {"fill": False, "edgecolor": PAPER, "lw": 2.5, "alpha": 0.75}
    ax.add_patch(Rectangle((0, -HALF_WIDE), LONG, 2 * HALF_WIDE, zorder=2, **line))
    ax.plot([LONG / 2] * 2, [-HALF_WIDE, HALF_WIDE], color=PAPER, lw=2.5, alpha=0.75, zorder=2)
    ax.add_patch(Circle((LONG / 2, 0), 11, zorder=2, **line))
    for goal, inward, angle in ((0.0, 1, 0), (LONG, -1, 180)):
        for deep, half in ((20.0, 22.0), (7.0, 11.0)):
            left = goal if inward > 0 else goal - deep
            ax.add_patch(Rectangle((left, -half), deep, 2 * half, zorder=2, **line))
        spot = (goal + inward * 14.0, 0.0)
        ax.add_patch(
            Arc(
                spot,
                19,
                19,
                angle=angle,
                theta1=-51,
                theta2=51,
                color=PAPER,
                lw=2.5,
                alpha=0.75,
                zorder=2,
            )
        )
        net = goal - 5 if inward > 0 else goal
        ax.add_patch(
            Rectangle(
                (net, -7), 5, 14, facecolor=PAPER, edgecolor=MUTED, lw=2.5, hatch="xx", zorder=2
            )
        )


def _benches(ax: Axes, t: Translator) -> None:
    """Name the side line of each team, where its bench stands."""
    for side, wing in WING.items():
        y = wing * (HALF_WIDE + BENCH / 2)
        ax.add_patch(
            Rectangle(
                (0, y - 4.6), LONG, 9.2, facecolor="#eef1f4", edgecolor="none", zorder=1
            )
        )  # fmt: skip
        ax.text(
            1.5, y, t(f"said.pitch.bench.{side}"), va="center", fontsize=SMALL_TYPE,
            color=MUTED, zorder=3,
        )  # fmt: skip


def _point(row: Any, names: Mapping[str, str], t: Translator) -> str:
    return t(f"said.pitch.at.{row.lead}", stage=names[row.stage])


def _title(journey: Journey, names: Mapping[str, str], t: Translator) -> str:
    """Say where the ball gets lost, or how often it is passed to the other team."""
    lost = journey.rows.loc[journey.rows["lead"] == "nobody", "stage"]
    if len(lost):
        finding = t("said.pitch.lost", n=len(lost), stage=names[str(lost.iloc[0])])
    else:
        passes = max(len(journey.moves) - 1, 0)
        finding = t("said.pitch.passes", n=passes) if passes else t("said.pitch.none")
    if not journey.customer_type:
        return finding[:1].upper() + finding[1:]
    return t("said.journey.title", type=journey.customer_type, finding=finding)
