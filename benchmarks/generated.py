"""Generate a CRM of any size straight into a workspace: the same number gives the same rows.

Every value is a function of a row's number, so the tables agree with each other without a join
and DuckDB writes them as a stream, in little memory. Hashing twice parts values of one row, which
DuckDB's hash of two arguments leaves dependent.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from workshop.crm.schema import DUCKDB_TYPES, TABLES
from workshop.crm.sql import connect, identifier, literal, path_literal
from workshop.crm.store import Manifest, Store, StoredTable
from workshop.workspace import Workspace

ACTIVITIES_A_LEAD = 3
LEADS_AN_ACCOUNT = 5
LEADS_A_DEAL = 4

_MACROS = """
CREATE MACRO mixed(i, k) AS hash(hash(i + $salt, k));
CREATE MACRO u(i, k) AS mixed(i, k) / 18446744073709551616.0;
CREATE MACRO pick(words, i, k) AS words[1 + floor(len(words) * u(i, k) ** 1.5)::INT % len(words)];
CREATE MACRO after(moment, days) AS moment + to_seconds((days * 86400)::BIGINT);
CREATE MACRO lead_at(i) AS after(TIMESTAMP '2023-06-01', 1248 * u(i, 'created'));
CREATE MACRO lead(i) AS 'L' || lpad(i::VARCHAR, 8, '0');
CREATE MACRO deal(i) AS 'D' || lpad(i::VARCHAR, 8, '0');
CREATE MACRO account(i, n) AS 'A' || lpad((mixed(i, 'account') % n)::VARCHAR, 8, '0');
CREATE MACRO mql_at(i) AS
  CASE WHEN u(i, 'mql') < $mql THEN after(lead_at(i), 1 + 20 * u(i, 'mql days')) END;
CREATE MACRO sql_at(i) AS
  CASE WHEN u(i, 'sql') < $sql THEN after(mql_at(i), 1 + 15 * u(i, 'sql days')) END;
CREATE MACRO source(i) AS pick(
  ['Website', 'LinkedIn', 'Referral', 'Trade fair', 'Google Ads', 'Partner', 'Cold call'],
  i, 'source');
CREATE MACRO sector(i) AS pick(
  ['Construction', 'Care', 'IT', 'Retail', 'Logistics', 'Food', 'Energy', 'Public'], i, 'sector');
CREATE MACRO employees(i) AS pick(['10–49', '1–9', '50–249', '250+'], i, 'employees');
CREATE MACRO person(i) AS 'p' || (mixed(i, 'owner') % 30);
CREATE MACRO deal_at(i) AS after(lead_at(i), 20 + 60 * u(i, 'deal days'));
CREATE MACRO ends_at(i) AS after(deal_at(i), 10 + $longest * u(i, 'close days') ** 2);
CREATE MACRO outcome(i) AS CASE
  WHEN ends_at(i) > TIMESTAMP '2026-10-31' OR u(i, 'silent') < 0.1 THEN 'open'
  WHEN u(i, 'won') < $won + 0.2 * (source(i) = 'Referral')::INT THEN 'won' ELSE 'lost' END;
"""

_ROWS: dict[str, str] = {
    "accounts": """
SELECT 'A' || lpad(i::VARCHAR, 8, '0') AS account_id, 'Company ' || i AS name,
  sector(i) AS sector, employees(i) AS employees,
  pick(['BE', 'NL', 'LU', 'DE'], i, 'country') AS country,
  pick(['new', 'existing'], i, 'type') AS customer_type
FROM range($accounts) t(i)""",
    "leads": """
SELECT lead(i) AS lead_id, lead_at(i) AS created_at, account(i, $accounts) AS account_id,
  source(i) AS source, pick(['organic', 'paid', 'offline'], i, 'medium') AS medium,
  'Campaign ' || mixed(i, 'campaign') % 40 AS campaign,
  pick(['Director', 'Manager', 'Buyer', 'Engineer', NULL], i, 'role') AS role,
  pick(['Growth', 'Replacement', 'Law', NULL], i, 'trigger') AS trigger,
  pick(['New', 'Working', 'Closed'], i, 'status') AS status, person(i) AS owner,
  CASE WHEN u(i, 'assigned') < 0.8 THEN after(lead_at(i), 2 * u(i, 'hours')) END AS assigned_at,
  CASE WHEN u(i, 'touch') < $touched THEN after(lead_at(i), $slowest * u(i, 'wait') ** 3) END
    AS first_touch_at,
  mql_at(i) AS mql_at, sql_at(i) AS sql_at,
  CASE WHEN u(i, 'rejected') < 0.1 THEN after(mql_at(i), 9 * u(i, 'wait')) END AS rejected_at,
  CASE WHEN i % $per_deal = 0 THEN deal(i) END AS deal_id
FROM range($leads) t(i)""",
    "deals": """
SELECT deal(i) AS deal_id, lead(i) AS lead_id, 'Deal ' || i AS name,
  account(i, $accounts) AS account_id, deal_at(i) AS created_at,
  CASE WHEN outcome(i) != 'open' THEN ends_at(i) END AS closed_at,
  CASE outcome(i) WHEN 'open' THEN 'Proposal' WHEN 'won' THEN 'Won' ELSE 'Lost' END AS stage,
  outcome(i) AS outcome, round(exp(8 + 3 * u(i, 'amount'))) AS amount, 'EUR' AS currency,
  pick(['Price', 'Time', 'Quality', NULL], i, 'problem') AS problem, person(i) AS owner
