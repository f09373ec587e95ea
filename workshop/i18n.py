"""Words, numbers, dates and money in the reader's language.

A message is looked up by its key in ``locale/<language>/*.po``; ``locale/nl-NL`` holds the few
that the Netherlands words differently (verkoopkans for opportuniteit). Notebook markdown is its own
key: written in English, translated in ``locale/nl/notebooks.po``, and shown as it stands where the
language is English. Placeholders name their kind, so that a translation cannot print a Dutch number
in English: ``{n:count}``, ``{share:percent}``, ``{day:date}``, ``{amount:money-EUR}``; codes become
words by ``{reasons:words-reason}``.
"""

from __future__ import annotations

import datetime as dt
import math
import string
from collections.abc import Mapping, Sequence
from decimal import MAX_PREC, ROUND_HALF_UP, Context, Decimal
from functools import cache
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Literal, TypeGuard

from babel import Locale, dates, lists, numbers
from babel.messages.pofile import read_po

from workshop.errors import InputError, Phrase

LANGUAGES = ("nl", "en")
NOTHING = "–"
"""What stands where a number is undefined."""

_LOCALES = {"en": "en_GB", "nl": "nl_BE", "nl-NL": "nl_NL"}
_LOCALE_FOLDER = Path(__file__).parent / "locale"

Number = int | float | Decimal


@cache
def catalogue(variant: str) -> dict[str, tuple[str, ...]]:
    """Return the messages of a language or of its variant: one form, or singular and plural.

    Raises ``ValueError`` for a key that stands in two files.
    """
    messages: dict[str, tuple[str, ...]] = {}
    for path in sorted((_LOCALE_FOLDER / variant).glob("*.po")):
        with path.open("rb") as file:
            entries = [entry for entry in read_po(file, locale=_LOCALES[variant]) if entry.id]
        for entry in entries:
            key = entry.id if isinstance(entry.id, str) else entry.id[0]
            if key in messages:
                raise ValueError(f"{key!r} stands twice, once in {path.name}")
            forms = entry.string
            messages[key] = (forms,) if isinstance(forms, str) else tuple(forms or ())
    return messages


def read_catalogues() -> None:
    """Read the messages of all languages, for a process that others are forked from."""
    for variant in _LOCALES:
        catalogue(variant)


class _Formatter(string.Formatter):
    """Format ``{name:kind}`` by the method of that name on a translator."""

    def __init__(self, translator: Translator) -> None:
        self.translator = translator

    def format_field(self, value: Any, format_spec: str) -> str:
        if not format_spec:
            return self.translator.plain(value)
        kind, _, argument = format_spec.partition("-")
        method = getattr(self.translator, kind)
        extra = (int(argument) if argument.isdecimal() else argument,) if argument else ()
        return str(method(value, *extra))


