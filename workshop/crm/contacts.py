"""Keep people out of the tables: which columns hold contact details, and what stands in for them.

An id, an owner or a reference that names a person becomes a keyed hash (BLAKE2b with the
workspace's own key), so that tables still join and a colleague is not a row in a report.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from workshop.crm.sql import literal
from workshop.errors import Phrase, WorkspaceError

KEY_FILE = ".key"
REMOVED = "[…]"
"""What stands where a text held an e-mail address or a phone number."""

_KEY_BYTES = 32
_PERSON_HEADER = re.compile(
    r"e-?mail|telefoon|phone|gsm|mobiel|mobile|\bfax\b|contact ?(persoon|person|name|naam)"
    r"|^(primary )?contact(s|en)?$|voornaam|achternaam|familienaam|first ?name|last ?name"
    r"|full ?name|surname|volledige naam|adres\b|address|straat\b|street|geboorte|birth"
    r"|rijksregister|\bbsn\b|linkedin (url|profile|profiel)|twitter|skype"
    r"|\b(created|modified|updated|closed|changed) by\b|(aangemaakt|gewijzigd|bijgewerkt) door"
    r"|\bowner\b|eigenaar|verantwoordelijke|\bassigned to\b|toegewezen aan|verkoper\b"
    r"|sales ?(person|man|woman|rep|agent)|account ?manager|medewerker\b|beslisser|decision.?maker",
    re.IGNORECASE,
)
_NOT_IN_IT = r"\s@<>,;:()\[\]"
"""What an e-mail address has nowhere but around its @."""
_EMAIL = rf"[^{_NOT_IN_IT}]+@[^{_NOT_IN_IT}]+\.[^{_NOT_IN_IT}.]+"
_PHONE = (
    r"\+\d[\d ()./-]{6,16}\d"
    r"|\b00[1-9]\d[\d ()./-]{6,14}\d"
    r"|\b0[46]\d{8}\b"
    r"|\(?\b0\d{1,3}[ )./-]{1,3}\d[\d ./-]{3,9}\d"
)
_ADDRESSES = re.compile(rf"(?<![^{_NOT_IN_IT}]){_EMAIL}")
"""From where an address can begin only: looked for at each letter, a long text takes its square."""
_NUMBERS = re.compile(rf"(?<!\d[-/.])(?:{_PHONE})")
"""In the middle of a date there is no phone number; SQL knows no such condition."""
_NO_PHONE = re.compile(r"0\d{3}\.\d{3}\.\d{3}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(\D.*)?", re.DOTALL)
"""A company's number in Belgium, and a date."""


def names_a_person(header: str) -> bool:
    """Tell whether a header announces a person's name, address, e-mail or phone number.

    >>> names_a_person("E-mailadres"), names_a_person("Contactpersoon"), names_a_person("Sector")
    (True, True, False)
    """
    return _PERSON_HEADER.search(header) is not None


def suspect_sql(column: str) -> str:
    """Return the test for text that may hold an e-mail address or a phone number."""
    return (
        f"(contains({column}, '@') AND regexp_matches({column}, {literal(_EMAIL)}) "
        f"OR (contains({column}, '0') OR contains({column}, '+')) "
        f"AND regexp_matches({column}, {literal(_PHONE)}))"
    )


def suspect_id_sql(column: str) -> str:
    """Return the test for an id that may be an e-mail address or a phone number, at less cost."""
    return f"(contains({column}, '@') OR {column}[1] IN ('+', '0', '('))"


def without_contacts(text: str) -> str:
    """Return a text without the e-mail addresses and phone numbers in it.

    >>> without_contacts("Bel An op 0475 12 34 56 of an@voorbeeld.be voor 01-02-2026")
    'Bel An op […] of […] voor 01-02-2026'
    >>> without_contacts("BE 0123.456.789, project 2024-001")
    'BE 0123.456.789, project 2024-001'
    """
    text = _ADDRESSES.sub(REMOVED, text)
    return _NUMBERS.sub(lambda found: found[0] if _NO_PHONE.fullmatch(found[0]) else REMOVED, text)


def read_key(folder: Path) -> bytes | None:
    """Return a workspace's key, or ``None`` where it has none yet."""
    path = folder / KEY_FILE
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return None
    if len(key) != _KEY_BYTES:
        problem = Phrase("problem.not_ours")
        raise WorkspaceError("damaged_data", path=str(path), problem=problem)
    return key


def new_key() -> bytes:
    """Return a fresh key."""
    return secrets.token_bytes(_KEY_BYTES)


def write_key(folder: Path, key: bytes) -> None:
    """Write a workspace's key, for its owner's eyes only."""
    temporary = folder / f"{KEY_FILE}.new"
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / KEY_FILE)


def pseudonyms(values: Iterable[str], key: bytes, prefix: str) -> dict[str, str]:
    """Return a keyed hash for each value: the same value, the same hash, in every table."""
    return {
        value: prefix
        + hashlib.blake2b(value.strip().casefold().encode(), key=key, digest_size=8).hexdigest()
        for value in values
    }
