"""Guesses: the range and the middle of each team, and beside them the data."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from workshop.analysis.guesses import Guesses
from workshop.colors import INK, LINE, palette
from workshop.i18n import Translator
from workshop.questions.estimates import Estimate
from workshop.questions.said import guesses
from workshop.session.exercise import Number
from workshop.session.floor import INSIDE, TOTAL
from workshop.session.results import Results
from workshop.session.tally import drawn_groups, tally
from workshop.views.fragment import Shown
from workshop.views.look import Look
from workshop.views.room.canvas import SMALL_TYPE, blocks, chart, drawing
from workshop.views.room.groups import GROUP_SIGNS, group_name, of_item

NAN = float("nan")


def number_chart(
    found: Results, question: Number, estimate: Estimate | None, look: Look, currency: str
) -> list[Shown]:
    """Show the guesses of each team, and where the CRM has the figure also that."""
    t, said = look.t, tally(found, question)
    groups = drawn_groups(set(said["team"]))
    if not groups:
        return []
    data = estimate[:3] if estimate else (NAN, NAN, NAN)
    compared = guesses(found, question, data)
    laid = blocks([""], [groups])
    with drawing(laid, look) as ax:
        if estimate:
            _draw_data(ax, estimate, look)
        for group, y in laid[0].rows.items():
            lowest, middle, highest = spread_of(said, question.id, group)
            draw_spread(ax, y, (lowest, middle, highest), group)
        ax.set_xlim(*_limits(said, estimate, question))
        ax.xaxis.set_major_formatter(lambda value, _: amount(value, question, t, currency))
        ax.locator_params(axis="x", nbins=7)
    alt = t(
        "said.alt",
        question=question.text.of(t.language),
        points="; ".join(_point(said, question, group, t, currency) for group in groups),
    )
    title = _number_title(compared, groups, question, estimate, t, currency)
    reading = [t("said.spread.reading")]
    if estimate:
        values = [amount(x, question, t, currency) for x in (estimate.ci_low, estimate.ci_high)]
        low, high = values
        key = f"said.data.{question.about}"
        base = t(key, n=estimate.records)
        reading.append(t("said.data.reading", low=low, high=high, base=base))
    return [chart(ax, title, alt, " ".join(reading))]


def amount(value: float, question: Number, t: Translator, currency: str) -> str:
    """Return a guess in the unit that was asked for."""
    if question.unit == "percent":
        return t.percent(value / 100, _decimals(value))
    if question.unit == "money":
        return t.money(value, currency)
    decimals = _decimals(value)
    text = t.number(value, decimals)
    if question.unit == "hours":
        return t("said.hours", hours=text)
    return t("said.days", days=text) if question.unit == "days" else text


def _decimals(value: float) -> int:
    """Return how many decimals a guess needs: one, unless it is whole or large."""
    return 0 if abs(value - round(value)) < 0.05 or value >= 20 else 1


def spread_of(said: pd.DataFrame, item: str, group: str) -> tuple[float, float, float]:
    """Return the lowest answer, the middle one and the highest."""
    values = of_item(said, item, group).set_index("answer")["amount"]
    return float(values["lowest"]), float(values["median"]), float(values["highest"])


def draw_spread(ax: Axes, y: float, spread: tuple[float, float, float], group: str) -> None:
    """Draw a range with its middle."""
    sign = GROUP_SIGNS[group]
    ax.hlines(y, spread[0], spread[2], color=sign.color, lw=5, alpha=0.55)
    ax.plot(spread[1], y, sign.marker, color=sign.color, ms=17, mec="white", mew=1.5, zorder=4)


def _draw_data(ax: Axes, estimate: Estimate, look: Look) -> None:
    shades = palette(look.color)
    if estimate.ci_low == estimate.ci_low:
        ax.axvspan(estimate.ci_low, estimate.ci_high, color=LINE, zorder=0)
    ax.axvline(estimate.value, color=shades.graphic, lw=3, ls=(0, (4, 2)))
    ax.annotate(
        look.t("said.data.mark"), (estimate.value, 1), xycoords=("data", "axes fraction"),
        xytext=(0, 4), textcoords="offset points", ha="center", va="bottom",
        fontsize=SMALL_TYPE, color=INK, fontweight="bold",
    )  # fmt: skip


def _limits(said: pd.DataFrame, estimate: Estimate | None, question: Number) -> tuple[float, float]:
    values = [*said["amount"], *(x for x in (estimate or ())[:3] if x == x)]
    low, high = min(values), max(values)
    apart = max(high - low, (question.highest - question.lowest) / 10)
    return max(question.lowest, low - apart / 8) - apart / 25, high + apart / 8


def _number_title(
    compared: dict[str, Guesses],
    groups: list[str],
    question: Number,
    estimate: Estimate | None,
    t: Translator,
    currency: str,
) -> str:
    """Set the room's middle guess beside the data; without data the teams beside each other.

    The teams' own stand in its place where the data lies between them, with neither near it.
    """
    room = compared.get(TOTAL) or next(iter(compared.values()))
    guessed = amount(room.median, question, t, currency)
    each = {
        team: amount(compared[team].median, question, t, currency)
        for team in INSIDE
        if team in groups
    }
    apart = len(each) == len(INSIDE) and {compared[team].verdict for team in each} == {"apart"}
    if estimate:
        value = amount(estimate.value, question, t, currency)
        if apart and room.verdict != "apart":
            return t("said.guess.between", **each, value=value)
        return t(f"said.guess.{room.verdict}", guess=guessed, value=value)
    if len(each) == len(INSIDE):
        return t("said.guess.teams", **each)
    return t("said.guess.room", guess=guessed)


def _point(said: pd.DataFrame, question: Number, group: str, t: Translator, currency: str) -> str:
    low, middle, high = (
        amount(value, question, t, currency) for value in spread_of(said, question.id, group)
    )
    return t("said.spread.point", group=group_name(t, group), low=low, middle=middle, high=high)
