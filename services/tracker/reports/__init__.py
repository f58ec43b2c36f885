"""What one report says: its side, speakers, and the traits of its event."""
