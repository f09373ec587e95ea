"""Write the example company's export: ``python datasets/make_example.py [--out DIR]``.

``--until`` gives the export as it was on an earlier or later day of the same history; the
planted effects are in ``example_company/plan.py`` and, in words, in ``README.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from example_company.company import known_by, simulate
from example_company.export import write
from example_company.files import FILES, VALUES
from example_company.plan import AS_OF, EARLIEST, HORIZON, SEED
from example_company.warts import DEAL_WARTS, LEAD_WARTS

__all__ = ["DEAL_WARTS", "FILES", "LEAD_WARTS", "VALUES", "main"]


def main(argv: Sequence[str] | None = None) -> None:
    """Parse the call and write the files."""
    parser = argparse.ArgumentParser(description="Write the example company's CRM export.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "example")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--until", type=_day, default=AS_OF, help=f"{EARLIEST} to {HORIZON}")
    call = parser.parse_args(argv)
    for path in write(known_by(simulate(call.seed), call.until), call.out):
        print(path)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as {AS_OF}") from None
    if not EARLIEST <= day <= HORIZON:
        raise argparse.ArgumentTypeError(f"{day} is not within {EARLIEST} to {HORIZON}")
    return day


if __name__ == "__main__":
    main()
