"""The reading of one report: its side, speakers, and the traits of its event."""
