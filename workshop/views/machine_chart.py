"""The hand-over rules as a picture: statuses with their owners, and the ways between them."""

from __future__ import annotations

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon

from workshop.colors import INK, MUTED, PAPER, palette
from workshop.i18n import Translator
from workshop.session.machine import Edge, Machine, Node, machine
from workshop.session.rules import RuleSet
from workshop.views.display import Chart
from workshop.views.hours import agreed
from workshop.views.look import Look, figure_of
from workshop.views.machine_plan import BOX_TEXT, HEAD, NAME_TEXT, Box, Plan, Run, planned
from workshop.views.machine_sheet import LABEL_TEXT, LINE_HEIGHT, Point
from workshop.views.rule_words import rules_table, status_name
from workshop.views.style import SIGNS, UNDECIDED, house_style

OWNERS = {"sales": SIGNS[0], "marketing": SIGNS[1]}
_DASHED = (0, (3.5, 2.5))


def machine_chart(rules: RuleSet, customer_type: str | None, day_hours: float, look: Look) -> Chart:
    """Draw the state machine of a type of customer; null is every type that no rule names."""
    t, whole = look.t, machine(rules, customer_type)
    boxes = [box_lines(t, node, day_hours) for node in whole.nodes]
    labels = [label_text(t, edge, day_hours) for edge in whole.edges]
    with house_style(look.color):
        plan = planned(whole, boxes, labels, rules.first_status)
        figure = plt.figure(figsize=(plan.width, plan.height), layout="none")
        ax = draw(plan, whole, figure.add_axes((0, 0, 1, 1)))
    names = [status_name(t, node.status) for node in whole.nodes if node.kind == "end"]
    first = status_name(t, rules.first_status)
    title = t("hand_over.machine.endless", first=first, n=len(whole.nodes))
    if names:
        ends = t.join(names, "or")
        title = t("hand_over.machine.title", first=first, ends=ends, n=len(whole.nodes))
    if customer_type is not None:
        title = t("hand_over.machine.of_type", title=title, type=customer_type)
    reading = t("hand_over.machine.reading")
    if customer_type is None and rules.customer_types:
        others = t("hand_over.machine.others", types=t.join(rules.customer_types))
        reading = f"{reading} {others}"
    alt, table = in_words(t, whole, day_hours), rules_table(t, rules, day_hours)
    return Chart(figure_of(ax), title, alt, table, _name(customer_type, rules), reading)


def _name(customer_type: str | None, rules: RuleSet) -> str:
    """Name a picture: one by its kind, those of several types of customer by number."""
    if customer_type is None:
        return "machine"
    return f"machine-{rules.customer_types.index(customer_type) + 1}"


def box_lines(t: Translator, node: Node, day_hours: float) -> tuple[str, ...]:
    """Return what stands in a status's box: its name, whose it is, and its time limit."""
    name = status_name(t, node.status)
    if node.kind == "end" and node.owner is None:
        return name, t("hand_over.machine.end")
    limit = t("hand_over.machine.no_limit")
    if node.time_limit is not None:
        limit = t("hand_over.machine.limit", limit=agreed(t, node.time_limit, day_hours))
    return name, t(f"hand_over.team.{node.owner or 'none'}"), limit


def label_text(t: Translator, edge: Edge, day_hours: float) -> str:
    """Return what stands at an arrow: its trigger, or after how long."""
    if edge.kind == "limit" and edge.time_limit is None:
        return t("hand_over.machine.no_hours")
    if edge.kind == "limit":
        return t("hand_over.machine.after", limit=agreed(t, edge.time_limit or 0, day_hours))
    if edge.at_most is not None:
        return t("hand_over.machine.at_most", trigger=edge.trigger, n=edge.at_most)
    return edge.trigger


