"""Discourse: coreference of people and events across the sentences of one article."""
