"""The users of a system's own Kafka and Elasticsearch, and the files that make them. Pure.

Passwords are made once, each in a file that one container reads. What the engines read is made of
them: Kafka's list of users, and Elasticsearch's files of users and roles.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from services.indexer.roles import roles, roles_file
from services.messages.rights import OPERATOR, PARTS

BROKER = "broker"
"""Kafka's own user: brokers and controllers are that to each other."""

HEALTH = "health"
"""Elasticsearch's user that asks for the health of the cluster, and sees no document."""

KIBANA = "kibana"

ENGINE_UID = 1000
"""The user of the containers of Kafka, Elasticsearch, and Kibana, by their images."""

OUR_UID = 10001
"""The user of our containers, by deploy/Dockerfile."""

ELASTIC_ROLES: Mapping[str, tuple[str, ...]] = {
    "indexer": ("reportedly_indexer",),
    "notifier": ("reportedly_reader",),
    "api": ("reportedly_reader",),
    # Imports the dashboards, and people log in to Kibana as this user.
    OPERATOR: ("reportedly_operator", "kibana_admin"),
    HEALTH: ("reportedly_health",),
    KIBANA: ("kibana_system",),
}
"""User of Elasticsearch to roles. Those of Kibana's names come with Elasticsearch."""

KAFKA_USERS = (BROKER, OPERATOR, *PARTS)

HASH_ROUNDS = 10_000
"""Rounds of PBKDF2, as by Elasticsearch itself. The passwords are random: nobody guesses them."""

Engine = Literal["kafka", "elastic"]


@dataclass(frozen=True, slots=True)
class Login:
    """A user of an engine. Its password stands in `file`, which `uid` alone may read."""

    engine: Engine
    user: str

    @property
    def file(self) -> str:
        return f"{self.engine}-{self.user}"

    @property
    def uid(self) -> int:
        return ENGINE_UID if self.user in (BROKER, HEALTH, KIBANA) else OUR_UID


def logins() -> Iterator[Login]:
    """Yield all users of both engines."""
    for user in KAFKA_USERS:
        yield Login("kafka", user)
    for user in ELASTIC_ROLES:
        yield Login("elastic", user)


def engine_files(passwords: Mapping[Login, str], salt: bytes) -> dict[str, str]:
    """Return file name to content of what the engines read. `salt`: 32 random bytes."""
    kafka = {one.user: secret for one, secret in passwords.items() if one.engine == "kafka"}
    elastic = {one.user: secret for one, secret in passwords.items() if one.engine == "elastic"}
    all_roles = roles() | {ELASTIC_ROLES[HEALTH][0]: {"cluster": ["monitor"]}}
    return {
        "kafka.properties": kafka_properties(kafka),
        "elasticsearch-users": "".join(
            f"{user}:{elastic_hash(secret, salt)}\n" for user, secret in elastic.items()
        ),
        "elasticsearch-users-roles": "".join(
            f"{role}:{','.join(user for user, theirs in ELASTIC_ROLES.items() if role in theirs)}\n"
            for role in sorted({role for theirs in ELASTIC_ROLES.values() for role in theirs})
        ),
        "elasticsearch-roles.yml": roles_file(all_roles),
        "elasticsearch-health": _basic(HEALTH, elastic[HEALTH]),
        "kibana.yml": (
            'server.host: "0.0.0.0"\n'
            f"elasticsearch.username: {KIBANA}\n"
            f"elasticsearch.password: {elastic[KIBANA]}\n"
        ),
    }


def kafka_properties(passwords: Mapping[str, str]) -> str:
    """Return the file that the broker's settings refer to, and that its own tools take.

    `users`: who may log in, and as whom the broker asks others. The rest is for the tools.
    """
    own = f'username="{BROKER}" password="{passwords[BROKER]}"'
    known = " ".join(f'user_{user}="{secret}"' for user, secret in passwords.items())
    module = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    return (
        f"users={module} {own} {known};\n"
        f"sasl.jaas.config={module} {own};\n"
        "security.protocol=SASL_PLAINTEXT\n"
        "sasl.mechanism=PLAIN\n"
    )


def elastic_hash(password: str, salt: bytes) -> str:
    """Return a password as Elasticsearch's file of users has it (PBKDF2 with SHA-512)."""
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, HASH_ROUNDS, dklen=32)
    encoded = (base64.b64encode(part).decode("ascii") for part in (salt, made))
    return f"{{PBKDF2}}{HASH_ROUNDS}${'$'.join(encoded)}"


def _basic(user: str, password: str) -> str:
    """Return a login as the header `Authorization: Basic` has it."""
    return base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
