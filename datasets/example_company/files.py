"""Name the export's files, their headers, and what headers and values mean."""

from __future__ import annotations

from typing import NamedTuple

_CONTACT = {"Contactpersoon": "contact", "E-mail": "email", "Telefoon": "phone"}


class ExportFile(NamedTuple):
    """A file: its canonical table, its headers with their canonical columns, and the others.

    ``account`` is the account's name, to be joined to ``accounts.name``. ``extra`` are headers
    that the canonical table does not have, ``contacts`` those that an import must drop; both with
    the column that fills them.
    """

    table: str
    columns: dict[str, str]
    extra: dict[str, str]
    contacts: dict[str, str]


FILES = {
    "bedrijven.csv": ExportFile(
        "accounts",
        {
            "Klantnummer": "account_id",
            "Bedrijfsnaam": "name",
            "Sector": "sector",
            "Aantal werknemers": "employees",
            "Omzet": "revenue",
            "Land": "country",
            "Klanttype": "customer_type",
        },
        extra={},
        contacts=_CONTACT,
    ),
    "leads.csv": ExportFile(
        "leads",
        {
            "Lead-ID": "lead_id",
            "Aangemaakt op": "created_at",
            "Bedrijf": "account",
            "Bron": "source",
            "Medium": "medium",
            "Campagne": "campaign",
            "Sector": "sector",
            "Aantal werknemers": "employees",
            "Functie": "role",
            "Aanleiding": "trigger",
            "Probleem": "problem",
            "Land": "country",
            "Klanttype": "customer_type",
            "Status": "status",
            "Eigenaar": "owner",
            "Toegewezen op": "assigned_at",
            "Eerste contact op": "first_touch_at",
            "MQL op": "mql_at",
            "SQL op": "sql_at",
            "Afgewezen op": "rejected_at",
            "Reden van afwijzing": "rejection_reason",
            "Verkoopkans-ID": "deal_id",
        },
        extra={},
        contacts=_CONTACT,
    ),
    "verkoopkansen.csv": ExportFile(
        "deals",
        {
            "Verkoopkans-ID": "deal_id",
            "Lead-ID": "lead_id",
            "Naam verkoopkans": "name",
            "Bedrijf": "account",
            "Aangemaakt op": "created_at",
            "Sluitingsdatum": "closed_at",
            "Verwachte sluitingsdatum": "expected_close_at",
            "Fase": "stage",
            "Bedrag": "amount",
            "Valuta": "currency",
            "Bron": "source",
            "Campagne": "campaign",
            "Sector": "sector",
            "Aantal werknemers": "employees",
            "Functie": "role",
            "Aanleiding": "trigger",
            "Probleem": "problem",
            "Klanttype": "customer_type",
            "Eigenaar": "owner",
            "Verliesreden": "lost_reason",
            "Laatste activiteit": "last_activity_at",
        },
        extra={"Leadkwaliteit": "quality", "Opmerking": "note"},
        contacts=_CONTACT,
    ),
    "fasehistoriek.csv": ExportFile(
        "stage_history",
        {
            "Type record": "record",
            "Record-ID": "record_id",
            "Fase": "stage",
            "In fase sinds": "entered_at",
            "Eigenaar": "owner",
        },
        extra={},
        contacts={},
    ),
    "activiteiten.csv": ExportFile(
        "activities",
        {
            "Activiteit-ID": "activity_id",
            "Type record": "record",
            "Record-ID": "record_id",
            "Datum": "at",
            "Soort activiteit": "kind",
            "Team": "team",
        },
        extra={},
        contacts={},
    ),
    "campagnes.xlsx": ExportFile(
        "campaigns",
        {
            "Campagne": "campaign",
            "Kanaal": "channel",
            "Kosten": "cost",
            "Valuta": "currency",
            "Startdatum": "started_on",
            "Einddatum": "ended_on",
        },
        extra={},
        contacts={},
    ),
    "websitebezoek.csv": ExportFile(
        "traffic",
        {
            "Maand": "period",
            "Bron": "source",
            "Campagne": "campaign",
            "Bezoekers": "visitors",
            "Betrokken bezoekers": "engaged_visitors",
        },
        extra={},
        contacts={},
    ),
    "klantgebeurtenissen.csv": ExportFile(
        "account_events",
        {
            "Klantnummer": "account_id",
            "Gebeurtenis": "kind",
            "Datum": "at",
            "Bedrag": "amount",
            "Valuta": "currency",
        },
        extra={},
        contacts={},
    ),
}
# What the values of columns with fixed canonical values mean.
VALUES = {
    "record": {"Lead": "lead", "Verkoopkans": "deal"},
    "team": {"Verkoop": "sales", "Marketing": "marketing"},
    "kind": {
        "Verlenging": "renewal",
        "Upsell": "upsell",
        "Opzegging": "churn",
        "Referentie": "reference",
    },
    "outcome": {
        "Nieuw": "open",
        "Gekwalificeerd": "open",
        "Voorstel": "open",
        "Onderhandeling": "open",
        "Gewonnen": "won",
        "Verloren": "lost",
    },
}
