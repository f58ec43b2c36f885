"""COLLECT: feeds in, articles out."""
