"""How the system does: how far its stages are, how fresh each panel is, where articles went."""
