"""What every running service shares: loops, retries, logs, health, shutdown."""
