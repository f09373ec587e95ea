"""Ways to spoil an export: its bytes, its cells, the way it is written."""

from __future__ import annotations

import csv
import io
from random import Random
from typing import NamedTuple

from workshop.crm.columns import SPACE

HEADERS = [
    *("Deal-ID", "Fase", "Bedrag", "Aangemaakt op", "Gesloten op", "Bron", "E-mail", "Eigenaar"),
    *("Regio", "Valuta", "rowid", "_file", "_record", "old", "new", "v", "n", "Stage", "won"),
    *("h0", "c0", "Sélect", "a;b", 'zei "x"', "'; DROP TABLE x; --", "amount", "select", "Aantal"),
    *("Lead ID", "Leadstatus", "MQL op", "Bedrijf", "Naam", "Telefoon", "Datum in fase Offerte"),
    *("", " ", "\ufeffFase", "x" * 300, "=1+1", "a\nb", "💥", "NULL", "1", "2026-02-28", "_source"),
    *("Bedrag (EUR)", "Amount in $", "Sector", "Aantal werknemers", "Land", "Type", "Onderwerp"),
]
CELLS = [
    *("", "Gewonnen", "Nieuw", "1,5", "1.234", "12", "-", "28-02-2026", "2026-02-28", "NULL"),
    *("03-04-2026", "2026-02-28T10:00:00Z", "x@y.be", "0475 12 34 56", "€ 5", "$ 5", " ", "'"),
    *('"', "\\", "%", "=1+1", "true", "n/a", "💥", "\u00a0", "1e5", "(5)", "∞", "9" * 23, "nan"),
    *("0001-01-01", "9999-12-31", "31-02-2026", "a\nb", "a\r\nb", 'zei "x"', "a;b,c\td|e", "²"),
    *("٣", "1" * 5000, "\u2028", "\u200b", "\x1b[31m", "2026-02-28 25:61", "28/02/26", "1-50"),
    *("0000-00-00", "12:30", "-0", "+32 475 12 34 56", "1.234.567,89", "1'234.50", "1 234,5"),
    *("2026-02-28T10:00:00+99:99", "26-13-13", "1e999", "-1", "10 000 000 000 000 000,00", "\x85"),
    *("1582-10-10", "294247-01-10", "2026-02-29", "2026-03-29 02:30", "99-99-9999", "inf"),
    *("2026-02-28 10:00:00 +0000", "1,234.50", "½", "{x}", "{0}", "%s", "$x", "Closed Won", "Won"),
]
DELIMITERS = ",;\t|"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32", "cp850")
NEWLINES = ("\n", "\r\n", "\r")

Rows = list[list[str]]


class Spelled(NamedTuple):
    """A table as bytes; ``records`` counts those below its header, where they are plainly so."""

    content: bytes
    records: int | None
    headers: tuple[str, ...]


def by_bytes(content: bytes, chance: Random) -> bytes:
    """Change, drop, double, move or insert a few bytes."""
    data = bytearray(content)
    for _ in range(chance.choice([1, 2, 5, 20])):
        at = chance.randrange(len(data) or 1)
        data += b"\n" * (not data)
        match chance.randrange(7):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                data[at] = chance.choice(b'",;\n\r\t |\x00=-0')
            case 2:
                del data[at : at + chance.choice([1, 1, 10, 200])]
            case 3:
                data[at:at] = data[at : at + chance.choice([1, 10, 100])]
            case 4:
                data[at:at] = chance.choice([b'"', b"\n", b"\r\n", b";;;", b"\xff\xfe", b"\xc3"])
            case 5:
                other = chance.randrange(len(data))
                data[at : at + 8], data[other : other + 8] = (
                    data[other : other + 8],
                    data[at : at + 8],
                )
            case _:
                data = data[: at + 1]
    return bytes(data)


def by_cells(rows: Rows, chance: Random) -> Rows:
    """Change cells, headers, columns and records, each record still being one."""
    table = [list(row) for row in rows]
    for _ in range(chance.choice([0, 1, 3, 10])):
        row = chance.choice(table)
        match chance.randrange(8):
            case 0 | 1 | 2 if row:
                row[chance.randrange(len(row))] = chance.choice(CELLS)
            case 3 if table[0]:
                table[0][chance.randrange(len(table[0]))] = chance.choice(HEADERS)
            case 4 if table[0]:
                _fill_column(table, chance)
            case 5:
                table.insert(1, list(chance.choice(table)))
            case 6:
                row.append(chance.choice(CELLS))
            case _ if len(row) > 1:
                del row[chance.randrange(len(row))]
    return table


def _fill_column(table: Rows, chance: Random) -> None:
    """Give a whole column one value, or values of one or two kinds."""
    place = chance.randrange(len(table[0]))
    values = chance.choices(CELLS, k=chance.choice([1, 2, 4]))
    for row in table[1:]:
        if place < len(row):
            row[place] = chance.choice(values)


def made(chance: Random) -> Rows:
    """Return a table of odd headers over odd values."""
    width = chance.randrange(2, 10)
    headers = chance.sample(HEADERS, width)
    columns = [chance.choices(CELLS, k=chance.choice([1, 2, 5])) for _ in headers]
    rows = chance.choice([0, 1, 2, 6, 30])
    return [headers, *([chance.choice(values) for values in columns] for _ in range(rows))]


def spelled(rows: Rows, chance: Random) -> Spelled:
    """Write a table as some program might: separator, quotes, line ends, encoding, frills."""
    newline, encoding = (
        chance.choice(NEWLINES),
        chance.choice(ENCODINGS[: chance.choice([2, 2, 8])]),
    )
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    mark, text = chance.choice(DELIMITERS), io.StringIO()
    writer = csv.writer(text, delimiter=mark, quoting=quoting, lineterminator=newline)
    frills = chance.random() < 0.3
    if frills:
        text.write(_above(mark, newline, chance))
    writer.writerows(rows)
    if frills:
        text.write(chance.choice(["", newline, f"{newline}Totaal: 3{newline}", '"', mark * 3]))
    content = text.getvalue().encode(encoding, errors="replace")
    ends = set("\r\n") - set(newline)
    # Python quotes the line end that it writes, and leaves the other one bare.
    bare = quoting == csv.QUOTE_MINIMAL and any(ends & set(cell) for row in rows for cell in row)
    known = not frills and not bare
    # Blank is what an import takes for blank: not a line separator of Unicode, say.
    records = sum(any(cell.strip(SPACE) for cell in row) for row in rows[1:]) if known else None
    return Spelled(content, records, tuple(rows[0]))


def _above(mark: str, newline: str, chance: Random) -> str:
    """Return lines that some programs write above the header."""
    lines = [f"sep={mark}", "Verkoopkansen per kwartaal", "", f"Van{mark}2026-01-01", mark * 4]
    return "".join(line + newline for line in chance.sample(lines, chance.randrange(1, 3)))
