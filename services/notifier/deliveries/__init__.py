"""What each recipient sees of an alert, and what comes next. Pure: time and chance are given."""
