"""What people see: charts, tables and call-outs, in the house style and the reader's language."""

TABLE_TYPE = "application/vnd.samenspel.table+json"
"""The type under which a notebook's output carries the table behind it."""

_RESERVED = ("history", "contents", "inhoud")
"""What a table's sheet cannot be called: Excel keeps the first, the list of tables the others."""


def sheet_name(table: str) -> str:
    """Return what a workbook calls the sheet of a table.

    >>> sheet_name("funnel"), sheet_name("history")
    ('funnel', 'history-table')
    """
    return f"{table}-table" if table in _RESERVED else table
