"""Tag: from an article to its mentions, events, stances, and sources."""
