"""The versions of the session database."""
