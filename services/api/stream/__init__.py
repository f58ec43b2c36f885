"""The live stream: what is read once from Kafka and sent to all listeners."""
