"""Make the table of simulations in `methods.md` from what `make calibrate` wrote down."""

from __future__ import annotations

import csv
from pathlib import Path

DOCS = Path(__file__).parent
RESULTS = DOCS / "calibration.csv"
METHODS = DOCS / "methods.md"
BEGIN = "<!-- calibration: made by docs/make_calibration.py -->\n"
END = "<!-- /calibration -->\n"
HEAD = "| what | simulated | n | runs | nominal | found |\n|---|---|---|---|---|---|\n"
ORDER = (
    "tests/analysis/test_intervals.py",
    "tests/analysis/test_ten.py",
    "tests/analysis/test_history.py",
    "tests/analysis/test_velocity.py",
    "tests/analysis/test_shrinkage.py",
    "tests/analysis/test_channels.py",
    "tests/analysis/test_waiting.py",
    "tests/analysis/test_change.py",
    "tests/analysis/test_replay.py",
    "tests/analysis/test_suggest.py",
    "tests/analysis/test_goal.py",
    "tests/analysis/test_band.py",
    "tests/analysis/test_underway.py",
    "tests/analysis/test_statements.py",
    "tests/analysis/test_agreement.py",
    "tests/datasets/test_example.py",
)
"""The files of the simulations, as the questions come in `methods.md`."""


def table(results: Path = RESULTS) -> str:
    """Return the results as a table, by question."""
    with results.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows.sort(key=lambda row: ORDER.index(row["test"].partition("::")[0]))
    return HEAD + "".join(map(_line, rows))


def _line(row: dict[str, str]) -> str:
    found = f"{float(row['found']):.3f} ± {float(row['standard_error']):.3f}"
    cells = [row["what"], row["simulated"], row["n"], f"{int(row['runs']):,}", row["nominal"]]
    return f"| {' | '.join([*cells, found])} |\n"


def between(text: str, begin: str, end: str, new: str) -> str:
    """Put something new between two marks.

    >>> between("a<x>old</x>b", "<x>", "</x>", "new")
    'a<x>new</x>b'
    """
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return before + begin + new + end + after


def main() -> None:
    """Write the table into the page."""
    page = METHODS.read_text("utf-8")
    METHODS.write_text(between(page, BEGIN, END, table()), "utf-8")


if __name__ == "__main__":
    main()
