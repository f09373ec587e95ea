"""Chapters as a report has them, on invented counts: what the engine's tests lay out and run."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt

from workshop.i18n import Translator
from workshop.views.display import (
    Chart,
    Column,
    Figures,
    KeyFigure,
    Note,
    Prose,
    Table,
    show,
)
from workshop.views.style import (
    OUTCOME_SIGNS,
    SIGNS,
    UNDECIDED,
    house_style,
    money_axis,
    number_axis,
    percent_axis,
    points_axis,
)
from workshop.workspace import Workspace

STAGES = {
    "nl": ["Lead", "MQL", "SQL", "Opportuniteit", "Klant"],
    "en": ["Lead", "MQL", "SQL", "Opportunity", "Customer"],
}
SECTORS = ["Bouw", "Logistiek", "Voeding", "Machinebouw", "Zorg", "Drukkerij", "ICT", "Energie"]


def _words(language: str, nl: str, en: str) -> str:
    return nl if language == "nl" else en


def _setting(workspace: str, language: str) -> tuple[str, Translator]:
    opened = Workspace.open(Path(workspace))
    return opened.settings.brand.color, opened.translator(language)


def key_figures(workspace: str, language: str) -> None:
    """Four numbers, a sentence and a next step."""
    _, t = _setting(workspace, language)
    say = partial(_words, language)
    interval = say("interval", "interval")
    show(
        Figures(
            (
                KeyFigure(
                    t.percent(0.6315, 1),
                    say("slaagpercentage van afgesloten deals", "win rate of closed deals"),
                    f"{interval} {t.percent(0.62, 1)}–{t.percent(0.643, 1)}",
                ),
                KeyFigure(t.count(4238), say("gewonnen deals", "deals won"), ""),
                KeyFigure(t.money(10005534, "EUR"), say("gewonnen waarde", "value won")),
                KeyFigure(t.percent(0.49), say("kans op het doel", "probability of the goal")),
            )
        ),
        Prose(
            say(
                f"Van {t.count(6711)} afgesloten deals werden er {t.count(4238)} gewonnen. "
                "Sectoren verschillen weinig; de overdracht is waar leads blijven liggen.",
                f"Of {t.count(6711)} closed deals, {t.count(4238)} were won. Sectors differ "
                "little; the hand-over is where leads are left lying.",
            ),
            (
                say(
                    "Eén op de vier MQL's wacht langer dan twee werkdagen op een eerste contact.",
                    "One MQL in four waits more than two working days for a first touch.",
                ),
                say(
                    "Geen enkel kenmerk verklaart het verschil tussen gewonnen en verloren.",
                    "No trait explains the difference between won and lost.",
                ),
            ),
        ),
        Note(
            "next",
            say(
                "Leg in de sessie vast wie een MQL binnen één werkdag opvolgt, en wat er gebeurt "
                "als dat niet lukt.",
                "Agree in the session who follows up an MQL within one working day, and what "
                "happens if that fails.",
            ),
            t,
        ),
    )


def readiness(workspace: str, language: str) -> Table:
    """Return a table of text, with dashes where nothing is missing."""
    _, t = _setting(workspace, language)
    say = partial(_words, language)
    frame = pd.DataFrame(
        {
            "question": [
                say("Gewonnen en verloren", "Won and lost"),
                say("Trechter", "Funnel"),
                say("Snelheid per sector", "Velocity by sector"),
                say("Kanalen en campagnes", "Channels and campaigns"),
                say("Overdracht", "Hand-over"),
            ],
            "status": [
                say("te beantwoorden", "answerable"),
                say("te beantwoorden", "answerable"),
                say("met voorbehoud", "with a caveat"),
                say("te beantwoorden", "answerable"),
                say("niet te beantwoorden", "not answerable"),
            ],
            "missing": [None, None, "sector (31%)", None, "assigned_at, first_touch_at"],
        }
    )
    return Table(
        frame,
        "readiness",
        say(
            "Vier van de vijf vragen zijn te beantwoorden met deze CRM",
            "Four of five questions can be answered with this CRM",
        ),
        (
            Column("question", say("Vraag", "Question")),
            Column("status", say("Antwoord", "Answer")),
            Column("missing", say("Wat ontbreekt", "What is missing")),
        ),
        t,
    )


def funnel(workspace: str, language: str) -> None:
    """A bar a step, with its counts in a table."""
    color, t = _setting(workspace, language)
    say = partial(_words, language)
    entered = np.array([4012, 1630, 702, 402, 181])
    frame = pd.DataFrame({"stage": STAGES[language], "entered": entered})
    frame["rate"] = (frame["entered"] / frame["entered"].shift()).astype(float)
    table = Table(
        frame,
        "funnel",
        say("Trechter per fase", "Funnel by stage"),
        (
            Column("stage", say("Fase", "Stage")),
            Column("entered", say("Binnengekomen", "Entered"), "count"),
            Column(
                "rate", say("Aandeel van de vorige fase", "Share of the stage before"), "percent-1"
            ),
        ),
        t,
        notes=(
            say(
                "Cohorten van januari 2024 tot en met juni 2025; jongere zijn nog niet rijp.",
                "Cohorts from January 2024 to June 2025; younger ones are not yet mature.",
            ),
        ),
    )
    with house_style(color, (7.2, 2.9)) as palette:
        figure, ax = plt.subplots()
        sns.barplot(frame, x="entered", y="stage", color=palette.graphic, width=0.62, ax=ax)
        ax.bar_label(ax.containers[0], [t.count(n) for n in entered], padding=4, fontsize=9.5)
        number_axis(ax.xaxis, t)
        ax.set(xlabel=say("leads en deals (aantal)", "leads and deals (count)"), ylabel="")
    title = say(
        "De grootste stap omlaag is van lead naar MQL: 41% gaat door",
        "The largest step down is from lead to MQL: 41% go on",
    )
    alt = say(
        "Staafdiagram van vijf fasen: 4.012 leads, 1.630 MQL's, 702 SQL's, 402 opportuniteiten "
        "en 181 klanten.",
        "Bar chart of five stages: 4,012 leads, 1,630 MQLs, 702 SQLs, 402 opportunities and 181 "
        "customers.",
    )
    show(Chart(figure, title, alt, table, "funnel"), table)


def cohorts(workspace: str, language: str) -> Chart:
    """Return lines a step, young cohorts hollow."""
    color, t = _setting(workspace, language)
    say = partial(_words, language)
    months = pd.date_range("2024-01-01", periods=18, freq="MS")
    draw = np.random.default_rng(7)
    names = [
        f"{one} → {two}" for one, two in zip(STAGES[language], STAGES[language][1:], strict=False)
    ]
    with house_style(color) as _:
        figure, ax = plt.subplots()
        for sign, name, level in zip(SIGNS, names[1:], (0.43, 0.57, 0.45), strict=False):
            rate = level + draw.normal(0, 0.03, months.size).cumsum() / 3
            ax.plot(
                months[:15],
                rate[:15],
                color=sign.color,
                ls=sign.linestyle,
                marker=sign.marker,
                ms=4.5,
                label=name,
            )
            ax.plot(
                months[15:],
                rate[15:],
                color=sign.color,
                ls="",
                marker=sign.marker,
                ms=4.5,
                mfc="white",
            )
        ax.xaxis.set_major_formatter(
            lambda value, _: t.month(np.datetime64(int(value), "D").astype(object))
        )
        percent_axis(ax.yaxis, t)
        ax.grid(axis="y")
        ax.grid(False, axis="x")
        ax.set(ylabel=say("aandeel dat doorgaat", "share that goes on"), ylim=(0.2, 0.8))
        ax.legend(ncols=3, loc="upper left", bbox_to_anchor=(0, 1.14))
    return Chart(
        figure,
        say(
            "De stap van SQL naar opportuniteit verandert niet meer dan toeval alleen zou doen",
            "The step from SQL to opportunity changes no more than chance alone would",
        ),
        say(
            "Lijndiagram per instapmaand, drie stappen, januari 2024 tot juni 2025; de laatste "
            "drie maanden zijn hol: nog niet rijp.",
            "Line chart by month of entry, three steps, January 2024 to June 2025; the last three "
            "months are hollow: not yet mature.",
        ),
        reading=say(
            "Hol: nog niet alle leads van die maand hadden 90 dagen de tijd.",
            "Hollow: not every lead of that month has had its 90 days.",
        ),
    )


def differences(workspace: str, language: str) -> None:
    """Intervals around zero, the undecided ones grey, and a long table."""
    color, t = _setting(workspace, language)
    say = partial(_words, language)
    draw = np.random.default_rng(3)
    difference = np.sort(draw.normal(0.05, 0.18, 9))
    levels = [*SECTORS, say("onbekend", "unknown")]
    frame = pd.DataFrame({"level": levels, "difference": difference})
    frame["ci_low"], frame["ci_high"] = difference - 0.47, difference + 0.45
    with house_style(color, (7.2, 3.9)):
        figure, ax = plt.subplots()
        ax.axvline(0, color="#55606e", lw=1)
        ax.hlines(levels, frame["ci_low"], frame["ci_high"], color=UNDECIDED.color, lw=2)
        ax.plot(difference, levels, ls="", marker="o", color=UNDECIDED.color, mfc="white", mew=1.6)
        points_axis(ax.xaxis, t)
        ax.set_xlabel(
            say(
                "verschil in aandeel, gewonnen min verloren (procentpunten)",
                "difference in share, won minus lost (percentage points)",
            )
        )
    show(
        Chart(
            figure,
            say(
                "Tien tegen tien: geen enkele sector laat een verschil zien dat standhoudt",
                "Ten against ten: no sector shows a difference that holds",
            ),
            say(
                "Negen intervallen, alle over nul heen.", "Nine intervals, all of them across zero."
            ),
            name="ten-against-ten",
        ),
        Note(
            "limits",
            say(
                "Tien tegen tien is per uitkomst getrokken: het zegt nooit welk deel van de deals "
                "met een kenmerk gewonnen wordt.\n\nDaarvoor dient de hele geschiedenis hieronder.",
                "Ten against ten is sampled by outcome: it never says which share of deals with a "
                "trait is won.\n\nThe whole history below is for that.",
            ),
            t,
        ),
        _history(language, t),
    )


def _history(language: str, t: Translator) -> Table:
    say = partial(_words, language)
    draw = np.random.default_rng(11)
    rows = [
        (trait, f"{trait} {level}", int(draw.integers(40, 900)), draw.beta(60, 36))
        for trait in (say("sector", "sector"), say("bron", "source"), say("grootte", "size"))
        for level in range(1, 15)
    ]
    frame = pd.DataFrame(rows, columns=["trait", "level", "closed", "win_rate"])
    spread = 1.96 * np.sqrt(frame["win_rate"] * (1 - frame["win_rate"]) / frame["closed"])
    frame["ci_low"], frame["ci_high"] = frame["win_rate"] - spread, frame["win_rate"] + spread
    frame["q_value"] = draw.uniform(0.06, 0.98, len(frame))
    frame.loc[4, "level"] = "=cmd|' /C calc'!A0 <script>alert(1)</script>"
    return Table(
        frame,
        "history",
        say(
            "De hele geschiedenis: geen enkel niveau wijkt duidelijk af",
            "The whole history: no level clearly differs",
        ),
        (
            Column("level", say("Niveau", "Level")),
            Column("trait", say("Kenmerk", "Trait")),
            Column("closed", say("Afgesloten", "Closed"), "count"),
            Column("win_rate", say("Slaagpercentage", "Win rate"), "percent-1"),
            Column("ci_low", say("Van", "From"), "percent-1"),
            Column("ci_high", say("Tot", "To"), "percent-1"),
            Column("q_value", "q", "p"),
        ),
        t,
        shown=36,
    )


def goal(workspace: str, language: str) -> None:
    """A curve of a probability, two distributions, and a caveat."""
    color, t = _setting(workspace, language)
    say = partial(_words, language)
    mqls = np.arange(200, 1001, 50)
    chance = 1 / (1 + np.exp(-(mqls - 505) / 170))
    table = Table(
        pd.DataFrame({"mqls": mqls, "probability": chance}),
        "goal",
        say("Kans op het doel", "Probability of the goal"),
        (
            Column("mqls", "MQL's", "count"),
            Column("probability", say("Kans", "Probability"), "percent"),
        ),
        t,
    )
    with house_style(color) as palette:
        figure, ax = plt.subplots()
        sns.lineplot(x=mqls, y=chance, color=palette.graphic, ax=ax)
        ax.axhline(0.8, color="#55606e", lw=1, ls=(0, (4, 3)))
        ax.plot([740], [0.8], marker="o", color=palette.graphic)
        ax.annotate(
            say("740 MQL's voor 80%", "740 MQLs for 80%"),
            (740, 0.8),
            (8, -16),
            textcoords="offset points",
        )
        percent_axis(ax.yaxis, t)
        number_axis(ax.xaxis, t)
        ax.set(
            xlabel=say("MQL's in het kwartaal", "MQLs in the quarter"),
            ylabel=say("kans op het doel", "probability"),
            ylim=(0, 1),
        )
        ax.grid(axis="y")
    with house_style(color, (7.2, 3.2)):
        other, ax = plt.subplots()
        draw = np.random.default_rng(5)
        for outcome, shift in (("won", 10.4), ("lost", 9.9)):
            sign = OUTCOME_SIGNS[outcome]
            sns.histplot(
                np.exp(draw.normal(shift, 0.6, 300)),
                bins=30,
                binrange=(0, 150000),
                ax=ax,
                color=sign.color,
                hatch=sign.hatch,
                alpha=0.45,
                label=say({"won": "gewonnen", "lost": "verloren"}[outcome], outcome),
            )
        money_axis(ax.xaxis, t, "EUR")
        ax.set(
            xlabel=say("waarde van een deal", "value of a deal"),
            ylabel=say("deals (aantal)", "deals (count)"),
        )
        ax.legend()
    show(
        Chart(
            figure,
            say(
                "Met 500 MQL's is de kans op € 500.000 ongeveer de helft",
                "With 500 MQLs the chance of €500,000 is about a half",
            ),
            say(
                "Stijgende lijn: 500 MQL's geven 49%, 740 geven 80%.",
                "Rising line: 500 MQLs give 49%, 740 give 80%.",
            ),
            table,
            "goal",
        ),
        Note(
            "caveat",
            say(
                "De waarden van deals lopen sterk uiteen: enkele grote bepalen het resultaat.",
                "Deal values differ widely: a few large ones decide the result.",
            ),
            t,
        ),
        Chart(
            other,
            say(
                "Gewonnen deals zijn vaker groot dan verloren deals",
                "Won deals are large more often than lost ones",
            ),
            say(
                "Twee histogrammen; gewonnen ligt iets hoger.",
                "Two histograms; won lies a little higher.",
            ),
            name="values",
        ),
        Note(
            "method",
            say(
                "Simulatie met 10.000 paden; zie docs/methods, “Het doel”.",
                "Simulation of 10,000 paths; see docs/methods, “The goal”.",
            ),
            t,
        ),
    )
