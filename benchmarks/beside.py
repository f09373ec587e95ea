"""The seven answers beside bare counts in pandas: seconds, peak memory, and the same figures.

The kit's side is the whole answer, with intervals and verdicts, from stored tables; that of pandas
only reads and counts (`straight`). Each runs in a process of its own, one after the other.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
from generated import generate
from memory import peak_mib
from straight import COUNTED, STRAIGHT

SIZES = (100_000, 1_000_000, 3_000_000)


def counted_here(question: str, folder: Path, as_of: str) -> None:
    """Count in this process; print the seconds, the peak MiB and what was found."""
    begin = time.perf_counter()
    found = STRAIGHT[question](folder, pd.Timestamp(as_of))
    seconds = time.perf_counter() - begin
    peak = peak_mib()
    print(json.dumps([seconds, peak, sorted(found.items())], default=float))


def answered_here(question: str, folder: Path) -> None:
    """Answer in this process, as a report does; print the same, and the as-of date."""
    from workshop.crm.tables import open_tables
    from workshop.questions.ask import ask
    from workshop.questions.document import document
    from workshop.workspace import Workspace

    begin = time.perf_counter()
    tables = open_tables(Workspace.open(folder))
    answer = ask(tables, question, folder=folder)
    seconds = time.perf_counter() - begin
    peak = peak_mib()
    said = document(answer, question=question, workspace=str(folder), as_of=tables.as_of, seed=0)
    found = COUNTED[question](said)
    print(json.dumps([seconds, peak, sorted(found.items()), said["as_of"]], default=float))


def beside(question: str, folder: Path) -> str:
    """Answer and count, each in a process of its own; return both costs as a row's cells."""
    ours = _in_process("--answer", question, "--folder", str(folder))
    theirs = _in_process("--count", question, "--folder", str(folder), "--as-of", ours[3])
    if ours[2] != theirs[2]:
        raise ValueError(f"{question}: {ours[2]} is not {theirs[2]}")
    ratio = ours[0] / theirs[0]
    return f"{ours[0]:.1f}, {ours[1]:.0f} | {theirs[0]:.1f}, {theirs[1]:.0f} | {ratio:.2f}"


def _in_process(*call: str) -> Any:
    command = [sys.executable, __file__, *call]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def main() -> None:
    """Print a row per question and size: the kit's answer beside the bare counts in pandas."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--questions", choices=STRAIGHT, nargs="+", default=list(STRAIGHT))
    parser.add_argument("--count", choices=STRAIGHT)
    parser.add_argument("--answer", choices=STRAIGHT)
    parser.add_argument("--as-of")
    parser.add_argument("--folder", type=Path, help="where generated CRMs are, or are to be kept")
    call = parser.parse_args()
    if call.count:
        counted_here(call.count, call.folder, call.as_of)
        return
    if call.answer:
        answered_here(call.answer, call.folder)
        return
    with tempfile.TemporaryDirectory() as temporary:
        place = call.folder or Path(temporary)
        print("| leads | question | the kit: s, MiB | pandas: s, MiB | kit / pandas |")
        print("|---" * 5 + "|")
        for size in call.sizes:
            folder = place / f"leads-{size}"
            if not folder.is_dir():
                generate(folder, size)
            for question in call.questions:
                print(f"| {size:,} | {question} | {beside(question, folder)} |", flush=True)


if __name__ == "__main__":
    main()
