"""Open a client's folder for a session: JupyterLab, the room, and what keeps both going."""
