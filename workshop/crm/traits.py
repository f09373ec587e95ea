"""Find the columns that are kept as traits under their own names, and say why others are not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from workshop.crm import contacts, decimals, wide
from workshop.crm.columns import RAW
from workshop.crm.convert import HELPER_KINDS
from workshop.crm.formats import is_date
from workshop.crm.outcomes import FALSE_WORDS, TRUE_WORDS
from workshop.crm.recognise import CONTACT, TRAIT
from workshop.crm.source import UNNAMED
from workshop.crm.staging import Staging
from workshop.crm.store import Trait
from workshop.errors import InputError

_LONG = 200
_FEW = 30
_AT_ONCE = 50
_YES_OR_NO = frozenset({*TRUE_WORDS, *FALSE_WORDS, "9"})
"""Shapes of an answer: a digit from 1 to 8 is written as 9."""

DERIVED = frozenset(
    {
        "day",
        "created_day",
        "closed_day",
        "last_activity_day",
        "touch_day",
        "rejected_day",
        "mql_day",
        "sql_day",
        "deal_day",
        "won_day",
        "won",
        "rowid",
    }
)
"""Names that reading the tables adds to them."""


class Traits(NamedTuple):
    """The columns kept: the SQL of each by its header, and the traits among them."""

    expressions: dict[str, str]
    traits: dict[str, Trait]


def find_traits(staging: Staging) -> Traits:
    """Keep the columns that fill none of ours, but for contacts, free text, dates and blanks.

    Raises ``InputError`` where a vouched header has a name that is taken.
    """
    vouched = {trait.casefold() for trait in staging.request.traits}
    ours = [
        header
        for header, target in staging.recognised.targets.items()
        if target == CONTACT or (target == TRAIT and wide.stage_of(header) is None)
    ]
    blank, long = _measure(staging, ours)
    codes = {
        header: "empty_column"
        if header in blank and not header.startswith(UNNAMED)
        else _reason_to_drop(staging, header, long, vouched)
        for header in ours
    }
    for code in sorted({reason for reason in codes.values() if reason}):
        headers = [header for header, reason in codes.items() if reason == code]
        staging.note(code, len(headers), headers)
    kept = Traits({}, {})
    for header in (header for header, reason in codes.items() if reason is None):
        kept.expressions[header], numeric = _expression(staging, header)
        if not _is_contact(staging, header) or _is_yes_or_no(staging, header):
            kept.traits[header] = Trait(vouched=header.casefold() in vouched, numeric=numeric)
    return kept


def _is_contact(staging: Staging, header: str) -> bool:
    return staging.recognised.targets[header] == CONTACT or contacts.names_a_person(header)


def _is_yes_or_no(staging: Staging, header: str) -> bool:
    """Tell whether a header such as *Do not e-mail* asks a question and names nobody."""
    shapes = staging.columns.shapes(header)
    return all(shape.casefold() in _YES_OR_NO for shape in shapes)


def _reason_to_drop(
    staging: Staging, header: str, long: Collection[str], vouched: Collection[str]
) -> str | None:
    """Tell why a column of nobody's is not kept; ``None`` where it is."""
    keep = staging.request.asked.keep_contacts
    if header.startswith(UNNAMED):
        return "unnamed_column"
    if _is_contact(staging, header) and not keep and not _is_yes_or_no(staging, header):
        return "contact_not_stored"
    if header in long and not keep:
        return "free_text_not_stored"
    taken = {*staging.table.columns, *HELPER_KINDS, *DERIVED}
    lower = header.casefold()
    if lower in taken or lower.startswith("_"):
        if lower in vouched:
            raise InputError("trait_name_taken", header=header, table=staging.table.name)
        return "name_taken"
    return _reason_in_values(staging, header)


def _measure(staging: Staging, headers: Sequence[str]) -> tuple[set[str], set[str]]:
    """Return the headers without any value, and those with a long text or one of several lines."""
    blank: set[str] = set()
    long: set[str] = set()
    for start in range(0, len(headers), _AT_ONCE):
        some = headers[start : start + _AT_ONCE]
        names = [f"h{staging.columns.headers.index(header)}" for header in some]
        tests = ", ".join(
            f"count({name}), max(length({name})), "
            f"bool_or(contains(trim({name}, E' \\r\\n'), chr(10)))"
            for name in names
        )
        found = staging.rows(f"SELECT {tests} FROM {RAW}")[0]
        for header, filled, longest, lines in zip(
            some, found[::3], found[1::3], found[2::3], strict=True
        ):
            if not filled:
                blank.add(header)
            elif longest > _LONG or lines:
                long.add(header)
    return blank, long


def _reason_in_values(staging: Staging, header: str) -> str | None:
    columns, keep = staging.columns, staging.request.asked.keep_contacts
    relation = columns.cleaned(header)
    filled, different, spaced = staging.rows(
        f"SELECT coalesce(sum(n), 0), count(*), count(*) FILTER (contains(v, ' ')) FROM {relation}"
    )[0]
    if not filled:
        return "empty_column"
    if not keep:
        suspects = staging.rows(f"SELECT v FROM {relation} WHERE {contacts.suspect_sql('v')}")
        if any(contacts.without_contacts(str(v)) != v for (v,) in suspects):
            return "contact_not_stored"
    shapes = columns.shapes(header)
    if all(map(is_date, shapes)):
        return "date_not_a_trait"
    if not keep and filled >= _FEW and different > 0.8 * filled and spaced > 0.8 * different:
        return "free_text_not_stored"
    return None


def _expression(staging: Staging, header: str) -> tuple[str, bool]:
    """Return a trait's SQL, and whether its values are numbers (kept as text with a point)."""
    text = staging.columns.text(header)
    shapes = staging.columns.shapes(header)
    if not shapes or not all(map(decimals.is_number, shapes)):
        return text, False
    evidence = {decimals.evidence(shape) for shape in shapes} - {None}
    if evidence == {"comma"}:
        return f"replace(replace({text}, '.', ''), ',', '.')", True
    return text, not evidence - {"point"}
