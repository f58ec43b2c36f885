"""Feeds for who manages them over the API and in the console: shown, found, added, removed."""
