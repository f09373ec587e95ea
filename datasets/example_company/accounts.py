"""Draw the companies that Rekvast sells to."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from example_company import plan
from example_company.draws import numbered, pick

# Two halves of a Flemish field name: what they make is nobody's, or at most a hamlet's.
_FIRST = """
    Beuken Eiken Linden Wilgen Elzen Hulst Zavel Leem Kapel Heide Vijver Brug Sluis Haver
    Gerst Vlas Koren Klaver Distel Varen Braam Kraaien Reiger Kievit Ganzen Vossen Hazen
    Everzwijn Zilver Hamer Spiegel Wagen Ketel Klokken Kruis Torens Winter Zomer Meiboom
    Kersen
"""
_SECOND = """
    dries kouter broek meers donk rode hoek akker veld berg straete poorte bilk laar hof bos
    weide gracht dam wal put kant schans hul kens rijt ham
"""
_TRADE = {
    "Voeding": ("Bakkerijen", "Zuivel", "Diepvries", "Koffie & Thé", "Conserven"),
    "Bouw": ("Bouwmaterialen", "Daktechniek", "Bouwgroep", "Isolatie"),
    "E-commerce": ("Webshops", "Online", "Fulfilment", "Direct"),
    "Groothandel": ("Groothandel", "Import", "Trading", "Benelux"),
    "Logistiek": ("Logistics", "Transport", "Opslag", "Koeriers"),
    "Metaal": ("Metaalwerken", "Staal", "Machinebouw", "Plaatwerk"),
    "Farma": ("Pharma", "Labo’s", "Medical"),
}


def draw_accounts(rng: Generator) -> pd.DataFrame:
    """Return one row an account: id, name, sector, employees, revenue (euro), country, type."""
    n = plan.ACCOUNTS
    sector = pick(rng, {sector.name: sector.share for sector in plan.SECTORS}, n)
    employees = draw_employees(rng, n)
    revenue = (employees * rng.lognormal(np.log(210_000), 0.4, n)).round(-3)
    return pd.DataFrame(
        {
            "account_id": numbered("K", n),
            "name": _names(rng, sector),
            "sector": sector,
            "employees": employees,
            "revenue": np.where(rng.random(n) < 0.2, np.nan, revenue),
            "country": pick(rng, plan.COUNTRIES, n),
            "customer_type": pick(rng, plan.CUSTOMER_TYPES, n),
        }
    )


def draw_employees(rng: Generator, size: int) -> NDArray[np.int64]:
    """Return head counts, even on the log scale within their band."""
    bands = np.array(list(pick(rng, plan.EMPLOYEES, size)), dtype=float)
    return np.exp(rng.uniform(np.log(bands[:, 0]), np.log(bands[:, 1] + 0.99))).astype(int)


def _names(rng: Generator, sectors: NDArray[np.object_]) -> list[str]:
    stems = rng.permutation([a + b for a in _FIRST.split() for b in _SECOND.split()])
    forms = pick(rng, {"NV": 0.35, "BV": 0.6, "CV": 0.05}, len(sectors))
    trades = [_TRADE[sector][rng.integers(len(_TRADE[sector]))] for sector in sectors]
    rows = zip(stems[: len(sectors)], trades, forms, strict=True)
    return [f"{stem} {trade} {form}" for stem, trade, form in rows]
