"""Decide, per column and over all its values, how its numbers are written.

Shapes are those of ``formats.py``. What surrounds a number (a currency, spaces, parentheses for a
negative amount) is taken off by the same steps here and in SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from workshop.crm.formats import shape_sql
from workshop.crm.sql import literal
from workshop.errors import InputError

Decimal = Literal["comma", "point"]

CURRENCIES: Mapping[str, str] = {
    "€": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "$": "USD",
    "us dollar": "USD",
    "us-dollar": "USD",
    "amerikaanse dollar": "USD",
    "dollar": "USD",
    "£": "GBP",
    "pound sterling": "GBP",
    "british pound": "GBP",
    "brits pond": "GBP",
    "swiss franc": "CHF",
    "zwitserse frank": "CHF",
}
"""What stands for a currency in exports, in lower case."""

_CODE = (
    "EURO|EUR|USD|GBP|CHF|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|TRY|UAH|CAD|AUD|NZD|JPY|CNY|HKD|SGD|INR"
    "|BRL|MXN|ZAR|AED|SAR|ILS|KRW"
)
_STEPS = (
    ("[\\s\u00a0\u2009\u202f'’+]", ""),
    (f"(?i)[€$£]|^({_CODE})|({_CODE})$", ""),
    ("−", "-"),
    ("[.,]-+$", ""),
    (r"^\((.+)\)$", r"-\1"),
    ("^([^-].*)-$", r"-\1"),
)
_SYMBOL = re.compile(rf"[€$£]|(?<![A-Z])(?:{_CODE})(?![A-Z])", re.IGNORECASE)
_BARE = re.compile(r"-?[09.,]+")
_NUMBER = re.compile(r"-?(0|9[09]*)([.,][09]+)?|-?9[09]{0,2}([., ][09]{3})+(,[09]+)?")


def number_shape_sql(column: str) -> str:
    """Return the SQL of a number's shape; the most usual forms are recognised at less cost."""
    return (
        f"CASE WHEN regexp_full_match({column}, '\\d+,\\d\\d?') THEN '9,99' "
        f"WHEN regexp_full_match({column}, '\\d+') THEN '9' "
        f"WHEN regexp_full_match({column}, '\\d+\\.\\d\\d?') THEN '9.99' "
        f"ELSE {shape_sql(column)} END"
    )


def number_sql(text: str, shapes: Iterable[str], mark: Decimal) -> str:
    """Return the SQL that takes a number's text down to digits, a minus and a decimal point."""
    shapes = list(shapes)
    if not all(map(_BARE.fullmatch, shapes)):
        for pattern, new in _STEPS:
            text = f"regexp_replace({text}, {literal(pattern)}, {literal(new)}, 'g')"
    if mark == "comma":
        return f"replace(replace({text}, '.', ''), ',', '.')"
    return f"replace({text}, ',', '')" if any("," in shape for shape in shapes) else text


def decimal_mark(
    header: str, shapes: Iterable[str], asked: Decimal | None, example: Callable[[str], str]
) -> Decimal:
    """Return whether a column writes decimals with a comma or a point.

    ``example`` returns a value of a shape. Raises ``InputError`` where every value reads both
    ways (``1.234``), where values contradict each other, or where they contradict what was asked.
    """
    says = {shape: evidence(stripped(shape)) for shape in shapes}
    shape_of = {word: shape for shape, word in sorted(says.items(), reverse=True) if word}
    if "comma" in shape_of and "point" in shape_of:
        examples = [example(shape_of["comma"]), example(shape_of["point"])]
        raise InputError("mixed_decimals", column=header, example=examples[0], examples=examples)
    seen: Decimal | None = (
        "comma" if "comma" in shape_of else "point" if "point" in shape_of else None
    )
    if asked and seen and asked != seen:
        raise InputError(
            "decimals_contradict", column=header, asked=asked, example=example(shape_of[seen])
        )
    if asked or seen:
        return asked or seen or "point"
    if "either" in shape_of:
        text = example(shape_of["either"])
        raise InputError(
            "ambiguous_numbers",
            column=header,
            example=text,
            readings=number_readings(text),
            option="--decimal",
        )
    return "point"


def number_readings(text: str) -> list[str]:
    """Return what a number with one mark can be: with a decimal comma, with a decimal point.

    >>> number_readings("1.234"), number_readings("€ 1,234")
    (['1234', '1.234'], ['1.234', '1234'])
    """
    bare = stripped(text)
    return [bare.replace(".", "").replace(",", "."), bare.replace(",", "")]


def stripped(text: str) -> str:
    """Return a number without currency, spaces and the other ways of writing a minus.

    >>> stripped("(€ 1.234,56)"), stripped("500,-"), stripped("1 234,5 EUR"), stripped("12,00-")
    ('-1.234,56', '500', '1234,5', '-12,00')
    """
    for pattern, new in _STEPS:
        text = re.sub(pattern, new, text)
    return text


def evidence(shape: str) -> Decimal | Literal["either"] | None:
    """Tell what one number's shape says; ``None`` where it has no mark or is no number.

    >>> evidence("9.999,99"), evidence("9.999"), evidence("9999.999"), evidence("0,999")
    ('comma', 'either', 'point', 'comma')
    """
    shape = shape.removeprefix("-")
    if not re.fullmatch(r"[09.,]+", shape):
        return None
    points, commas = shape.count("."), shape.count(",")
    if points and commas:
        return "comma" if shape.rfind(",") > shape.rfind(".") else "point"
    if not points and not commas:
        return None
    mark: Decimal = "comma" if commas else "point"
    other: Decimal = "point" if commas else "comma"
    whole, *groups = re.split("[.,]", shape)
    if len(groups) > 1:
        return other
    grouped = len(groups[0]) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return "either" if grouped else mark


def currencies(shapes: Mapping[str, int]) -> dict[str, int]:
    """Return how many amounts have a currency beside them, by its code.

    >>> currencies({"€ 9.999,99": 3, "USD 99": 1, "9 99": 1, "99 Euro": 1})
    {'EUR': 4, 'USD': 1}
    """
    found: dict[str, int] = {}
    for shape, count in shapes.items():
        for symbol in _SYMBOL.findall(shape):
            code = CURRENCIES.get(symbol.lower(), symbol.upper())
            found[code] = found.get(code, 0) + count
    return found


def is_number(shape: str) -> bool:
    """Tell whether a shape is a plain number: no leading zeros, no letters.

    >>> is_number("99,9"), is_number("0999"), is_number("9A")
    (True, False, False)
    """
    return _NUMBER.fullmatch(shape) is not None
