"""Shared by all running services: loops, retries, logs, health, metrics, shutdown."""
