"""The engines that come with the project, without containers or installation."""

from services.adapters.embedded.artifacts import Tell, tell_nobody
from services.adapters.embedded.engines import Addresses, Engines, remove_data

__all__ = ["Addresses", "Engines", "Tell", "remove_data", "tell_nobody"]
