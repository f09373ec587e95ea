"""The command line, a module for each group of commands."""

from workshop.cli.run import app, fail, main

__all__ = ["app", "fail", "main"]
