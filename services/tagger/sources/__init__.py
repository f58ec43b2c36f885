"""Attributions: cue, source, and content of "X said that …"."""
