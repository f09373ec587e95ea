"""Simulate Rekvast, the fictional Flemish company that the kit's demo runs on."""
