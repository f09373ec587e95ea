"""How the export of the fictitious hardware seller in ../shared/data is read."""

from __future__ import annotations

from typing import Any

ACCOUNTS: dict[str, Any] = {"table": "accounts", "columns": {"account": "name"}}
DEALS: dict[str, Any] = {
    "table": "deals",
    "columns": {
        "opportunity_id": "deal_id",
        "account": "account",
        "deal_stage": "stage",
        "engage_date": "created_at",
        "close_date": "closed_at",
        "close_value": "amount",
        "sales_agent": "owner",
    },
    "stages": {"Engaging": "open", "Prospecting": "open"},
    "constants": {"currency": "USD"},
    "traits": ("product",),
}