FROM range(0, $leads, $per_deal) t(i)
WHERE deal_at(i) < TIMESTAMP '2026-10-31'""",
    "stage_history": """
SELECT record, record_id, stage, entered_at, owner FROM (
  SELECT 'lead' AS record, lead(i) AS record_id, person(i) AS owner,
    unnest(['Lead', 'MQL', 'SQL']) AS stage,
    unnest([lead_at(i), mql_at(i), sql_at(i)]) AS entered_at
  FROM range($leads) t(i)
  UNION ALL
  SELECT 'deal', deal(i), person(i), unnest(['Qualified', 'Proposal']),
    unnest([deal_at(i), after(deal_at(i), 10)])
  FROM range(0, $leads, $per_deal) t(i)
) WHERE entered_at < TIMESTAMP '2026-10-31'""",
    "activities": """
SELECT 'T' || lpad(i::VARCHAR, 9, '0') AS activity_id,
  CASE WHEN of_deal THEN 'deal' ELSE 'lead' END AS record,
  CASE WHEN of_deal THEN deal(r) ELSE lead(r) END AS record_id,
  after(lead_at(r), of_deal::INT * 30 + 90 * u(i, 'when') ** 2) AS at,
  pick(['E-mail', 'Download', 'Call', 'Meeting', 'Webinar', 'Visit'], i, 'kind') AS kind,
  CASE WHEN u(i, 'team') < 0.5 THEN 'sales' ELSE 'marketing' END AS team
FROM (
  SELECT i, of_deal,
    CASE WHEN of_deal THEN n - n % $per_deal ELSE n END AS r
  FROM (
    SELECT i, u(i, 'record') < 0.25 AS of_deal, (mixed(i, 'of') % $leads)::BIGINT AS n
    FROM range($leads * $activities_a_lead) t(i)
  )
)""",
}


DEFINITION = """\
term: mql
joint:
  criteria:
    all_of:
      - {field: sector, operator: one_of, value: [Construction, IT, Care]}
      - {field: activities.Download, operator: at_least, value: 1}
sales:
  criteria: {field: employees, operator: one_of, value: [50–249, 250+]}
marketing:
  criteria: {field: marketing_activities, operator: at_least, value: 2}
"""


class Ways(NamedTuple):
    """How a client works: the shares that go on, and the longest days of contact and of a deal."""

    mql: float = 0.45
    sql: float = 0.6
    won: float = 0.2
    touched: float = 0.7
    slowest: float = 40
    longest: float = 150


def ways_of(client: int) -> Ways:
    """Return how one client of many works, each in its own way."""
    drawn = random.Random(client)
    return Ways(
        *(drawn.betavariate(12 * mean, 12 * (1 - mean)) for mean in Ways()[:4]),
        *(middle * drawn.lognormvariate(0, 0.4) for middle in Ways()[4:]),
    )


def generate(folder: Path, leads: int, client: int = 0) -> Workspace:
    """Create a workspace with this many leads, three times as many activities, and the rest.

    Each ``client`` has rows of its own and works in its own way; the first is the plain one.
    """
    workspace = Workspace.create(folder, "Generated", language="en")
    (folder / "definitions").mkdir()
    (folder / "definitions" / "mql.yaml").write_text(DEFINITION, encoding="utf-8")
    store = Store(workspace)
    store.folder.mkdir()
    connection = connect(store.folder)
    numbers = {
        "leads": leads,
        "accounts": max(leads // LEADS_AN_ACCOUNT, 1),
        "per_deal": LEADS_A_DEAL,
        "activities_a_lead": ACTIVITIES_A_LEAD,
        "salt": client << 32,  # far apart, so that none has rows of another
        **(ways_of(client) if client else Ways())._asdict(),
    }
    connection.execute(_filled(_MACROS, numbers))
    stored = {}
    for table, rows in _ROWS.items():
        rows = _filled(rows, numbers)
        file = f"{table}-1.parquet"
        target = store.folder / file
        query = f"SELECT {_typed(table)} FROM (FROM ({_blank(table)}) UNION ALL BY NAME {rows})"
        connection.execute(f"COPY ({query}) TO {literal(str(target))} (FORMAT parquet)")
        found = connection.execute(
            f"SELECT count(*) FROM read_parquet({path_literal(target)})"
        ).fetchone()
        stored[table] = StoredTable(file=file, rows=found[0] if found else 0)
    connection.close()
    store.commit(Manifest(sequence=1, tables=stored))
    return workspace


def _filled(text: str, numbers: Mapping[str, float]) -> str:
    """Fill in numbers by their names, the longest first: some begin with another."""
    for name in sorted(numbers, key=len, reverse=True):
        text = text.replace(f"${name}", repr(numbers[name]))
    return text


def _typed(table: str) -> str:
    """Return a table's columns in their order and types."""
    kinds = TABLES[table].columns.items()
    return ", ".join(
        f"{identifier(c)}::{DUCKDB_TYPES[kind]} AS {identifier(c)}" for c, kind in kinds
    )


def _blank(table: str) -> str:
    """Return all columns of a table and no row, so that what is not generated is null."""
    names = ", ".join(f"NULL AS {identifier(column)}" for column in TABLES[table].columns)
    return f"SELECT {names} WHERE false"
