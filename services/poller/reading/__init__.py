"""Reads documents of feeds: from bytes to entries."""
