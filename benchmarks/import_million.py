"""Import a million rows beside `pandas.read_csv` of the same file, interleaved, as ratios.

The file has 8 columns, ``;`` between them, decimal commas and day-first dates. Each side runs in
a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from memory import peak_mib

STAGES = ("Nieuw", "Voorstel", "Gewonnen", "Verloren")
SIDES = {
    "import": "samenspel import (typed, checked, stored)",
    "pandas_typed": "pandas.read_csv with decimals and dates parsed",
    "pandas_plain": "pandas.read_csv, columns as text",
}


def write_export(path: Path, rows: int, seed: int = 1) -> None:
    """Write the export: ids, accounts, two dates, stage, amount, source, sector."""
    rng = np.random.default_rng(seed)
    start = np.datetime64("2023-01-01") + rng.integers(0, 900, rows)
    end = start + rng.integers(5, 200, rows)
    stage = rng.integers(0, len(STAGES), rows)
    amount = rng.lognormal(9, 1, rows)
    accounts = rng.integers(0, 20_000, rows)
    source = rng.choice(["Website", "Beurs", "LinkedIn", "Referentie"], rows)
    sector = rng.choice(["Bouw", "Zorg", "IT", "Retail", "Logistiek"], rows)
    days = {day: f"{day.astype(object):%d-%m-%Y}" for day in np.unique(np.r_[start, end])}
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("Deal-ID;Bedrijf;Aangemaakt op;Sluitingsdatum;Fase;Bedrag;Bron;Sector\n")
        for i in range(rows):
            closed = days[end[i]] if stage[i] > 1 else ""
            money = f"{amount[i]:.2f}".replace(".", ",")
            file.write(
                f"D{i:07d};Bedrijf {accounts[i]};{days[start[i]]};{closed};{STAGES[stage[i]]};"
                f"{money};{source[i]};{sector[i]}\n"
            )


def one(side: str, export: Path) -> dict[str, float]:
    """Run one side once in this process; return its seconds and its peak memory in MiB."""
    if side == "import":
        from workshop.crm.importing import import_files
        from workshop.crm.staging import Request
        from workshop.workspace import Workspace

        with tempfile.TemporaryDirectory() as folder:
            workspace = Workspace.create(Path(folder) / "client", "Bench")
            begin = time.perf_counter()
            import_files(workspace, Request((export,)))
            seconds = time.perf_counter() - begin
    else:
        import pandas as pd

        begin = time.perf_counter()
        if side == "pandas_typed":
            dates = ["Aangemaakt op", "Sluitingsdatum"]
            pd.read_csv(export, sep=";", decimal=",", parse_dates=dates, dayfirst=True)
        else:
            pd.read_csv(export, sep=";")
        seconds = time.perf_counter() - begin
    peak = peak_mib()
    return {"seconds": seconds, "mib": peak}


def main() -> None:
    """Print the table that the README quotes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=SIDES)
    parser.add_argument("--export", type=Path)
    call = parser.parse_args()
    if call.one:
        print(json.dumps(one(call.one, call.export)))
        return
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "million.csv"
        write_export(export, call.rows)
        runs: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
        for _ in range(call.rounds):
            for side in SIDES:
                command = [sys.executable, __file__, "--one", side, "--export", str(export)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                runs[side].append(json.loads(done.stdout))
    typed = statistics.median(run["seconds"] for run in runs["pandas_typed"])
    print(f"| {call.rows:,} rows | s | × typed read_csv | peak MiB |\n|---|---|---|---|")
    for side, name in SIDES.items():
        seconds = statistics.median(run["seconds"] for run in runs[side])
        peak = max(run["mib"] for run in runs[side])
        print(f"| {name} | {seconds:.2f} | {seconds / typed:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
