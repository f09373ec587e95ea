"""The customer journey on the projector: two curves a type of customer, in words, and a pitch."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from scipy.interpolate import PchipInterpolator

from workshop.colors import INK, LINE, MUTED
from workshop.i18n import Translator
from workshop.questions.journey import Journey, journeys
from workshop.session.exercise import SIDES, Involvement
from workshop.session.results import Results
from workshop.views.display import Chart, Prose
from workshop.views.fragment import Shown
from workshop.views.look import Look, lines_of
from workshop.views.naming import quoted
from workshop.views.room.canvas import SMALL_TYPE, WIDTH, chart
from workshop.views.room.groups import GROUP_SIGNS, group_name, part_name
from workshop.views.room.pitch import pitch, wrapped
from workshop.views.style import house_style

HEIGHT = 7.6
HALF = 0.42
"""How far a stage's column reaches to either side."""


def journey_charts(found: Results, question: Involvement, look: Look) -> list[Shown]:
    """Show the curves of each type of customer with what they say, and the football field."""
    names = {stage.id: stage.text.of(look.t.language) for stage in question.stages}
    parts: list[Shown] = []
    for journey in journeys(found, question):
        parts += [
            _curves(journey, names, question.most, look),
            Prose("", _sentences(journey, names, look.t)),
            pitch(journey, names, question.most, look),
        ]
    return parts


def _curves(journey: Journey, names: Mapping[str, str], most: int, look: Look) -> Chart:
    """Draw how much each team does; the band between what the two teams say of it."""
    t, rows = look.t, journey.rows
    with house_style(look.color, (WIDTH, HEIGHT)), mpl.rc_context({"text.parse_math": False}):
        _, ax = plt.subplots()
        for n, row in enumerate(lines_of(rows)):
            _mark(ax, n, row.lead if row.claim is None else row.claim, most, t)
        for side in SIDES:
            _curve(ax, journey, side)
        ax.set_ylim(-0.25, most + 0.85)
        ax.set_xlim(-0.5, len(rows) - 0.5)
        ax.set_yticks(range(most + 1), [part_name(t, n) for n in range(most + 1)])
        stages = [wrapped(names[stage], 17) for stage in rows["stage"]]
        ax.set_xticks(range(len(rows)), stages)
        ax.tick_params(labelsize=SMALL_TYPE, length=0)
        ax.grid(visible=True, axis="y", color=LINE)
        ax.grid(visible=False, axis="x")
        _legend(ax, journey, t)
    points = [
        t(
            "said.journey.point",
            stage=names[row.stage],
            marketing=part_name(t, row.marketing),
            sales=part_name(t, row.sales),
        )
        for row in lines_of(rows)
    ]
    alt = t("said.journey.alt", type=journey.customer_type, points="; ".join(points))
    reading = t("said.journey.reading") if len(journey.views) else None
    return chart(ax, _title(journey, t), alt, reading)


def _curve(ax: Axes, journey: Journey, side: str) -> None:
    """Draw one team's part: the room's curve, and what each team says of it."""
    sign, rows = GROUP_SIGNS[side], journey.rows
    x = np.arange(len(rows))
    views = journey.views.pivot_table(index="stage", columns="team", values=side)
    views = views.reindex(rows["stage"])
    if len(x) > 1:
        fine = np.linspace(0, len(x) - 1, 40 * len(x))
        line = PchipInterpolator(x, rows[side].to_numpy(float))(fine)
        ax.plot(fine, line, color=sign.color, lw=5, ls=sign.linestyle, zorder=3)
        if {*SIDES} <= set(views) and views.notna().all(axis=None):
            edges = [PchipInterpolator(x, views[team].to_numpy(float))(fine) for team in SIDES]
            low, high = np.minimum(*edges), np.maximum(*edges)
            ax.fill_between(fine, low, high, color=sign.color, alpha=0.16, lw=0, zorder=1)
    else:
        ax.plot(x, rows[side], GROUP_SIGNS[side].marker, color=sign.color, ms=18, zorder=3)
    for team in views.columns:
        marker = GROUP_SIGNS[str(team)].marker
        ax.plot(
            x, views[team], marker, color=sign.color, ms=14, mec="white", mew=2, zorder=4, ls=""
        )


def _mark(ax: Axes, n: int, lead: str, most: int, t: Translator) -> None:
    """Write above a stage who leads there, or that the teams differ; shade it where nobody does."""
    color = GROUP_SIGNS[lead].color if lead in SIDES else INK
    if lead in ("nobody", "neither"):
        ax.axvspan(n - HALF, n + HALF, color=LINE, alpha=0.7, zorder=0)
    ax.text(
        n, most + 0.5, t(f"said.journey.lead.{lead}"), ha="center", va="center",
        fontsize=SMALL_TYPE, fontweight="bold", color=color,
    )  # fmt: skip


def _legend(ax: Axes, journey: Journey, t: Translator) -> None:
    curves = [
        Line2D(
            [], [], color=GROUP_SIGNS[side].color, lw=5, ls=GROUP_SIGNS[side].linestyle,
            label=t(f"said.journey.part.{side}"),
        )
        for side in SIDES
    ]  # fmt: skip
    teams = [team for team in SIDES if (journey.views["team"] == team).any()]
    marks = [
        Line2D(
            [], [], color=MUTED, marker=GROUP_SIGNS[team].marker, ls="", ms=14,
            label=t(f"said.journey.says.{team}"),
        )
        for team in teams
    ]  # fmt: skip
    others = {base for base in journey.rows["base"] if base not in (*SIDES,)}
    whose = [Patch(alpha=0, label=group_name(t, base)) for base in sorted(others) if not teams]
    ax.legend(
        handles=[*curves, *marks, *whose], ncols=5, loc="lower center",
        bbox_to_anchor=(0.5, 1), fontsize=SMALL_TYPE, handlelength=1.8, columnspacing=1.4,
    )  # fmt: skip


def _title(journey: Journey, t: Translator) -> str:
    """Say how often the lead changes hands."""
    changes = len(journey.moves) - 1
    if not journey.moves:
        finding = t("said.journey.title.none")
    elif changes == 0:
        team = journey.moves[0].team
        finding = t(f"said.journey.title.one.{team}")
    else:
        finding = t("said.journey.title.changes", n=changes)
    if not journey.customer_type:
        return finding[:1].upper() + finding[1:]
    return t("said.journey.title", type=journey.customer_type, finding=finding)


def _sentences(journey: Journey, names: Mapping[str, str], t: Translator) -> tuple[str, ...]:
    """Say where the lead changes, who plays along, and where the lead is nobody's or claimed."""
    rows = journey.rows
    found = [
        t(f"said.journey.{move.how}.{move.team}", stage=names[move.stage]) for move in journey.moves
    ]
    for side in SIDES:
        stages = journey.beside[side]
        if stages:
            items = _quoted(stages, names, t)
            found.append(t(f"said.journey.beside.{side}", stages=items))
    for code, chosen in (
        ("together", (rows["lead"] == "together") & rows["claim"].isna()),
        ("nobody", (rows["lead"] == "nobody") & rows["claim"].isna()),
        ("claimed", rows["claim"] == "both"),
        ("left", rows["claim"] == "neither"),
    ):
        stages = tuple(rows.loc[chosen.fillna(value=False).astype(bool), "stage"])
        if stages:
            items = _quoted(stages, names, t)
            found.append(t(f"said.journey.{code}", stages=items))
    return tuple(found)


def _quoted(stages: tuple[str, ...], names: Mapping[str, str], t: Translator) -> str:
    return quoted(t, [names[stage] for stage in stages])
