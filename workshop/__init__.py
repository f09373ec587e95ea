"""The package behind the `samenspel` command: one story for sales and marketing."""
