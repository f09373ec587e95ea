"""Real exports that nobody here wrote."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

import pandas as pd
import pytest

from tests.maven import ACCOUNTS, DEALS
from workshop.errors import InputError

pytestmark = pytest.mark.shared


@pytest.fixture(scope="session")
def pipeline(shared_data):
    return shared_data / "maven_crm" / "sales_pipeline.csv"


def same_people(*desks):
    """Give workspaces one key, so that their pseudonyms can be compared."""
    for desk in desks:
        (desk.workspace.path / ".key").write_bytes(bytes(range(32)))


def test_maven_adds_up(desk, shared_data, pipeline):
    accounts = desk.run(shared_data / "maven_crm" / "accounts.csv", **ACCOUNTS)
    imported = desk.run(pipeline, **DEALS)
    assert (accounts.rows, imported.rows, len(imported.set_aside)) == (85, 8800, 0)
    raw = pd.read_csv(pipeline)
    table = desk.table()
    assert table["outcome"].value_counts().to_dict() == {"won": 4238, "lost": 2473, "open": 2089}
    won = table[table["outcome"] == "won"]
    assert (
        won["amount"].sum()
        == 10_005_534
        == raw.loc[raw["deal_stage"] == "Won", "close_value"].sum()
    )
    assert table["account"].isna().sum() == raw["account"].isna().sum() == 1425
    assert table["created_at"].isna().sum() == raw["engage_date"].isna().sum()
    assert imported.traits == ("product",)
    found = {f.code: f.count for f in imported.findings}
    assert "unmatched_account" not in found
    assert table["owner"].nunique() == raw["sales_agent"].nunique() == 30


def dutch(pipeline: Path, target: Path) -> Path:
    """Write the file as a Dutch spreadsheet would save it again."""
    with pipeline.open(encoding="utf-8", newline="") as source:
        rows = list(csv.reader(source))
    day = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
    rows[1:] = [
        [
            f"{float(cell):,.2f}".translate({44: ".", 46: ","})
            if name == "close_value" and cell
            else day.sub(r"\3-\2-\1", cell)
            for name, cell in zip(rows[0], row, strict=True)
        ]
        for row in rows[1:]
    ]
    with target.open("w", encoding="cp1252", newline="") as copy:
        csv.writer(copy, delimiter=";", lineterminator="\r\n").writerows(rows)
    return target


def test_a_dutch_save_of_it_is_the_same_table(desk, make_desk, pipeline):
    other = make_desk()
    same_people(desk, other)
    desk.run(pipeline, **DEALS)
    imported = other.run(dutch(pipeline, other.folder / "sales_pipeline.csv"), **DEALS)
    assert len(imported.set_aside) == 0
    pd.testing.assert_frame_equal(desk.table(), other.table())


@pytest.mark.parametrize("seed", [1, 2])
def test_columns_and_rows_in_another_order_are_the_same_table(desk, make_desk, pipeline, seed):
    chance = random.Random(seed)
    raw = pd.read_csv(pipeline, dtype=str)
    turned = raw[chance.sample(list(raw), raw.shape[1])].sample(frac=1, random_state=seed)
    other = make_desk()
    turned.to_csv(other.folder / "sales_pipeline.csv", index=False, sep="\t")
    same_people(desk, other)
    desk.run(pipeline, **DEALS)
    other.run(other.folder / "sales_pipeline.csv", **DEALS)
    pd.testing.assert_frame_equal(desk.table(), other.table())


def test_xeducation_shows_its_warts(desk, shared_data):
    imported = desk.run(
        shared_data / "xeducation_leads" / "Leads.csv",
        table="leads",
        columns={"Prospect ID": "lead_id", "Lead Source": "source"},
    )
    raw = pd.read_csv(shared_data / "xeducation_leads" / "Leads.csv", dtype=str)
    assert (imported.rows, len(imported.set_aside)) == (len(raw), 0) == (9240, 0)
    found = {}
    for finding in imported.findings:
        found.setdefault(finding.code, []).append(finding)
    (placeholder,) = found["placeholder"]
    assert placeholder.count == (raw == "Select").sum().sum()
    assert "Select" in placeholder.examples
    google = next(f for f in found["near_duplicate"] if f.columns == ("source",))
    times = raw["Lead Source"].value_counts()
    assert google.examples[0] == f"Google ({times['Google']}) / google ({times['google']})"
    table = desk.table("leads")
    assert not (table == "Select").any().any()


SEEDS = ("fivetran_hubspot_seeds", "fivetran_salesforce_seeds")


@pytest.mark.parametrize("folder", SEEDS)
def test_raw_tables_of_an_interface_import_or_are_refused(make_desk, shared_data, folder):
    files = sorted((shared_data / folder).glob("*.csv"))
    kept = {}
    for file in files:
        desk = make_desk()
        try:
            kept[file.stem] = desk.run(file).table
        except InputError as error:
            assert error.code in (
                "nothing_recognised", "which_table", "no_separator", "no_records", "nothing_kept",
                "doubled_header", "ambiguous_dates",
            )  # fmt: skip
            assert not (desk.workspace.path / "data").exists()
    assert kept


def test_hubspots_raw_deals_and_stages(desk, shared_data):
    folder = shared_data / "fivetran_hubspot_seeds"
    deals = desk.run(
        folder / "deal_data.csv",
        table="deals",
        columns={"property_dealname": "name", "property_createdate": "created_at"},
    )
    assert deals.rows == len(pd.read_csv(folder / "deal_data.csv"))


def test_salesforces_raw_opportunities(desk, shared_data):
    file = shared_data / "fivetran_salesforce_seeds" / "sf_opportunity_data.csv"
    raw = pd.read_csv(file, dtype=str)
    imported = desk.run(file, table="deals")
    assert imported.rows == len(raw)
    outcomes = desk.table().set_index("deal_id")["outcome"]
    won = raw.loc[raw["is_won"].str.lower() == "true", "id"]
    assert set(outcomes.index[outcomes == "won"]) <= set(won)


@pytest.mark.parametrize("version", ["v17", "v19_fork"])
def test_a_dutch_odoo_export_is_recognised_by_its_own_words(desk, shared_data, version):
    """The headers are taken from Odoo's own catalogue of Dutch words for ``crm.lead``."""
    words = catalogue(shared_data / "odoo_crm" / version / "crm_nl.po")
    wanted = {
        "stage_id": "stage",
        "expected_revenue": "amount",
        "create_date": "created_at",
        "date_closed": "closed_at",
        "date_deadline": "expected_close_at",
        "user_id": "owner",
        "lost_reason_id": "lost_reason",
    }
    headers = {words[name]: column for name, column in wanted.items() if name in words}
    assert len(headers) >= 5
    cells = {"stage": "Gewonnen", "amount": "1234.5", "owner": "An", "lost_reason": ""}
    row = [cells.get(column, "2026-02-28 10:00:00") for column in headers.values()]
    imported = desk.run(",".join(headers) + "\n" + ",".join(row) + "\n")
    assert imported.table == "deals"
    assert {header: imported.mapping[header] for header in headers} == headers


def catalogue(file: Path) -> dict[str, str]:
    """Return the Dutch label of each field of ``crm.lead``."""
    found = {}
    for entry in file.read_text("utf-8").split("\n\n"):
        text = re.search(r'^msgstr "(.+)"$', entry, re.MULTILINE)
        for name in re.findall(
            r"model:ir\.model\.fields,field_description:crm\.field_crm_lead__(\w+)", entry
        ):
            if text:
                found[name] = text[1]
    return found
