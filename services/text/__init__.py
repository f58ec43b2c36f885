"""Text in, values out: what several stages need of a text."""
