"""The notifier's process: brings each recipient of an alert to its last revision."""

from services.notifier.service.notifier import run

__all__ = ["run"]
