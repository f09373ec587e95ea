"""Make the table of planted against found in `datasets/README.md`, from the example company."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from make_calibration import between

from workshop.crm.tables import Tables, open_tables
from workshop.demo import example_workspace, import_example, lay_down_agreed
from workshop.questions.ask import ask

PAGE = Path(__file__).parents[1] / "datasets" / "README.md"
BEGIN = "<!-- planted: made by docs/make_planted.py -->\n"
END = "<!-- /planted -->\n"
STAGES = {"lead": "lead", "mql": "MQL", "sql": "SQL", "opportunity": "opportunity"}
HEAD = "| what | truly | question | found | verdict |\n|---|---|---|---|---|\n"


class Line(NamedTuple):
    """One thing that is true of the example company, and what the kit says of it."""

    what: str
    truly: str
    question: str
    found: str
    verdict: str


def table(tables: Tables, folder: Path) -> str:
    """Return the table: effects, then traps, then what is null."""
    answers = {
        question: ask(tables, question, folder=folder)
        for question in ("won-lost", "funnel", "velocity", "channels", "hand-over", "definitions")
    }
    lines = [*_effects(answers), *_traps(answers["won-lost"]), *_nulls(answers)]
    return HEAD + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _effects(answers: dict[str, Any]) -> Iterator[Line]:
    history = answers["won-lost"].history.set_index(["trait", "level"])
    for trait, level, truly in (
        ("sector", "Voeding", "odds ratio 3.4"),
        ("sector", "Bouw", "odds ratio 0.28"),
        ("trigger", "Verhuizing", "odds ratio 3.4"),
        ("trigger", "Offertevergelijking", "odds ratio 0.28"),
    ):
        row = history.loc[(trait, level)]
        yield Line(f"{trait} *{level}*", truly, "won-lost, history", _odds(row), _q(row))
    channels = answers["channels"].rows.set_index("channel")
    for channel, truly in (
        ("Referentie", "12.8% won in the end, 4.9% of all"),
        ("Webinar", "10.3%"),
        ("LinkedIn", "0.7%"),
    ):
        row = channels.loc[channel]
        found = _share(row["shrunk_rate"], row["shrunk_low"], row["shrunk_high"])
        yield Line(f"source *{channel}*", truly, "channels", found, f"`{row['verdict']}`")
    yield _fast(answers["velocity"])
    yield from _funnel(answers["funnel"])
    yield from _hand_over(answers["hand-over"])
    yield from _definitions(answers["definitions"].rows)


def _fast(velocity: Any) -> Line:
    rows = velocity.rows[velocity.rows["horizon_days"] == 30].set_index("group")
    row, pace = rows.loc["E-commerce"], velocity.pace.set_index("group").loc["E-commerce"]
    others = rows.drop("E-commerce")["won_share"]
    found = f"won by day 30: {_share(row['won_share'], row['ci_low'], row['ci_high'])}; "
    found += f"other sectors {others.min():.0%} to {others.max():.0%}"
    truly = "median 24 days to close, others 68"
    return Line("sector *E-commerce* moves faster", truly, "velocity", found, _q(pace))


def _funnel(funnel: Any) -> Iterator[Line]:
    steps = funnel.steps.set_index("from_stage")
    leaks = funnel.leaks.set_index("from_stage")
    for stage, truly in (("lead", "50%"), ("mql", "27%"), ("sql", "83%")):
        row = steps.loc[stage]
        said = leaks.loc[stage] if stage in leaks.index else None
        verdict = "no leak" if said is None else f"`{said['code']}`, `{said['verdict']}`"
        found = _share(row["rate"], row["ci_low"], row["ci_high"])
        yield Line(f"{STAGES[stage]} → {STAGES[row['to_stage']]}", truly, "funnel", found, verdict)


def _hand_over(answer: Any) -> Iterator[Line]:
    effect = answer.effect
    found = f"{effect.odds_ratio:.1f} ({effect.ci_low:.1f} to {effect.ci_high:.1f})"
    what = "a touch within 8 working hours"
    yield Line(what, "odds ratio 3.2", "hand-over", found, "`speed_is_no_proof`")
    waits = answer.delays[answer.delays["delay"] == "person"].set_index("customer_type")
    shares = waits["untouched"] / waits["leads"]
    existing = shares["Bestaande klant"]
    others = shares.drop("Bestaande klant")
    found = f"{existing:.0%}, others {others.min():.0%} and {others.max():.0%}"
    what = "MQLs of existing customers stay untouched"
    yield Line(what, "34%, others 8%", "hand-over", found, "no verdict")


def _definitions(rows: pd.DataFrame) -> Iterator[Line]:
    scored = rows[rows["period"] == "check"].set_index(["term", "side"])
    for side, what, truly in (
        ("marketing", "interest before MQL (marketing's MQL)", "2.3 activities against 0.9"),
        ("sales", "size and role of the account (sales' MQL)", "nothing"),
    ):
        row = scored.loc[("mql", side)]
        found = f"lift {row['lift']:.1f} ({row['lift_low']:.1f} to {row['lift_high']:.1f})"
        verdict = "interval above 1" if row["lift_low"] > 1 else "interval holds 1"
        yield Line(what, truly, "definitions, check", found, verdict)


def _traps(answer: Any) -> Iterator[Line]:
    history = answer.history
    late = history[history["trait"] == "Leadkwaliteit"].set_index("level").loc["Hoog"]
    marked = "" if late["known_at_creation"] else ", marked as not known at creation, never offered"
    what = "trap: *Leadkwaliteit* was filled in after the outcome"
    yield Line(what, "no effect", "won-lost, history", _odds(late), _q(late) + marked)
    blank = answer.missingness.set_index("trait").loc["role"]
    sides = (
        f"{blank[f'{s}_unknown']:.0f} of {blank[f'{s}_total']:.0f} {s}" for s in ("lost", "won")
    )
    apart, low, high = (_points(blank[name]) for name in ("difference", "ci_low", "ci_high"))
    found = f"blank on {', '.join(sides)}: {apart} points ({low} to {high})"
    what, truly = "trap: *Functie* is blank on lost deals", "25% against 6% of the deals"
    yield Line(what, truly, "won-lost, missing values", found, "said beside the trait")
    pair = answer.confounded.set_index("trait").loc["sector"]
    building = answer.within.set_index(["trait", "level"]).loc[("sector", "Bouw")]
    found = f"{pair['confounder']}, V = {pair['cramers_v']:.2f}; within it *Bouw* "
    found += f"{building['odds_ratio']:.2f} ({building['ci_low']:.2f} to {building['ci_high']:.2f})"
    what = "trap: the sector follows the owner"
    yield Line(what, "the owner has no effect", "won-lost, within", found, "`confounded`")


def _nulls(answers: dict[str, Any]) -> Iterator[Line]:
    history = answers["won-lost"].history
    for trait in ("employees", "problem", "customer_type", "campaign", "source"):
        rows = history[history["trait"] == trait]
        clear = int((rows["verdict"] == "clear").sum())
        found = f"{len(rows)} levels, smallest q {rows['q_value'].min():.2f}"
        yield Line(
            f"null: {trait} and winning", "nothing", "won-lost, history", found, _none(clear)
        )
    channels = answers["channels"].rows
    average = channels[~channels["channel"].isin(["Referentie", "Webinar", "LinkedIn"])]
    named = int(average["verdict"].isin(["works", "noise"]).sum())
    found = f"{len(average)} sources, {average['rate'].min():.1%} to {average['rate'].max():.1%}"
    truly = "4.0% to 4.5% in the end"
    yield Line("null: the other sources, and none given", truly, "channels", found, _none(named))


def _none(count: int) -> str:
    return f"{count} stand out" if count else "none stands out"


def _odds(row: pd.Series) -> str:
    return f"{row['odds_ratio']:.2f} ({row['odds_low']:.2f} to {row['odds_high']:.2f})"


def _share(share: float, low: float, high: float) -> str:
    return f"{share:.1%} ({low:.1%} to {high:.1%})"


def _points(share: float) -> str:
    return f"{100 * share:.1f}".replace("-", "−")


def _q(row: pd.Series) -> str:
    q = row["q_value"]
    return f"`{row['verdict']}`, q {'< 0.001' if q < 0.001 else f'= {q:.3f}'}"


def main() -> None:
    """Import the example company afresh, and write the table into the page."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = example_workspace(Path(folder) / "example")
        lay_down_agreed(workspace)
        for _ in import_example(workspace):
            pass
        found = table(open_tables(workspace), workspace.path)
    PAGE.write_text(between(PAGE.read_text("utf-8"), BEGIN, END, found), "utf-8")


if __name__ == "__main__":
    main()
