"""What happened to whom: triggers, roles, and what they say of numbers and means."""
