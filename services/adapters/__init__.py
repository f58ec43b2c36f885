"""The world: one library a file, each behind a port."""
