"""A definition as plain text: what was agreed, how it is held against history, and each side's."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from workshop.criteria import AllOf, Clause, Criterion, Definition, Version, codes, parts
from workshop.i18n import Translator
from workshop.views.definition_text import by_about, lines, term_name
from workshop.views.look import opened_with

INDENT = "  "
WIDTH = 96


def definition_text(definition: Definition, t: Translator) -> str:
    """Return the agreed definition, and below it what either side means by the term itself."""
    term = opened_with(term_name(t, definition.term))
    rows = [t("definition.title", term=term, version=definition.version)]
    for side in ("joint", "sales", "marketing"):
        version: Version | None = getattr(definition, side)
        if version is not None:
            rows += ["", *_version(definition, side, version, t)]
        if side == "joint":
            rows += ["", *_wrapped(_judged(definition, t))]
    return "\n".join(rows)


def _version(definition: Definition, side: str, version: Version, t: Translator) -> Iterator[str]:
    yield t(f"definition.side.{side}")
    if version.text:
        for paragraph in version.text.splitlines():
            yield from _wrapped(paragraph, INDENT)
    clause = version.criteria
    if clause is None:
        yield INDENT + t("definition.no_criteria")
        return
    how = "one" if isinstance(clause, Criterion) else codes(clause)[0].operator
    yield INDENT + t(f"definition.counts.{how}", term=term_name(t, definition.term))
    yield from _criteria(clause, definition.landmark_days, t)


def _criteria(clause: Clause, landmark_days: int, t: Translator) -> Iterator[str]:
    """Yield the criteria; fit and readiness under a heading of their own where all must hold."""
    apart = by_about(clause)
    if set(apart) == {None} or not isinstance(clause, AllOf):
        inner = (clause,) if isinstance(clause, Criterion) else parts(clause)
        yield from _bullets(inner, landmark_days, t, 2, tagged=True)
        return
    for about, together in apart.items():
        yield 2 * INDENT + t(f"definition.about.{about or 'other'}")
        yield from _bullets(together, landmark_days, t, 3, tagged=about is None)


def _bullets(
    clauses: tuple[Clause, ...], landmark_days: int, t: Translator, depth: int, tagged: bool = False
) -> Iterator[str]:
    for clause in clauses:
        for line in lines(clause, t, landmark_days, tagged=tagged):
            before = INDENT * (depth + line.depth)
            yield from _wrapped(line.text, before, "- ")


def _judged(definition: Definition, t: Translator) -> str:
    """Say when a lead is judged, what unknown comes to, and what the definition is held to."""
    landmark = definition.landmark_days
    when = t("definition.judged", n=landmark) if landmark else t("definition.judged_at_creation")
    term = term_name(t, definition.term)
    became = t(f"definitions.became.{definition.outcome}")
    held = t("definition.window", n=definition.window_days, became=became)
    return " ".join([when, t("definition.unknown", term=term), held])


def _wrapped(text: str, before: str = "", mark: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=before + mark,
        subsequent_indent=before + " " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
