"""Write the tables as the files that a Dutch CRM and a Dutch Excel would make."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pandas as pd
import xlsxwriter

from example_company.company import Company
from example_company.files import FILES
from example_company.warts import spoil_accounts, spoil_deals, spoil_events, spoil_leads

_DATES = {"closed_at", "expected_close_at", "period"}
_MONEY = {"amount", "revenue"}


def write(company: Company, folder: Path) -> list[Path]:
    """Write every file of an export into a folder, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = _spoilt(company)._asdict()
    for name, file in FILES.items():
        headers = file.columns | file.extra | file.contacts
        rows = tables[file.table][list(headers.values())].set_axis(list(headers), axis=1)
        if name.endswith(".xlsx"):
            _write_xlsx(rows, folder / name)
        else:
            text = {h: _texts(rows[h], column) for h, column in headers.items()}
            _write_csv(list(headers), zip(*text.values(), strict=True), folder / name)
    return [folder / name for name in FILES]


def _spoilt(company: Company) -> Company:
    return company._replace(
        accounts=_with_contacts(spoil_accounts(company.accounts)),
        leads=_with_contacts(spoil_leads(company.leads)),
        deals=_with_contacts(spoil_deals(company.deals)).rename(columns={"title": "name"}),
        account_events=spoil_events(company.account_events),
    )


def _with_contacts(rows: pd.DataFrame) -> pd.DataFrame:
    """Add a contact that nobody can be, from the number of the account."""
    number = rows["account_id"].str[-4:]
    return rows.assign(
        contact="Contactpersoon " + number,
        email="contact" + number + "@example.be",
        phone="0470 00 " + number.str[:2] + " " + number.str[2:],
    )


def _texts(values: pd.Series, column: str) -> list[str]:
    if pd.api.types.is_datetime64_any_dtype(values):
        pattern = "%d-%m-%Y" if column in _DATES else "%d-%m-%Y %H:%M"
        return [str(text) for text in values.dt.strftime(pattern).fillna("")]
    if column in _MONEY:
        return values.map(_euro, na_action="ignore").fillna("").to_list()
    if pd.api.types.is_numeric_dtype(values):
        return values.astype("Int64").astype("string").fillna("").to_list()
    return values.fillna("").to_list()


def _euro(amount: float) -> str:
    """Write an amount as a Dutch spreadsheet does.

    >>> _euro(1234.5)
    '1.234,50'
    """
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def _write_csv(headers: list[str], rows: Iterable[tuple[str, ...]], path: Path) -> None:
    with path.open("w", encoding="cp1252", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(headers)
        writer.writerows(rows)


def _write_xlsx(rows: pd.DataFrame, path: Path) -> None:
    """Write dates and numbers as such; the file's own date is fixed, so bytes repeat."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd-mm-yyyy"}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})
        sheet = book.add_worksheet("Campagnes")
        sheet.write_row(0, 0, rows.columns, book.add_format({"bold": True}))
        for number, row in enumerate(rows.itertuples(index=False), start=1):
            sheet.write_row(number, 0, row)
        sheet.autofilter(0, 0, len(rows), len(rows.columns) - 1)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
