"""Hold the company's true parameters: every effect that is planted, and what is left null.

Odds ratios are conditional on everything else; shares are of the accounts (sector), of the
leads (source, trigger, role) or of the steps that they name.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

SEED = 138
START = date(2024, 11, 1)  # the CRM was taken into use on this day
EARLIEST = date(2026, 1, 1)  # the earliest export: every wart is in place by then
AS_OF = date(2026, 10, 31)
HORIZON = date(2026, 12, 31)

ACCOUNTS = 1000
LEADS = 4290  # up to HORIZON; about 4,000 of them by AS_OF
DIRECT_DEALS = 88  # deals that no lead came before
GROWTH = 0.15  # more leads at HORIZON than at START
SEASON = (0.9, 1.0, 1.25, 1.05, 1.0, 1.0, 0.6, 0.65, 1.25, 1.25, 1.1, 0.7)  # January first
WEEKDAY = (1.0, 1.1, 1.1, 1.1, 0.9, 0.25, 0.3)  # Monday first; people do read at the weekend


class Sector(NamedTuple):
    """A sector: its share of the accounts, its effect on winning and on the days to close."""

    name: str
    share: float
    win_odds: float = 1.0
    days_factor: float = 1.0


class Source(NamedTuple):
    """A source of leads: its share, how far its leads come, and its media."""

    name: str
    share: float
    mql_rate: float
    sql_odds: float
    mql_days: float
    visitors: int  # to the website for each lead; 0 where the source has no page
    media: dict[str, float]


class Campaign(NamedTuple):
    """A campaign: the whole cost is in euro and is spent evenly over its days."""

    name: str
    source: str  # and channel
    cost: float
    started_on: str
    ended_on: str


SECTORS = (
    Sector("Voeding", 0.18, win_odds=3.4),
    Sector("Bouw", 0.17, win_odds=0.28),
    Sector("E-commerce", 0.15, days_factor=0.35),
    Sector("Groothandel", 0.15),
    Sector("Logistiek", 0.14),
    Sector("Metaal", 0.12),
    Sector("Farma", 0.09),
)
TRIGGERS = {
    "Verhuizing": 0.18,
    "Groei": 0.18,
    "Offertevergelijking": 0.18,
    "Vervanging": 0.18,
    "Nieuwe wetgeving": 0.15,
    "Arbeidsongeval": 0.13,
}
TRIGGER_WIN_ODDS = {"Verhuizing": 3.4, "Offertevergelijking": 0.28}
SOURCES = (
    Source("LinkedIn", 0.22, 0.40, 0.12, 12, 30, {"Betaald": 0.65, "Organisch": 0.35}),
    Source("Website", 0.19, 0.50, 0.85, 3, 45, {"Organisch": 0.7, "E-mail": 0.3}),
    Source("Google", 0.16, 0.50, 0.85, 4, 35, {"Betaald": 0.75, "Organisch": 0.25}),
    Source("Beurs", 0.12, 0.50, 0.85, 5, 0, {"Event": 0.7, "E-mail": 0.3}),
    Source("Webinar", 0.11, 0.68, 2.2, 8, 6, {"Event": 0.55, "E-mail": 0.45}),
    Source("Referentie", 0.08, 0.75, 2.9, 2, 0, {"Mond-tot-mond": 0.7, "E-mail": 0.3}),
    Source("Koude acquisitie", 0.06, 0.45, 0.85, 2, 0, {"Telefoon": 0.7, "E-mail": 0.3}),
    Source("Direct mail", 0.06, 0.45, 0.85, 6, 9, {"Post": 0.6, "E-mail": 0.4}),
)
CAMPAIGNS = (
    Campaign("Magazijnbeurs Gent 2025", "Beurs", 28500, "2025-03-18", "2025-03-20"),
    Campaign("Bedrijvendagen Kortrijk 2025", "Beurs", 14200, "2025-10-07", "2025-10-08"),
    Campaign("Magazijnbeurs Gent 2026", "Beurs", 31000, "2026-03-17", "2026-03-19"),
    Campaign("Webinar Veilig stapelen", "Webinar", 4800, "2025-01-20", "2025-04-30"),
    Campaign("Webinar Meer plaats, zelfde magazijn", "Webinar", 5200, "2025-08-25", "2025-12-12"),
    Campaign("Webinar Nieuwe rekkennorm", "Webinar", 5600, "2026-01-19", "2026-06-12"),
    Campaign("Webinar Slim automatiseren", "Webinar", 5900, "2026-08-31", "2026-12-11"),
    Campaign("LinkedIn whitepaper 2025", "LinkedIn", 16400, "2025-01-13", "2025-11-28"),
    Campaign("LinkedIn leadformulier 2026", "LinkedIn", 19800, "2026-01-12", "2026-11-27"),
    Campaign("Google Ads palletstellingen", "Google", 21500, "2024-11-01", "2025-12-31"),
    Campaign("Google Ads tussenvloeren", "Google", 18200, "2026-01-05", "2026-12-31"),
    Campaign("Mailing voorjaar 2025", "Direct mail", 7400, "2025-04-22", "2025-05-30"),
    Campaign("Mailing winter 2026", "Direct mail", 7900, "2026-01-26", "2026-03-06"),
    Campaign("Klant brengt klant", "Referentie", 6500, "2025-03-03", "2026-12-31"),
)
CAMPAIGN_ONLY = ("Beurs", "Webinar", "Direct mail")  # no leads of these outside a campaign
ON_CAMPAIGN = 0.6  # of the other sources' leads, while a campaign runs

# Null: none of these changes a lead's way or a deal's outcome (employees do change the amount).
EMPLOYEES = {(2, 9): 0.2, (10, 49): 0.4, (50, 249): 0.28, (250, 900): 0.12}
AMOUNT_MEDIAN = {(2, 9): 8000.0, (10, 49): 14000.0, (50, 249): 24000.0, (250, 900): 42000.0}
AMOUNT_SPREAD = 0.6  # standard deviation of the log
COUNTRIES = {"België": 0.84, "Nederland": 0.11, "Frankrijk": 0.03, "Luxemburg": 0.02}
ROLES = {
    "Zaakvoerder": 0.22,
    "Aankoper": 0.2,
    "Logistiek manager": 0.2,
    "Productieleider": 0.15,
    "Magazijnverantwoordelijke": 0.13,
    "Preventieadviseur": 0.1,
}
PROBLEMS = {
    "Plaatsgebrek": 0.26,
    "Veiligheid": 0.2,
    "Trage orderpicking": 0.2,
    "Verouderde rekken": 0.18,
    "Pickfouten": 0.16,
}

# The hand-over: nobody feels responsible for the leads of customers that are already there.
CUSTOMER_TYPES = {"Nieuwe klant": 0.62, "Bestaande klant": 0.23, "Verdeler": 0.15}
UNTOUCHED = {"Nieuwe klant": 0.08, "Bestaande klant": 0.34, "Verdeler": 0.08}
TOUCHED_FAST = 0.48  # of the touched: within 8 working hours of the assignment
SQL_RATE_SLOW = 0.205  # the leak: an MQL of an average source, touched later than that
FAST_SQL_ODDS = 3.2
OPPORTUNITY_RATE = 0.83  # of the SQLs

WIN_RATE = 0.445  # of the closed deals, with every odds ratio at 1
DAYS_TO_CLOSE = 68.0  # median, won and lost alike
DAYS_SPREAD = 0.5
STALLED = 0.06  # deals that go quiet and never close

ALWAYS_UNASKED = 0.12  # triggers and problems that even a talk does not bring out
UNASKED = 0.45  # before sales spoke to the lead

# Filled in with the outcome known. Missing role: the chance by outcome, open as lost.
ROLE_MISSING_WON, ROLE_MISSING_OTHER = 0.06, 0.25
QUALITY = {
    "Gewonnen": {"Hoog": 0.74, "Midden": 0.2, "Laag": 0.06},
    "Verloren": {"Hoog": 0.12, "Midden": 0.28, "Laag": 0.6},
}
# The owner follows the sector and does nothing of their own: a confounder.
SPECIALIST = {"Voeding": "Accountmanager 1", "Bouw": "Accountmanager 2"}
SPECIALIST_SHARE = 0.8  # the rest of these sectors goes as the other sectors do
OWNERS = {
    "Accountmanager 1": 0.1,
    "Accountmanager 2": 0.1,
    "Accountmanager 3": 0.4,
    "Accountmanager 4": 0.4,
}
