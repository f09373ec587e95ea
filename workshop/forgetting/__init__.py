"""Forget a person or a contact: in the client's folder, and in the copies of it that are known."""
