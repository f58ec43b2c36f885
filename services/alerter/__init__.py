"""ALERT: articles and claims in, alert revisions out."""
