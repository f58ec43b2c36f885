"""Index: from messages to documents in Elasticsearch."""
