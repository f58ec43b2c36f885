"""The state of a block: articles and stubs, the changes by messages, the claims to publish."""
