"""How the system itself does: its stages, how long the way takes, where articles went. Pure."""
