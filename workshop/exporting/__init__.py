"""A client's folder in open formats, and a client's folder out of those."""
