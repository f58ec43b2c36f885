"""What one report says: its side, its speakers, the traits of its event, and the word classes that these are read by."""
