"""The goal's curve under a moving hand: written at once, on axes that stand still."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from workshop.colors import INK, LINE, MUTED, palette
from workshop.i18n import Translator
from workshop.questions.goal import GoalAnswer, Moved
from workshop.views.fragment import Shown, fill
from workshop.views.goal import WANTED, period_name, smooth, unit
from workshop.views.look import Look, lines_of, probability

WIDTH, HEIGHT = 1100.0, 620.0
LEFT, RIGHT, TOP, BOTTOM = 110.0, 40.0, 30.0, 90.0
_SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_TICKS = 6
_ROUND = (1, 2, 2.5, 5, 10)


class Tick(NamedTuple):
    """A mark on an axis: where, and what stands there."""

    at: float
    text: str


@dataclass(frozen=True)
class HandCurve(Shown):
    """The probability against the volume, and where the hand is.

    ``base`` gives the unit, the period and the axis; ``moved`` the curve as it is now.
    """

    base: GoalAnswer
    moved: Moved
    mqls: int
    look: Look

    def html(self) -> str:
        """Return the picture."""
        t, most = self.look.t, self.most
        moved = self.base._replace(
            rows=self.moved.rows,
            planned=self.mqls,
            planned_probability=self.moved.probability,
            needed_at_80=None,
        )
        volumes, shares = smooth(moved)
        if volumes[-1] < most:
            volumes, shares = np.append(volumes, most), np.append(shares, shares[-1])
        inside = volumes <= most
        points = zip(volumes[inside], shares[inside], strict=True)
        return fill(
            "hand_curve.html.j2",
            line=" ".join(f"{self._x(v):.1f},{_y(s):.1f}" for v, s in points),
            hand=(self._x(self.mqls), _y(self.moved.probability)),
            label=t(
                "goal.chart.planned",
                n=self.mqls,
                probability=probability(t, self.moved.probability),
            ),
            wanted=_y(WANTED),
            rows=[Tick(_y(share), t.percent(share)) for share in _SHARES],
            columns=[Tick(self._x(n), t.count(n)) for n in self._ticks()],
            across=t(
                "goal.axis.volume", unit=unit(self.base, t), period=period_name(self.base.period, t)
            ),
            size=(WIDTH, HEIGHT),
            frame=(LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM),
            colors={"line": palette(self.look.color).graphic, "ink": INK, "muted": MUTED,
                    "grid": LINE},
            alt=self.plain(),
        )  # fmt: skip

    def plain(self) -> str:
        """Return the curve as text."""
        t = self.look.t
        points = "; ".join(
            t("goal.chart.point", mqls=int(row.mqls), probability=probability(t, row.probability))
            for row in lines_of(self.moved.rows)
        )
        return t("goal.chart.alt", unit=unit(self.base, t), points=points)

    @cached_property
    def most(self) -> int:
        """The end of the axis, which no hand on the volume can pass."""
        return furthest(self.base)

    def _x(self, volume: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * float(volume) / self.most

    def _ticks(self) -> list[int]:
        rough = self.most / _TICKS
        scale = 10 ** np.floor(np.log10(rough))
        step = max(next(n for n in _ROUND if n * scale >= rough) * scale, 1)
        return [int(n) for n in np.arange(0, self.most + 1, step)]


def furthest(base: GoalAnswer) -> int:
    """Return the largest volume that a hand can choose."""
    rows = base.rows["mqls"]
    largest = int(rows.max()) if len(rows) else 0
    return max(largest, 2 * (base.planned or 0), 12)


def goal_sentence(base: GoalAnswer, moved: Moved, target: float, mqls: int, t: Translator) -> str:
    """Say how likely the goal is where the hands are."""
    aim = t(
        f"goal.kind.{base.kind}",
        target=t.money(target, base.currency),
        period=period_name(base.period, t),
    )
    chance = probability(t, moved.probability)
    return t("build.goal.chance", goal=aim, n=mqls, unit=unit(base, t), probability=chance)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * float(share)