def in_words(t: Translator, whole: Machine, day_hours: float) -> str:
    """Say what the picture shows: every status, and every way."""
    boxes = [
        t("hand_over.machine.status", status=lines[0], terms=", ".join(lines[1:]))
        for lines in (box_lines(t, node, day_hours) for node in whole.nodes)
    ]
    ways = [
        t(
            f"hand_over.machine.way.{edge.kind}",
            from_status=status_name(t, edge.from_status),
            to_status=status_name(t, edge.to_status),
            label=label_text(t, edge, day_hours),
        )
        for edge in whole.edges
    ]
    return t("hand_over.machine.alt", statuses="; ".join(boxes), ways="; ".join(ways))


def draw(plan: Plan, whole: Machine, ax: Axes | None = None) -> Axes:
    """Draw a planned machine to scale, an inch a unit."""
    ax = ax or plt.gca()
    ax.set(xlim=(0, plan.width), ylim=(plan.height, 0))
    ax.axis("off")
    for edge, run in zip(whole.edges, plan.runs, strict=True):
        _draw_run(run, ax, dashed=edge.kind == "limit")
    _draw_start(plan, ax)
    for node, box in zip(whole.nodes, plan.boxes, strict=True):
        _draw_box(node, box, ax)
    return ax


def _draw_run(run: Run, ax: Axes, *, dashed: bool) -> None:
    """Draw an arrow with its label, which interrupts the line."""
    style = _DASHED if dashed else "-"
    ax.add_patch(PathPatch(run.line, fc="none", ec=MUTED, lw=1.2, ls=style))
    _draw_head(run.head, ax)
    ax.text(
        *run.label,
        "\n".join(run.lines),
        fontsize=LABEL_TEXT,
        fontstyle="italic" if dashed else "normal",
        ha="center",
        va="center",
        linespacing=1.15,
        bbox={"fc": PAPER, "ec": "none", "pad": 1.2},
    )


def _draw_head(head: tuple[Point, Point], ax: Axes) -> None:
    (x, y), (tip_x, tip_y) = head
    half_x, half_y = (tip_y - y) * 0.45, (tip_x - x) * 0.45
    corners = [(x - half_x, y - half_y), (tip_x, tip_y), (x + half_x, y + half_y)]
    ax.add_patch(Polygon(corners, fc=MUTED, ec="none"))


def _draw_start(plan: Plan, ax: Axes) -> None:
    """Draw the dot from which a lead comes into its first status."""
    (x, y), (tip_x, tip_y) = plan.start
    length = abs(tip_x - x) + abs(tip_y - y)
    back = (tip_x + (x - tip_x) * HEAD / length, tip_y + (y - tip_y) * HEAD / length)
    ax.plot([x, back[0]], [y, back[1]], color=MUTED, lw=1.2)
    ax.plot(x, y, "o", color=INK, ms=6)
    _draw_head((back, (tip_x, tip_y)), ax)


def _draw_box(node: Node, box: Box, ax: Axes) -> None:
    """Draw a status in its owner's colour; an end has a double border."""
    color = OWNERS[node.owner].color if node.owner else UNDECIDED.color
    insets = (0.0, 0.045) if node.kind == "end" else (0.0,)
    for inset in insets:
        rectangle = FancyBboxPatch(
            (box.x - box.width / 2 + inset, box.y - box.height / 2 + inset),
            box.width - 2 * inset,
            box.height - 2 * inset,
            boxstyle="round,pad=0,rounding_size=0.06",
            fc=palette(color).tint,
            ec=color,
            lw=1.6 if inset == 0 else 0.9,
        )
        ax.add_patch(rectangle)
    top = box.y - LINE_HEIGHT * (len(box.name) + len(box.lines) - 1) / 2
    for i, line in enumerate((*box.name, *box.lines)):
        bold = i < len(box.name)
        ax.text(
            box.x,
            top + i * LINE_HEIGHT,
            line,
            fontsize=NAME_TEXT if bold else BOX_TEXT,
            fontweight="bold" if bold else "normal",
            ha="center",
            va="center_baseline",
        )
