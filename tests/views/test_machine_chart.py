"""The state machine drawn: what stands where, whose it is, and nothing on top of anything."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

from workshop.i18n import Translator
from workshop.resources import kit
from workshop.session.machine import machine
from workshop.session.rules import RuleSet, read_rules
from workshop.views.machine_chart import OWNERS, box_lines, in_words, label_text, machine_chart
from workshop.views.machine_plan import Plan, planned
from workshop.views.style import CHART_SIZE, house_style

SOUND = Path(__file__).parents[1] / "session" / "rules" / "sound.yaml"


def rules_of(*ways, **more) -> RuleSet:
    """Return rules from (from, to, trigger, limit, status at the limit)."""
    rows = []
    for i, (start, end, trigger, limit, then) in enumerate(ways):
        row = {"name": f"r{i}", "from": start, "to": end, "trigger": trigger}
        row |= {"owner": "marketing" if i % 2 else "sales"}
        row |= {"time_limit": limit} if limit else {}
        row |= {"at_limit": {"status": then}} if then else {}
        rows.append(row)
    return RuleSet.model_validate({"rules": rows, **more}, strict=False)


LONG = "Er is gebeld, de behoefte is duidelijk en er is een datum voor de volgende stap"
THREE = rules_of(("lead", "mql", "Past", 40, None), ("mql", "won", "Getekend", 8, "lead"))
TWELVE = rules_of(
    ("lead", "mql", LONG, 160, "nieuwsbrief"),
    ("nieuwsbrief", "lead", "Klikt opnieuw door", 400, None),
    ("mql", "assigned", "Toegewezen", 4, None),
    ("mql", "rejected", "Dubbel", 4, None),
    ("assigned", "in gesprek", "Eerste gesprek", 8, "mql"),
    ("in gesprek", "sql", LONG, 40, "terug bij marketing"),
    ("terug bij marketing", "lead", "Opnieuw interesse", 80, "rejected"),
    ("sql", "opportunity", "Offerte gevraagd", 40, None),
    ("sql", "sql", "Nog eens bellen", 40, None),
    ("opportunity", "onderhandelingsgesprekken", "Verstuurd", 80, None),
    ("onderhandelingsgesprekken", "won", "Getekend", 200, "lost"),
)
CHAIN = rules_of(*((f"stap {i}", f"stap {i + 1}", LONG, 8, None) for i in range(11)))
STAR = rules_of(*(("lead", f"status {i}", LONG, 8, f"status {(i + 1) % 7}") for i in range(7)))
SETS = {"three": THREE, "twelve": TWELVE, "chain": CHAIN, "star": STAR}


@pytest.fixture
def sound(tmp_path) -> RuleSet:
    (tmp_path / "rules.yaml").write_text(SOUND.read_text("utf-8"), "utf-8")
    return read_rules(tmp_path)


def plan_of(rules: RuleSet, t: Translator) -> Plan:
    whole = machine(rules)
    with house_style("#1f4e79"):
        return planned(
            whole,
            [box_lines(t, node, 8) for node in whole.nodes],
            [label_text(t, edge, 8) for edge in whole.edges],
            rules.first_status,
        )


def overlaps(one, other, slack=0.0) -> bool:
    return (
        min(one.x1, other.x1) - max(one.x0, other.x0) > slack
        and min(one.y1, other.y1) - max(one.y0, other.y0) > slack
    )


def texts_of(chart) -> list:
    return [text for text in chart.figure.axes[0].texts if text.get_text()]


@pytest.mark.parametrize("name", SETS)
def test_no_text_lies_on_another_nor_beside_the_paper(name, look):
    with house_style(look.color):
        chart = machine_chart(SETS[name], None, 8, look)
        renderer = FigureCanvasAgg(chart.figure).get_renderer()
        found = [text.get_window_extent(renderer) for text in texts_of(chart)]
    width, height = chart.figure.get_size_inches() * chart.figure.dpi
    assert all(box.x0 > -1 and box.x1 < width + 1 for box in found)
    assert all(box.y0 > -1 and box.y1 < height + 1 for box in found)
    assert [pair for pair in combinations(found, 2) if overlaps(*pair, slack=1.5)] == []


@pytest.mark.parametrize("name", SETS)
def test_no_arrow_runs_through_a_box(name, english):
    plan = plan_of(SETS[name], english.t)
    for box in plan.boxes:
        half_x, half_y = box.width / 2 - 1e-6, box.height / 2 - 1e-6
        for run in plan.runs:
            points = run.line.interpolated(1).to_polygons(closed_only=False)[0]
            for (x, y), (to_x, to_y) in pairwise(points):
                for share in (0, 0.25, 0.5, 0.75, 1):
                    at_x, at_y = x + share * (to_x - x), y + share * (to_y - y)
                    assert abs(at_x - box.x) >= half_x or abs(at_y - box.y) >= half_y


def test_few_layers_go_from_left_to_right_and_many_from_top_to_bottom(english):
    three = plan_of(THREE, english.t)
    assert [box.y for box in three.boxes] == pytest.approx([three.boxes[0].y] * 3)
    assert [box.x for box in three.boxes] == sorted(box.x for box in three.boxes)
    chain = plan_of(CHAIN, english.t)
    assert [box.y for box in chain.boxes] == sorted(box.y for box in chain.boxes)
    assert {round(box.x, 6) for box in chain.boxes} == {round(chain.boxes[0].x, 6)}


@pytest.mark.parametrize("name", SETS)
def test_a_picture_fills_the_column_and_fits_a_page(name, english):
    plan = plan_of(SETS[name], english.t)
    assert plan.width >= CHART_SIZE[0] - 1e-9
    assert plan.height <= plan.width * 4 / 3 + 1e-6


def test_a_box_says_whose_it_is_and_until_when(sound, english):
    lines = [box_lines(english.t, node, 8) for node in machine(sound).nodes]
    assert lines == [
        ("Lead", "Marketing", "within 5 working days"),
        ("MQL", "Sales", "within 1 working day"),
        ("SQL", "Sales", "within 3 working days"),
        ("Opportunity", "end"),
        ("Rejected", "end"),
    ]


def test_a_status_without_owner_or_limit_says_so(dutch):
    bare = RuleSet.model_validate(
        {"rules": [{"name": "a", "from": "lead", "to": "mql", "trigger": "x"}]}, strict=False
    )
    (first, _) = machine(bare).nodes
    assert box_lines(dutch.t, first, 8) == ("Lead", "van niemand", "geen termijn")


def test_owners_have_their_colour_and_ends_a_double_border(sound, english):
    ax = machine_chart(sound, None, 8, english).figure.axes[0]
    borders = [patch for patch in ax.patches if hasattr(patch, "get_boxstyle")]
    colors = [to_hex(patch.get_edgecolor()) for patch in borders]
    marketing, sales = OWNERS["marketing"].color, OWNERS["sales"].color
    assert colors[:3] == [marketing, sales, sales]
    assert len(borders) == 3 + 2 * 2


def test_a_dashed_arrow_is_a_time_limit(sound, english):
    ax = machine_chart(sound, None, 8, english).figure.axes[0]
    lines = [patch for patch in ax.patches if isinstance(patch, PathPatch)]
    assert [patch.get_linestyle() == "-" for patch in lines] == [
        edge.kind == "trigger" for edge in machine(sound).edges
    ]
    assert "after 3 working days" in [
        text.get_text().replace("\n", " ")
        for text in texts_of(machine_chart(sound, None, 8, english))
    ]


def test_the_alternative_names_every_status_and_way(sound, english):
    text = in_words(english.t, machine(sound), 8)
    assert "Lead (Marketing, within 5 working days); MQL (Sales, within 1 working day)" in text
    assert "MQL → SQL when: first_touch" in text
    assert "SQL → Rejected after 3 working days, when the time limit passes" in text


def test_the_title_says_from_where_to_where(sound, english):
    chart = machine_chart(sound, None, 8, english)
    assert chart.title == "From Lead to Opportunity or Rejected, through 5 statuses"
    assert machine_chart(CHAIN, None, 8, english).title == (
        "From Stap 0 on through 12 statuses, without an end"
    )


def test_rules_of_one_type_are_pointed_to(look):
    rules = read_rules(kit("datasets", "example"))
    assert rules is not None
    assert "Bestaande klant" in machine_chart(rules, None, 8, look).reading
    own = machine_chart(rules, "Bestaande klant", 8, look)
    assert "Bestaande klant" in own.title
    assert look.t("hand_over.days", n=2, number="2") in own.alt


def test_the_same_rules_give_the_same_picture(sound, english):
    first, second = (machine_chart(sound, None, 8, english).svg for _ in range(2))
    assert first == second
