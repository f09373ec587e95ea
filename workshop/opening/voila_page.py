"""One notebook through Voilà, on this machine alone: ``python -m workshop.opening.voila_page``."""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from workshop.colors import NIGHT, PAPER, palette
from workshop.opening.child import end_with_parent
from workshop.opening.network import LOOPBACK
from workshop.reports.brand import logo_address
from workshop.resources import kit
from workshop.workspace import Workspace

TEMPLATE = "present"
_WIDGETS = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8"]


def config(workspace: Workspace, notebook: Path, port: int, folder: Path) -> dict[str, Any]:
    """Return how Voilà is set up: who may come in, what it loads, what the page is given.

    Its token comes from the environment: a command line can be read by anyone on the machine.
    """
    t, policy = workspace.translator(), _policy(port)
    zmq: Any = import_module("zmq")
    return {
        "Voila": {
            "notebook_path": str(notebook),
            "root_dir": str(notebook.parent),
            "ip": LOOPBACK,
            "port": port,
            "port_retries": 0,
            "auto_token": True,
            "open_browser": False,
            "log_level": "WARN",
            "connection_dir_root": str(folder),
            "config_file_paths": [str(folder)],
            # Voilà answers to any name unless it is told so.
            "tornado_settings": {
                "allow_remote_access": False,
                "headers": {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"},
            },
        },
        "VoilaConfiguration": {
            "template": TEMPLATE,
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "extension_allowlist": _WIDGETS,
            # The kit's own errors are a sentence each, and the steps after one still work.
            "show_tracebacks": True,
            "resources": {
                "kit": {
                    "t": t,
                    "client": workspace.settings.client,
                    "example": workspace.settings.example,
                    "logo": logo_address(workspace),
                    "light": palette(workspace.settings.brand.color, PAPER),
                    "dark": palette(workspace.settings.brand.color, NIGHT),
                    "style": kit("templates", TEMPLATE, "present.css").read_text("utf-8"),
                    "script": kit("templates", TEMPLATE, "present.js").read_text("utf-8"),
                }
            },
        },
        "VoilaExecutor": {"allow_errors": True},
        "KernelManager": {"transport_encryption": "auto" if zmq.has("curve") else "disabled"},
        "VoilaExporter": {"language_code": t.language, "exclude_anchor_links": True},
    }


def _policy(port: int) -> str:
    """Return what the page may load: nothing from outside, whatever a notebook holds."""
    here = f"ws://{LOOPBACK}:{port}"
    return (
        "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        f"style-src 'self' 'unsafe-inline'; connect-src 'self' {here}; frame-ancestors 'none'; "
        "form-action 'self'; base-uri 'none'"
    )


def main(arguments: list[str]) -> None:
    """Serve ``WORKSPACE NOTEBOOK PORT FOLDER`` until told to stop, or the parent is gone."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    workspace, notebook, port, folder = arguments
    traitlets: Any = import_module("traitlets.config")
    voila: Any = import_module("voila.app")
    settings = config(Workspace.open(Path(workspace)), Path(notebook), int(port), Path(folder))
    app = voila.Voila.instance(config=cast(Any, traitlets.Config(settings)))
    app.initialize([])
    app.start()


if __name__ == "__main__":
    main(sys.argv[1:])
