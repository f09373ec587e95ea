"""Time zones: one of a setting, and that of a country."""

from __future__ import annotations

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from babel.core import get_global
from pydantic import AfterValidator

from workshop.errors import InputError
from workshop.model_kinds import said_as

_MAIN_ZONES = {"DE": "Europe/Berlin", "ES": "Europe/Madrid", "PT": "Europe/Lisbon"}
"""Of countries with another time zone in a small part: an exclave, islands."""
_NO_COUNTRY = "ZZ"
"""What CLDR calls a region that it does not know."""


@cache
def _zones() -> set[str]:
    """Return the names of all time zones: collecting them looks through a thousand files."""
    return available_timezones()


def _known(name: str) -> str:
    if name not in _zones():
        raise ValueError(name)
    return name


TimeZone = Annotated[str, AfterValidator(_known), said_as("time_zone")]
"""The name of a time zone, in a model."""


def zone_of(country: str) -> str:
    """Return the time zone of a country; raise ``InputError`` where there is none, or several."""
    if country in _MAIN_ZONES:
        return _MAIN_ZONES[country]
    known = {} if country == _NO_COUNTRY else get_global("territory_zones")
    zones: list[str] = list(known.get(country, ()))
    if not zones:
        raise InputError("unknown_country", given=country)
    if len(zones) > 1:
        raise InputError("several_time_zones", given=country, allowed=sorted(zones))
    return zones[0]
