"""The example company: its workspace, what its CRM says, and the session that its teams held."""

from workshop.demo.example import (
    AGREED,
    CLIENT,
    FILES,
    agreed_file,
    example_workspace,
    import_example,
    later_export,
    lay_down_agreed,
)

__all__ = [
    "AGREED",
    "CLIENT",
    "FILES",
    "agreed_file",
    "example_workspace",
    "import_example",
    "later_export",
    "lay_down_agreed",
]
