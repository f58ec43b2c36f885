"""Timing: when a reported event happened, against the article's own news.

expressions of time ─► the clauses that they belong to ─► a trigger's own evidence ─► the article
"""
