"""What only the whole article tells: which reports are of one incident, where, by whom."""
