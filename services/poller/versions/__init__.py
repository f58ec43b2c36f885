"""What changed between two sights of an entry: an edit, another place, another post, or nothing."""
