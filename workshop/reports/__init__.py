"""Reports: a notebook in, a branded page, its PDF and every table behind it out."""
