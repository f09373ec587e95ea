"""An experiment in words: what was written down, whether a month can tell, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from workshop.analysis.experiment import Foresight, Seen
from workshop.i18n import Translator
from workshop.questions.experiment import BY_HAND, Experiment, Now, Told
from workshop.views.display import Note, Prose, Shown
from workshop.views.look import in_sentence, probability, span
from workshop.views.outcomes import shortened

PART = 60
"""Characters of a part in minutes, so that when it has worked is there too."""

_MEASURES = {
    "leads": "experiment.measure.leads",
    "to_mql": "experiment.measure.to_mql",
    "to_sql": "experiment.measure.to_sql",
    "to_opportunity": "experiment.measure.to_opportunity",
    "untouched": "experiment.measure.untouched",
    BY_HAND: "experiment.measure.by_hand",
}
_VERDICTS = {
    "reached": "experiment.verdict.reached",
    "not_reached": "experiment.verdict.not_reached",
    "cannot_tell": "experiment.verdict.cannot_tell",
}
_STATES = {
    "to_come": "experiment.state.to_come",
    "running": "experiment.state.running",
    "waiting": "experiment.state.waiting",
    "to_count": "experiment.state.to_count",
    "no_data": "experiment.state.no_data",
}


def experiments(found: Sequence[Told], t: Translator) -> tuple[Shown, ...]:
    """Show each experiment with what became of it; without one, what to do."""
    if not found:
        return (Note("next", t("experiment.none"), t),)
    return tuple(Prose(told_text(one, t), told_points(one, t)) for one in found)


def told_text(one: Told, t: Translator) -> str:
    """Return the verdict, or why there is none yet."""
    if one.finding is not None:
        return t(_VERDICTS[one.finding.verdict])
    trial = one.experiment
    return t(_STATES[one.state], starts=trial.starts_on, ends=trial.ends_on, judged=trial.judged_on)


def told_points(one: Told, t: Translator) -> tuple[str, ...]:
    """Return what was agreed and what was measured, a line each."""
    trial = one.experiment
    agreed = t("experiment.agreed", what=one.decision.what)
    before = t("experiment.before", figure=figure(trial, Seen(trial.hits, trial.of), t))
    if one.seen is None:
        return (agreed, before)
    if one.finding is None:
        return (agreed, before, t("experiment.so_far", figure=figure(trial, one.seen, t)))
    low, high = one.finding.low, one.finding.high
    bounds = t("label.from_to", low=t.count(low), high=t.count(high))
    measured = t(
        "experiment.measured",
        figure=figure(trial, one.seen, t),
        bounds=span(t, low, high) if trial.is_share else bounds,
        chance=probability(t, one.finding.by_chance),
    )
    return (agreed, before, measured)


def sentence(trial: Experiment, because: str, t: Translator) -> str:
    """Return what the room says aloud: what, with whom, why, and when it has worked."""
    return t(
        "experiment.sentence",
        tries=_bare(trial.tries),
        whom=_bare(trial.with_whom),
        because=_bare(because),
        starts=trial.starts_on,
        success=success(trial, t),
        day=trial.ends_on,
        now=figure(trial, Seen(trial.hits, trial.of), t),
        otherwise=_bare(trial.if_not),
    )


def minute(trial: Experiment, owner: str, day: dt.date | None, t: Translator) -> str:
    """Return what minutes have room for: what, with whom, and when it has worked."""
    return t(
        "minutes.experiment",
        owner=owner,
        day=day,
        tries=_bare(shortened(trial.tries, PART)),
        whom=_bare(shortened(trial.with_whom, PART)),
        success=success(trial, t),
        otherwise=_bare(shortened(trial.if_not, PART)),
    )


def success(trial: Experiment, t: Translator) -> str:
    """Return the test: the measure, and the figure from which it has worked."""
    key = "experiment.at_least" if trial.more else "experiment.at_most"
    return t(key, measure=in_sentence(measured_name(trial, t)), figure=aim(trial, t))


def measured_name(trial: Experiment, t: Translator) -> str:
    """Return what is measured, and of which leads."""
    if trial.measure == BY_HAND:
        return str(trial.counts)
    name = t(_MEASURES[trial.measure])
    return name if trial.source is None else t("experiment.of", measure=name, source=trial.source)


def measure_name(measure: str, t: Translator) -> str:
    """Return a measure as a list offers it."""
    return t(_MEASURES[measure])


def aim(trial: Experiment, t: Translator) -> str:
    """Return the figure from which it has worked."""
    return t.percent(trial.at_least) if trial.is_share else t.count(trial.at_least)


def figure(trial: Experiment, seen: Seen, t: Translator) -> str:
    """Return a figure with what is behind it."""
    if trial.is_share:
        return t("experiment.share", hits=seen.hits, of=seen.of, share=_part(seen))
    return t("experiment.count", hits=seen.hits, days=seen.of)


def now_text(found: Now, trial_is_share: bool, t: Translator) -> str:
    """Say how things are before the experiment, and from which leads that is known."""
    if trial_is_share and not found.of:
        return t("experiment.now.none", first=found.first, until=found.until)
    if trial_is_share:
        share = found.hits / found.of
        values = {"share": share, "hits": found.hits, "of": found.of}
        return t("experiment.now.share", first=found.first, until=found.until, **values)
    return t("experiment.now.count", hits=found.hits, first=found.first, until=found.until)


def foresight_text(trial: Experiment, leads: int, found: Foresight, t: Translator) -> str:
    """Say whether so long can tell this difference from chance, and what would."""
    opening = t("experiment.foresight.opening", n=leads, days=trial.days)
    opening = opening if trial.is_share else t("experiment.foresight.days", days=trial.days)
    if found.telling is None or found.noticed is None:
        return f"{opening} {t('experiment.foresight.never')}"
    values = {
        "aim": aim(trial, t),
        "telling": _written(trial, found.telling, t),
        "noticed": _written(trial, found.noticed, t),
        "chance": probability(t, found.by_chance),
    }
    way = "more" if trial.more else "less"
    key = f"experiment.foresight.tells.{way}" if found.tells else f"experiment.foresight.not.{way}"
    return f"{opening} {t(key, **values)}"


def _written(trial: Experiment, value: float, t: Translator) -> str:
    return t.percent(value) if trial.is_share else t.count(value)


def _part(seen: Seen) -> float:
    return seen.hits / seen.of if seen.of else float("nan")


def _bare(text: str) -> str:
    """Return a text that goes on as a part of a sentence."""
    return text.strip().rstrip(".")
