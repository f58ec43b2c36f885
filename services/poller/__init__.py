"""Collect: from feeds to articles."""
