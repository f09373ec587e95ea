"""What was forgotten, and what could not be, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from workshop.forgetting.forget import Forgotten
from workshop.i18n import Translator
from workshop.session.erase import Known
from workshop.workspace import Workspace


def in_words(found: Forgotten, t: Translator, *, dry: bool) -> list[str]:
    """Return lines: what goes, where from, and what is out of reach."""
    given = found.plan.request.given
    done = list(_done(found, t))
    title = t("forget.title.dry" if dry else "forget.title", given=given)
    lines = [title, *(f"  - {line}" for line in done or [t("forget.nothing")])]
    lines += ["", t("forget.left")]
    lines += [
        f"  - {t(f'forget.left.{code}', path=str(place or ''), given=given)}"
        for code, place in found.left
    ]
    return lines


def listed(everyone: Sequence[Known], workspace: Workspace, t: Translator) -> list[str]:
    """Return lines: who of the room can be forgotten, and how."""
    if not everyone:
        return [t("forget.nobody")]
    return [t("forget.who"), *(f"  {_called(one, workspace, t)}" for one in everyone)]


def _called(one: Known, workspace: Workspace, t: Translator) -> str:
    team = t(f"said.group.{one.team}")
    if one.name is not None:
        return t("forget.who.person", name=one.name, team=team)
    moment = datetime.fromisoformat(one.joined_at or "").astimezone(workspace.zone)
    day, clock = t.date(moment.date()), moment.strftime("%H:%M")
    return t("forget.who.device", number=one.participant_id, team=team, day=day, clock=clock)


def _done(found: Forgotten, t: Translator) -> Iterator[str]:
    erased = found.erased
    counts = {
        "names": erased.names,
        "answers": erased.answers,
        "unlinked": erased.unlinked,
        "mentions": found.mentions,
        "rows": found.taken.rows,
    }
    yield from (t(f"forget.done.{name}", n=n) for name, n in counts.items() if n)
    places = {
        "report": found.reports,
        "notebook": found.notebooks,
        "database": found.databases,
        "copy": found.copies,
        "export": found.exports,
    }
    for name, paths in places.items():
        yield from (t(f"forget.done.{name}", path=str(path)) for path in paths)
