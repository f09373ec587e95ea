"""Workbooks, spoiled at the level of the XML inside and at that of the archive around it."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from html import escape
from random import Random

import xlsxwriter

from tests.torture.fuzz.mutations import by_bytes

Rows = Sequence[Sequence[str]]

_ATTRIBUTE = re.compile(rb'(?<==")[^"<>]*(?=")')
_VALUE = re.compile(rb"(?<=>)[^<>]+(?=<)")
_ELEMENT = re.compile(
    rb"<[a-zA-Z:]+[^<>]*/>|<(row|c|v|t|table:table-row|table:table-cell)\b.*?</\1>"
)
_ODD = [
    *(b"", b"0", b"-1", b"1", b"1e308", b"-1e308", b"NaN", b"4294967296", b"99999999999999999999"),
    *(b"XFD1048576", b"A0", b"s", b"n", b"d", b"e", b"b", b"str", b"inlineStr", b"1048576"),
    *(b"&#0;", b"&x;", b"&lt;", b"\xff", b"1899-12-30", b"9999-12-31", b"-693594", b"2958466"),
    *(b"PT99999999999H", b"date", b"float", b"boolean", b"time", b"hidden", b"veryHidden", b"1904"),
    *(b"../../etc/passwd", b"60", b"0.1", b"45000.99999999", b"true", b"x" * 5000, b"#REF!"),
]
_ENTITY = b'<!DOCTYPE x [<!ENTITY x "y"><!ENTITY z SYSTEM "file:///etc/passwd">]>'
_STYLES = ("yyyy-mm-dd", "dd/mm/yy hh:mm", "0.00", "[h]:mm", "@", "General;[Red]@", "\\")


def xlsx(rows: Rows, chance: Random) -> bytes:
    """Return a workbook with a table in it, numbers as numbers, dates in some format."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "date_1904": chance.random() < 0.1})
    sheets = [book.add_worksheet() for _ in range(chance.choice([1, 1, 1, 2]))]
    styles = [book.add_format({"num_format": style}) for style in _STYLES]
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            _write(sheets[-1], place, column, cell, chance.choice(styles), chance)
    book.close()
    return file.getvalue()


def _write(sheet, row: int, column: int, cell: str, style, chance: Random) -> None:
    if row and chance.random() < 0.1:
        sheet.write_number(row, column, chance.choice([1.5, 45000, 60, -1, 0.1]), style)
    elif row and chance.random() < 0.03:
        sheet.write_boolean(row, column, True)
    elif row and chance.random() < 0.03:
        sheet.write_formula(row, column, "=1/0", style, "#DIV/0!")
    else:
        sheet.write_string(row, column, cell[:30_000])


def ods(rows: Rows) -> bytes:
    """Return an open document with a table in it."""

    def cell(text: str) -> str:
        if re.fullmatch(r"\d{1,9}", text, re.ASCII):
            return f'office:value-type="float" office:value="{text}"><text:p>{text}</text:p>'
        kept = "".join(letter for letter in text if letter.isprintable())
        return f'office:value-type="string"><text:p>{escape(kept)}</text:p>'

    lines = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell {cell(text)}</table:table-cell>" for text in row)
        + "</table:table-row>"
        for row in rows
    )
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces}><office:body>'
        f'<office:spreadsheet><table:table table:name="Blad1">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    members = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content.encode("utf-8", errors="replace"),
        "META-INF/manifest.xml": b"<manifest/>",
    }
    return zipped(list(members.items()))


def zipped(members: Sequence[tuple[str, bytes]]) -> bytes:
    """Return an archive of these members."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w") as archive:
        warnings.simplefilter("ignore")  # of a name that is there twice, which is the point
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def spoiled(workbook: bytes, chance: Random) -> bytes:
    """Change what is inside an archive, and now and then the archive itself."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        members = [(item.filename, archive.read(item)) for item in archive.infolist()]
    for _ in range(chance.choice([1, 1, 2, 6])):
        place = _some_member(members, chance)
        name, content = members[place]
        match chance.randrange(12):
            case 0:
                del members[place]
            case 1:
                name = chance.choice(["xl/x.xml", "../x", "content.xml", name.upper(), "x" * 300])
                members[place] = name, content
            case 2:
                members[place] = name, by_bytes(content, chance)
            case _:
                members[place] = name, in_xml(content, chance)
        if not members:
            break
    whole = zipped(members)
    return by_bytes(whole, chance) if chance.random() < 0.1 else whole


def _some_member(members: Sequence[tuple[str, bytes]], chance: Random) -> int:
    """Pick a member: the tables and their texts more often than the rest."""
    telling = [n for n, (name, _) in enumerate(members) if re.search("sheet|content|shared", name)]
    usual = telling and chance.random() < 0.7
    return chance.choice(telling) if usual else chance.randrange(len(members))


def in_xml(content: bytes, chance: Random) -> bytes:
    """Change an attribute, a value or an element; add a repetition or an entity."""
    pattern = chance.choice([_ATTRIBUTE, _ATTRIBUTE, _VALUE, _ELEMENT])
    found = list(pattern.finditer(content))
    if not found or chance.random() < 0.05:
        head, mark, rest = content.partition(b"?>")
        return head + mark + _ENTITY + rest
    one = chance.choice(found)
    start, end = one.span()
    if pattern is not _ELEMENT:
        return content[:start] + chance.choice(_ODD) + content[end:]
    match chance.randrange(4):
        case 0:
            return content[:start] + content[end:]
        case 1:
            return content[:end] + content[start:end] * chance.choice([1, 2, 500]) + content[end:]
        case 2:
            many = chance.choice([b"0", b"-1", b"500", b"16384", b"1048576", b"4294967295"])
            what = chance.choice([b"columns", b"rows"])
            inside = b' table:number-%s-repeated="%s"' % (what, many)
            at = start + len(content[start:end].partition(b" ")[0].partition(b">")[0])
            return content[:at] + inside + content[at:]
        case _:
            other = chance.choice(found)
            return content[: other.end()] + content[start:end] + content[other.end() :]
