"""A connection to Elasticsearch, and what its errors mean."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from services.adapters.elastic_answers import Refusal, refusal
from services.addresses import without_login
from services.errors import TransientError

T = TypeVar("T")

REQUEST_SECONDS = 30.0
"""Seconds after which a request counts as unanswered."""


@dataclass(frozen=True, slots=True)
class Access:
    """How a cluster is asked: as a user, with an API key, or as nobody.

    `ca`: the file with the certificates of the authorities that it is trusted by; "": the system's.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    ca: str = ""

    def basic(self) -> str:
        """Return the login as it is sent. The client itself would encode ASCII alone."""
        return base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")


NOBODY = Access()
"""Nobody in particular, for a cluster that takes no login."""


class Cluster:
    """One cluster. Every name of an index, alias, or template gets `prefix`."""

    def __init__(self, url: str, access: Access, prefix: str, request_seconds: float) -> None:
        self.client = Elasticsearch(
            url,
            basic_auth=access.basic() if access.user else None,
            api_key=access.api_key or None,
            request_timeout=request_seconds,
            max_retries=0,
            retry_on_timeout=False,
            ca_certs=access.ca or DEFAULT,
        )
        self.prefix = prefix
        self._address = without_login(url)

    def ask(self, call: Callable[[], T]) -> T:
        """Send a request. Errors that may pass are TransientError."""
        try:
            return call()
        except NotFoundError as error:
            raise TransientError(
                f"Elasticsearch has no such index: {error}; run `reportedly templates apply`"
            ) from error
        except (ApiError, TransportError) as error:
            raise self.trouble(error) from error

    def trouble(self, error: ApiError | TransportError) -> TransientError:
        """Return what to raise for an error that may pass."""
        if isinstance(error, ApiError):
            line = refused(error).message()
            is_named = line.startswith("Elasticsearch ")
            return TransientError(line if is_named else f"Elasticsearch: {line}")
        said = " ".join(str(error.message).split())
        return TransientError(
            f"Elasticsearch does not answer at {self._address} (REPORTEDLY_ELASTIC_URL): {said}"
        )


def refused(error: ApiError) -> Refusal:
    """Return the refusal of a whole request."""
    body = error.body
    return refusal(
        error.status_code, body.get("error", body) if isinstance(body, Mapping) else body
    )
