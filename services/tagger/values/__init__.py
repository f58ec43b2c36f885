"""Counts and dates."""
