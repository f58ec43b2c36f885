"""Claims from grouped reports: origins, level, status, slots, and history."""
