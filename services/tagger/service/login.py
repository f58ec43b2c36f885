"""The login of Faust's client, from the same settings as that of all others."""

import ssl
from typing import Any

from faust.auth import SASLCredentials

from services.settings import Settings


def credentials(settings: Settings) -> Any:
    """Return Faust's credentials; None for a cluster that takes no login."""
    if settings.kafka_protocol == "plaintext":
        return None
    context = None
    if settings.kafka_protocol == "sasl_ssl":
        context = ssl.create_default_context(cafile=settings.kafka_authorities or None)
    return SASLCredentials(
        username=settings.kafka_user,
        password=settings.kafka_password,
        mechanism=settings.kafka_mechanism,
        ssl_context=context,
    )
