"""Pure functions on texts that several stages need."""
