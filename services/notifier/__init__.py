"""Deliver: from revisions of alerts to what people see."""
