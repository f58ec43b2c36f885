"""Who says so: sources, their cues, and what they answer for."""
