"""Feeds as files, forms, and pages have them: read, checked, saved, and judged."""
