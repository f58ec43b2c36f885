"""INDEX: messages in, documents in Elasticsearch out."""
