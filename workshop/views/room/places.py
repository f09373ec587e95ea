"""Rankings: the mean place that each team gave an option."""

from __future__ import annotations

from workshop.colors import LINE
from workshop.session.exercise import Ranking
from workshop.session.results import Results
from workshop.session.tally import drawn_groups, tally
from workshop.views.fragment import Shown
from workshop.views.look import Look
from workshop.views.room.canvas import SMALL_TYPE, blocks, chart, drawing
from workshop.views.room.groups import GROUP_SIGNS, group_name, of_item
from workshop.views.room.leading import leading


def ranking_chart(found: Results, question: Ranking, look: Look) -> list[Shown]:
    """Show the mean places, the first first."""
    t, said = look.t, tally(found, question)
    groups = drawn_groups(set(said["team"]))
    if not groups:
        return []
    texts = {option.id: option.text.of(t.language) for option in question.options}
    drawn = said[said["team"].isin(groups)]
    means = drawn.groupby("answer", sort=False)["amount"].mean()
    order = [str(name) for name in means.sort_values(kind="stable").index]
    places = {
        group: of_item(said, question.id, group).set_index("answer")["amount"] for group in groups
    }
    laid = blocks([texts[name] for name in order], [groups] * len(order))
    with drawing(laid, look) as ax:
        for name, block in zip(order, laid, strict=True):
            for group, y in block.rows.items():
                place, sign = float(places[group][name]), GROUP_SIGNS[group]
                ax.hlines(y, 1, place, color=LINE, lw=4)
                ax.plot(place, y, sign.marker, color=sign.color, ms=16)
                ax.text(place + 0.12, y, t.number(place, 1), va="center", fontsize=SMALL_TYPE)
        ax.set_xlim(0.9, len(order) + 0.6)
        ax.set_xlabel(t("said.ranking.axis"))
        ax.set_xticks(range(1, len(order) + 1))
    points = [
        t(
            "said.point",
            name=f"{texts[name]}, {group_name(t, group)}",
            value=t.number(float(places[group][name]), 1),
        )
        for name in order
        for group in groups
    ]
    first = {
        group: [texts[str(name)] for name in of.index[of == of.min()]]
        for group, of in places.items()
    }
    alt = t("said.alt", question=question.text.of(t.language), points="; ".join(points))
    return [chart(ax, leading(first, "first", t), alt)]
