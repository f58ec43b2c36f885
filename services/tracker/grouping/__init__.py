"""The groups of reports on one event: by rules, and by judgements of analysts."""