class Translator:
    """Put codes, numbers, dates and money into one language.

    >>> t = Translator("nl")
    >>> print(t.number(1234.5, 1), t.percent(0.6315, 2), t.money(10005534, "EUR"))
    1.234,5 63,15% € 10.005.534
    """

    def __init__(self, language: str, country: str = "BE") -> None:
        if language not in LANGUAGES:
            raise InputError("unknown_language", given=language, allowed=list(LANGUAGES))
        self.language = language
        variant = f"{language}-{country}"
        self.variants = [variant, language] if variant in _LOCALES else [language]
        self.locale = Locale.parse(_LOCALES[self.variants[0]])
        self._formatter = _Formatter(self)

    def __call__(self, key: str, /, **values: Any) -> str:
        """Return a message, its placeholders filled.

        A message with a plural takes its form from ``n``. Raises ``KeyError`` for a key that the
        catalogue does not have.
        """
        return self._formatter.vformat(self._text(key, values.get("n")), (), values)

    def has(self, key: str) -> bool:
        """Tell whether the catalogue has this key."""
        return key in catalogue(self.language)

    def prose(self, english: str) -> str:
        """Return a notebook's markdown in this language; its key is the English text."""
        return english if self.language == "en" else self._text(english, None)

    def _text(self, key: str, n: Any) -> str:
        for variant in self.variants:
            forms = catalogue(variant).get(key)
            if forms and all(forms):
                return forms[0] if n == 1 else forms[-1]
        raise KeyError(f"no text for {key!r} in {self.language}")

    def plain(self, value: object) -> str:
        """Return any value as text: numbers, dates and lists in this language's way.

        Of a text by language (``{"nl": …, "en": …}``) it is the one in this language.
        """
        if value is None:
            return NOTHING
        if isinstance(value, Phrase):
            return self(value.key, **value.fields)
        if isinstance(value, bool | str):
            return str(value)
        if isinstance(value, Mapping):
            return str(value[self.language])
        if isinstance(value, Integral):
            return self.count(int(value))
        if isinstance(value, Real | Decimal):
            return self.number(value if isinstance(value, Decimal) else float(value), 2)
        if isinstance(value, dt.date):
            return self.date(value)
        if isinstance(value, Sequence):
            return self.join([self.plain(item) for item in value]) or NOTHING
        return str(value)

    def count(self, value: Number | None) -> str:
        """Return a whole number with the thousands grouped."""
        return self.number(value, 0)

    def number(self, value: Number | None, decimals: int = 1) -> str:
        """Return a number with a fixed count of decimals, a half rounded away from zero."""
        if not _defined(value):
            return NOTHING
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        rounded = _rounded(value, decimals)
        return str(numbers.format_decimal(rounded, format=pattern, locale=self.locale))

    def percent(self, share: Number | None, decimals: int = 0) -> str:
        """Return a fraction of 1 as a percentage."""
        return f"{self.number(_times_100(share), decimals)}%" if _defined(share) else NOTHING

    def points(self, difference: Number | None, decimals: int = 0) -> str:
        """Return a difference of two fractions in percentage points, with its sign."""
        if not _defined(difference):
            return NOTHING
        text = self.number(abs(_times_100(difference)), decimals)
        zero = not any(digit in "123456789" for digit in text)
        sign = "" if zero else ("+" if difference > 0 else "−")
        return f"{sign}{text}"

    def money(self, amount: Number | None, currency: str, decimals: int = 0) -> str:
        """Return an amount with its currency."""
        if not _defined(amount):
            return NOTHING
        digits = "#,##0" + ("." + "0" * decimals if decimals else "")
        # A no-break space: an amount must not break over two lines.
        dutch = f"¤\u00a0{digits};¤\u00a0-{digits}"
        pattern = dutch if self.language == "nl" else f"¤{digits};-¤{digits}"
        rounded = _rounded(amount, decimals)
        text = numbers.format_currency(
            rounded, currency, format=pattern, locale=self.locale, currency_digits=False
        )
        return str(text)

    def megabytes(self, size: int) -> str:
        """Return a number of bytes in whole megabytes."""
        return f"{self.number(size / 1_000_000, 0)} MB"

    def date(self, day: dt.date | None) -> str:
        """Return a calendar day, such as ``3 maart 2026``."""
        return NOTHING if day is None else dates.format_date(day, "d MMMM y", locale=self.locale)

    def short_date(self, day: dt.date | None) -> str:
        """Return a calendar day in digits, day first."""
        pattern = "dd-MM-y" if self.locale.territory == "NL" else "dd/MM/y"
        return NOTHING if day is None else dates.format_date(day, pattern, locale=self.locale)

    def month(self, day: dt.date) -> str:
        """Return a month and year, short enough for an axis."""
        return dates.format_date(day, "MMM y", locale=self.locale)

    def join(self, items: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
        """Return items joined as a sentence would (``style`` is ``standard`` or ``or``)."""
        return lists.format_list(list(items), style=style, locale=self.locale)

    def choice(self, values: Sequence[object]) -> str:
        """Return values as a choice: one or another."""
        return self.join([self.plain(value) for value in values], "or")

    def clauses(self, values: Sequence[object]) -> str:
        """Return parts of a sentence that are too long to be joined with commas."""
        return "; ".join(self.plain(value) for value in values)

    def words(self, codes: Sequence[str], family: str) -> str:
        """Return the message ``<family>.<code>`` of each code, joined."""
        return self.plain([self(f"{family}.{code}") for code in codes])

    def country(self, code: str) -> str:
        """Return a country's name for its ISO code, or what was given when there is none."""
        return str(self.locale.territories.get(code, code))


def _defined(value: Number | None) -> TypeGuard[Number]:
    return value is not None and math.isfinite(value)


def _times_100(share: Number) -> Decimal:
    """Return a share as a percentage without binary dust (0.285 is 28.5, not 28.499…)."""
    return Decimal(repr(float(share))) * 100


def _rounded(value: Number, decimals: int) -> Decimal:
    """Round as a spreadsheet does, a half away from zero, and never to minus zero."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    step = Decimal(1).scaleb(-decimals)
    return exact.quantize(step, ROUND_HALF_UP, Context(prec=MAX_PREC)) + 0
