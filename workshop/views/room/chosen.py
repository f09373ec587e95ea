"""Which channel or sector the room chose, beside what the CRM says of it."""

from __future__ import annotations

from collections.abc import Sequence

from workshop.i18n import Translator
from workshop.questions.which import Known
from workshop.session.exercise import Which
from workshop.views.channel_rows import decimals
from workshop.views.display import Prose
from workshop.views.look import lines_of, listed


def crm_words(known: Known, t: Translator) -> dict[str, str]:
    """Return by name what the CRM says of it, as short as fits beside it."""
    words = {}
    for row in lines_of(known.rows):
        share = t.percent(row.share, decimals(row.share)) if row.share == row.share else ""
        code = _side(str(row.verdict), known.which) if share else "nothing"
        words[str(row.name)] = t(f"said.crm.{code}", share=share)
    return words


def _side(verdict: str, which: Which) -> str:
    """Return whether the CRM says more, less, or neither, in the words of its own tables.

    What was asked may be the fewest.
    """
    told = {"fits": "more", "against": "less"}
    if which == "noisy_channel":
        told = {"fits": "less", "against": "more"}
    if which != "fastest_sector":
        told["undecided"] = "as_average"
    return told.get(verdict, verdict)


def crm_verdict(known: Known, chosen: Sequence[str], t: Translator) -> Prose:
    """Say of each name that a team put first whether the CRM agrees, and what it does know."""
    verdicts = {str(row.name): str(row.verdict) for row in lines_of(known.rows)}
    points = [t(f"said.which.{verdicts.get(name, 'too_few')}", name=name) for name in chosen]
    clear = [
        t(
            "said.which.name",
            name=row.name,
            share=t.percent(row.share, decimals(row.share)),
            n=int(row.records),
        )
        for row in lines_of(known.rows[known.rows["verdict"] == "fits"])
    ]
    found = t("said.which.clear", items=listed(t, clear)) if clear else t("said.which.none")
    base = t(f"said.which.base.{known.which}", days=known.days or 0) if known.days else ""
    return Prose(" ".join(filter(None, (found, base))), tuple(points))
