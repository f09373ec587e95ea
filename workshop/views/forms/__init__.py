"""Forms of the notebook: each a state without widgets, and a view that is bound to it."""
