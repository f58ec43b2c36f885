"""Search: what was indexed, asked in the watch language. The commands and the API share it."""
