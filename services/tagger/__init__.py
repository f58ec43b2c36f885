"""UNDERSTAND: an article in, its mentions, events, stances, and sources out."""
