"""Watches that forms and requests describe: checked as files are, with the names that we know."""
