"""DELIVER: alert revisions in, messages to people out."""
