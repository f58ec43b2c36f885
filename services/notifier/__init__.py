"""Deliver: from revisions of alerts to messages to people."""
