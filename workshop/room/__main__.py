"""Start the room's server: ``python -m workshop.room WORKSPACE --host H --port P``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from workshop.errors import WorkshopError
from workshop.i18n import LANGUAGES, Translator
from workshop.room.server import serve
from workshop.workspace import Workspace


def main() -> int:
    """Serve until stopped; say on stderr, in one line, why that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m workshop.room")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--public-url")
    call = parser.parse_args()
    try:
        serve(Workspace.open(call.workspace), call.host, call.port, call.public_url)
    except WorkshopError as error:
        language = os.environ.get("LANG", "")[:2].lower()
        t = Translator(language if language in LANGUAGES else "en")
        print(t(f"error.{error.code}", **error.fields), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
