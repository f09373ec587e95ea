"""What the data could not say: the caveats and open questions of all chapters in one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from workshop.crm.readiness import Ready
from workshop.i18n import Translator
from workshop.questions.channels import Channels
from workshop.questions.won_lost import WonLost
from workshop.views.display import Column, Prose, Shown, Table
from workshop.views.look import Look, caveat_texts

_OPEN = ("undecided", "too_few", "too_early")
_TOLD = ("sampled_by_outcome", "goal_proposed")
"""What only speaks in its own chapter: how deals were picked, that a goal is a proposal."""


class Unsaid(NamedTuple):
    """One question: what it lacks, what to take care of, and what stayed undecided of how many."""

    ready: Ready
    caveats: tuple[str, ...]
    undecided: int = 0
    of: int = 0


def of_history(answer: WonLost) -> Unsaid:
    """Return what the categories of won and lost deals left open."""
    verdicts = () if answer.history.empty else tuple(answer.history["verdict"])
    return _left_open(answer.ready, answer.caveats, verdicts)


def of_channels(answer: Channels) -> Unsaid:
    """Return what the channels left open."""
    verdicts = () if answer.rows.empty else tuple(answer.rows["verdict"])
    return _left_open(answer.ready, answer.caveats, verdicts)


def unsaid(found: Sequence[Unsaid], look: Look) -> tuple[Shown, ...]:
    """Show per question what this CRM could not say, and what would help."""
    t = look.t
    lines = [(one, " ".join(_texts(one, t))) for one in found]
    frame = pd.DataFrame(
        {
            "question": [t(f"question.{one.ready.question}") for one, text in lines if text],
            "unsaid": [text for _, text in lines if text],
        }
    )
    if frame.empty:
        return (Prose(t("unsaid.nothing")),)
    columns = (
        Column("question", t("quality.header.question")),
        Column("unsaid", t("unsaid.header")),
    )
    return (Prose(t("unsaid.opening")), Table(frame, "unsaid", t("unsaid.title"), columns, t))


def _left_open(ready: Ready, caveats: tuple[str, ...], verdicts: tuple[str, ...]) -> Unsaid:
    undecided = sum(verdict in _OPEN for verdict in verdicts)
    return Unsaid(ready, caveats, undecided, len(verdicts))


def _texts(one: Unsaid, t: Translator) -> Iterator[str]:
    """Yield what a question lacks, or what was left open in its answer."""
    if one.ready.missing:
        yield t("quality.needed", what=t.join([t(f"ask.{name}") for name in one.ready.missing]))
        return
    if one.undecided:
        yield t(f"unsaid.{one.ready.question}", n=one.undecided, total=one.of)
    yield from caveat_texts(t, one.caveats, _TOLD)
