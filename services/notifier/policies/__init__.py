"""When, and whether, a recipient gets a revision. Pure: time is passed in."""
