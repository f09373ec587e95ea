"""The smallest chapters: one table, one chart."""

from __future__ import annotations

import pandas as pd
from matplotlib import pyplot as plt

from workshop.i18n import Translator
from workshop.views.display import Chart, Column, Table
from workshop.views.style import house_style


def table(values: list[int]) -> Table:
    """Return a table of these values."""
    frame = pd.DataFrame({"name": list("ab"), "value": values})
    columns = (Column("name", "Name"), Column("value", "Value", "count"))
    return Table(frame, "small", "A small table", columns, Translator("en"))


def chart() -> Chart:
    """Return a chart of one line."""
    with house_style("#1f4e79"):
        figure, ax = plt.subplots()
        ax.plot([1, 2, 3])
    return Chart(figure, "A line goes up", "A line from 1 to 3", name="line")
