"""Events: their triggers, roles, counts, means, and special types."""
