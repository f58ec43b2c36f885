"""Who we are for a Kafka cluster, and what a refused login or a missing right means."""

import re
from dataclasses import dataclass, field

import confluent_kafka as ck

from services.errors import TransientError

CHECK_LOGIN = "check REPORTEDLY_KAFKA_USER and REPORTEDLY_KAFKA_PASSWORD"
CHECK_RIGHTS = "give it the rights of `reportedly topics acls --apply`"

_REFUSED = frozenset(
    {
        ck.KafkaError.TOPIC_AUTHORIZATION_FAILED,
        ck.KafkaError.GROUP_AUTHORIZATION_FAILED,
        ck.KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        ck.KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    }
)
"""Errors of a user who is known, and may not do what was asked."""

_UNKNOWN = frozenset({ck.KafkaError._AUTHENTICATION, ck.KafkaError.SASL_AUTHENTICATION_FAILED})
"""Errors of a user who is not known, or has another password."""

_PASSING = re.compile(r" \(after \d+ms in state \w+\)")
"""What differs from one try to the next: the same trouble is logged once."""


@dataclass(frozen=True, slots=True)
class Login:
    """How a cluster is asked: over which protocol, by which mechanism of SASL, and as whom.

    `authorities`: the file with the certificates of the authorities that a cluster is trusted by;
    "": the system's.
    """

    protocol: str = "plaintext"
    mechanism: str = "PLAIN"
    user: str = ""
    password: str = field(default="", repr=False)
    authorities: str = ""

    @property
    def has_user(self) -> bool:
        return self.protocol.startswith("sasl_")


@dataclass(frozen=True, slots=True)
class Servers:
    """A cluster, reached by `bootstrap` (host:port, commas between several), and who asks it."""

    bootstrap: str
    login: Login = Login()

    def config(self) -> dict[str, object]:
        """Return what every client of librdkafka needs to ask this cluster."""
        login = self.login
        config: dict[str, object] = {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": login.protocol,
            "log_level": 2,
        }
        if login.authorities:
            config["ssl.ca.location"] = login.authorities
        if login.has_user:
            config |= {
                "sasl.mechanism": login.mechanism,
                "sasl.username": login.user,
                "sasl.password": login.password,
            }
        return config

    def silent(self, error: ck.KafkaError) -> TransientError:
        """Return the error of a cluster that does not answer."""
        why = error.str()
        if error.code() in _SILENT and not self.login.has_user:
            # It takes connections. One that wants a login closes them without a word.
            why += "; if it wants a login, set REPORTEDLY_KAFKA_PROTOCOL"
        return TransientError(
            f"Kafka does not answer at {self.bootstrap} (REPORTEDLY_KAFKA_BOOTSTRAP): {why}"
        )


_SILENT = (ck.KafkaError._TIMED_OUT, ck.KafkaError._TRANSPORT)
"""What a client says of connections that are closed without a word: it depends on the moment."""


class Heard:
    """The errors that a client tells beside its calls, which themselves only run out of time."""

    def __init__(self) -> None:
        self.refused: ck.KafkaError | None = None

    def take(self, error: ck.KafkaError) -> None:
        """Keep a refused login. An error of one broker is none: the client tries the others."""
        if error.code() in _UNKNOWN:
            self.refused = error


def refusal(error: ck.KafkaError, user: str) -> str:
    """Return the line for a refused login or a missing right; "" for any other error."""
    said = _PASSING.sub("", " ".join(error.str().split()))
    who = f"the user {user}" if user else "a user without a name"
    if error.code() in _UNKNOWN:
        return f"Kafka refuses {who}: {CHECK_LOGIN} ({said})"
    if error.code() in _REFUSED:
        return f"Kafka forbids {who} what it needs: {CHECK_RIGHTS} ({said})"
    return ""
