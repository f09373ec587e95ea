"""A diagnosis of a client's folder in words: what is whole, what is lost, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from workshop.errors import WorkshopError
from workshop.health import Part
from workshop.i18n import Translator


def in_words(parts: Sequence[Part], t: Translator) -> list[str]:
    """Return lines: a heading and each part that is wrong with what to do, then what is whole."""
    wrong = [part for part in parts if part.wrong]
    noted = [part for part in parts if part.code and not part.wrong]
    whole = [part for part in parts if part.state == "whole"]
    lines = []
    if wrong:
        lines += [t("health.wrong", n=len(wrong)), *(_line(part, t) for part in wrong), ""]
    if wrong and whole:
        lines += [t("health.whole"), *(f"  - {_named(part, t)}" for part in whole), ""]
    if noted:
        lines += [t("health.noted"), *(_line(part, t) for part in noted), ""]
    return lines


def _line(part: Part, t: Translator) -> str:
    fields = {
        name: _worded(value, t) if isinstance(value, WorkshopError) else value
        for name, value in part.fields.items()
    }
    return f"  - {_named(part, t)}: {t(f'damage.{part.code}', **fields)}"


def _worded(error: WorkshopError, t: Translator) -> str:
    return " ".join(t(f"error.{error.code}", **error.fields).split())


def _named(part: Part, t: Translator) -> str:
    is_table = part.what == "table"
    name = t(f"table.{part.fields['table']}") if is_table else t(f"part.{part.what}")
    return f"{name} ({part.path})" if part.path else name
