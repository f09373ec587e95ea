"""Headers of ten vendors in two languages, from the facts of ``aliases.csv``."""

from __future__ import annotations

import csv
import random
from collections import Counter
from pathlib import Path

import pytest

from workshop.crm.convert import HELPER_KINDS
from workshop.crm.recognise import (
    CONTACT,
    HELPERS,
    IGNORED,
    TRAIT,
    aliases,
    are_headers,
    columns_of,
    recognise,
    vendors,
)
from workshop.crm.schema import TABLES
from workshop.errors import InputError

VENDORS = {
    "dynamics", "espocrm", "hubspot", "odoo", "pipedrive", "salesforce", "suitecrm", "teamleader",
    "vtiger", "zoho",
}  # fmt: skip


def verified(vendor, table, language):
    """Return one header a column, and those that fill none, as one export would have them."""
    found = {}
    for alias in aliases():
        if (*alias[:2], alias.language, alias.verified) != (vendor, table, language, "yes"):
            continue
        if alias.column in NO_COLUMN or alias.column not in found.values():
            found[alias.header] = alias.column
    return found


NO_COLUMN = (CONTACT, IGNORED, TRAIT)
EXPORTS = sorted(
    {
        (alias.vendor, alias.table, alias.language)
        for alias in aliases()
        if alias.vendor in VENDORS and len(verified(*alias[:2], alias.language)) >= 4
    }
)


def test_every_vendor_is_known():
    assert set(vendors()) == VENDORS


@pytest.mark.parametrize(("vendor", "table", "language"), EXPORTS)
def test_an_export_is_recognised_without_a_word(vendor, table, language):
    targets = verified(vendor, table, language)
    headers = list(targets)
    random.Random(vendor + language).shuffle(headers)
    found = recognise(headers)
    assert found.table == table
    filled = {header: column for header, column in targets.items() if column not in NO_COLUMN}
    assert {header: found.targets[header] for header in filled} == filled
    contacts = [header for header, column in targets.items() if column == CONTACT]
    assert {found.targets[header] for header in contacts} <= {CONTACT}


@pytest.mark.parametrize("vendor", sorted(VENDORS - {"suitecrm", "vtiger", "zoho"}))
def test_a_vendor_is_named_by_its_own_headers(vendor):
    (table, language) = next((t, lang) for v, t, lang in EXPORTS if v == vendor)
    assert recognise(list(verified(vendor, table, language))).vendor == vendor


def test_aliases_are_well_formed():
    for alias in aliases():
        assert alias.column in (CONTACT, IGNORED, TRAIT, *columns_of(alias.table)), alias
        assert alias.verified in ("yes", "no")
        assert alias.header == " ".join(alias.header.split())
    claims = Counter((a.vendor, a.table, a.header.casefold()) for a in aliases())
    doubled = [claim for claim, times in claims.items() if times > 1]
    targets = {(a.vendor, a.table, a.header.casefold(), a.column) for a in aliases()}
    assert len(targets) == len(claims), doubled


def test_helpers_have_kinds():
    assert {column for names in HELPERS.values() for column in names} == set(HELPER_KINDS)


def test_a_deal_may_have_a_medium_and_a_country_of_its_own():
    found = recognise(["Deal-ID", "Fase", "Country", "Medium"], table="deals")
    assert (found.targets["Country"], found.targets["Medium"]) == ("country", "medium")


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_tables_own_column_names_are_headers_too(table):
    columns = list(TABLES[table].columns)
    found = recognise(columns)
    assert (found.table, found.targets) == (table, {column: column for column in columns})


def test_an_unverified_alias_ranks_last():
    found = recognise(["Deal-ID", "Fase", "Bedrag", "Amount"], table="deals")
    assert found.targets["Bedrag"] == "amount"
    unverified = next(
        a for a in aliases()
        if a.verified == "no" and a.table == "deals" and a.column == "created_at"
    )  # fmt: skip
    sure = next(
        a for a in aliases()
        if a.verified == "yes" and a.table == "deals" and a.column == "created_at"
    )  # fmt: skip
    found = recognise([unverified.header, sure.header, "Deal-ID", "Fase"], table="deals")
    assert found.headers_of("created_at") == [sure.header]


def test_what_is_said_goes_first_and_a_dash_leaves_out():
    headers = ["Deal-ID", "Fase", "Bedrag", "Marge"]
    given = {"marge": "amount", "Fase": "-"}
    found = recognise(headers, table="deals", given=given)
    assert found.targets == {"Deal-ID": "deal_id", "Fase": "-", "Marge": "amount", "Bedrag": "~"}


def test_headers_of_no_table_are_refused_with_what_there_is():
    with pytest.raises(InputError) as raised:
        recognise(["Kleur", "Vorm"])
    assert raised.value.code == "nothing_recognised"
    assert raised.value.fields == {"headers": ["Kleur", "Vorm"], "tables": list(TABLES)}


def test_headers_of_two_tables_are_asked_about():
    with pytest.raises(InputError) as raised:
        recognise(["source", "campaign"])
    assert raised.value.code == "which_table"
    assert set(raised.value.fields["candidates"]) == {"leads", "traffic"}


def test_records_are_no_headers():
    assert are_headers(["Deal-ID", "Fase", "Bedrag", "Eigenaar"])
    assert not are_headers(["D1", "Gewonnen", "5", "Jan"])
    assert not are_headers([])


@pytest.mark.shared
def test_every_header_on_record_is_known(shared_data):
    """All but a pattern, values of a stage, German, and a report of stage changes."""
    file = shared_data / "crm_header_aliases.csv"
    known = {alias.header.casefold() for alias in aliases()}
    with Path(file).open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if not row["language"].startswith("DE")]
    headers = {part for row in rows for part in row["header"].split(" / ")}
    unknown = {header for header in headers if header.casefold() not in known}
    assert unknown == {
        'Date entered "<stage> (<pipeline>)"',
        "<Field> Currency (extra column before each amount in multi-currency orgs)",
        "Closed Won", "Closed Lost", "Gesloten Gewonnen", "Gesloten Verloren",
        "From Stage", "Last Stage Change Date",
    }  # fmt: skip


@pytest.mark.shared
def test_no_alias_is_surer_than_its_source(shared_data):
    file = shared_data / "crm_header_aliases.csv"
    with Path(file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    sure = {
        (row["crm"].split()[0].split("/")[0].casefold(), part.casefold())
        for row in rows if row["verified"] == "yes" for part in row["header"].split(" / ")
    }  # fmt: skip
    claimed = {
        (alias.vendor, alias.header.casefold())
        for alias in aliases() if alias.verified == "yes" and alias.vendor in VENDORS
    }  # fmt: skip
    assert {claim for claim in claimed - sure if "currency" not in claim[1]} == set()
