"""Reportedly: news in, claims out, alerts that stay true."""

__version__ = "0.1.0"
