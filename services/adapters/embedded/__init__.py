"""The engines that come with the project: no containers, no installation, the same services on top."""

from services.adapters.embedded.engines import Addresses, Engines

__all__ = ["Addresses", "Engines"]
