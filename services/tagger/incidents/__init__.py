"""Incidents: the real happenings that an article tells of, made of its finished reports.

reports ─► grouping (which are of one happening) ─► fields, time, last word ─► main ─► confidence
"""
