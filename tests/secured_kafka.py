"""A Kafka of its own that wants a login: users as docker-compose.yml has them, access rules, and
beside the listener in clear one with TLS.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from secured_elastic import authority, certify

from services.adapters.embedded import kafka
from services.adapters.embedded.artifacts import fetch_all, maven_fetch, pinned, tell_nobody
from services.adapters.embedded.jdk import find_jdk
from services.adapters.embedded.kept_ports import kept_ports
from services.commands.logins import KAFKA_USERS, kafka_properties
from services.settings import Settings

PASSWORD = "pass-for-tests"
"""That of every user."""


@dataclass(frozen=True)
class SecuredKafka:
    """The broker's addresses, and the certificate of its authority."""

    bootstrap: str
    tls: str
    ca: Path

    def settings(self, user: str, password: str = PASSWORD, **more: object) -> Settings:
        login = {"kafka_protocol": "sasl_plaintext", "kafka_user": user, "kafka_password": password}
        return Settings(**({"kafka_bootstrap": self.bootstrap} | login | more))  # type: ignore[arg-type]


@contextmanager
def secured_kafka(folder: Path, cache: Path) -> Iterator[SecuredKafka]:
    """Run the broker inside the context."""
    ports = kept_ports(folder / "ports.json", ("kafka", "kafka-controller", "tls"))
    files = [file for file in pinned() if file.type == "jar"]
    jars = fetch_all(files, partial(maven_fetch, cache.expanduser()), tell_nobody)
    (folder / "logs").mkdir(exist_ok=True)
    # Its files are those of the embedded engine; the settings of security come on top.
    engine = kafka.kafka_engine(find_jdk(), jars, folder, ports)
    home = folder / "kafka"
    certify(home, *authority(home, "ca"))
    (home / "users").write_text(kafka_properties(dict.fromkeys(KAFKA_USERS, PASSWORD)))
    with (home / "server.properties").open("a", encoding="ascii") as config:
        config.writelines(f"{name}={value}\n" for name, value in _security(home, ports).items())
    engine.start()
    try:
        engine.wait_until_up()
        yield SecuredKafka(
            f"127.0.0.1:{ports['kafka']}", f"127.0.0.1:{ports['tls']}", home / "ca.crt"
        )
    finally:
        engine.tell_to_end()
        engine.wait_until_ended()


def _security(home: Path, ports: dict[str, int]) -> dict[str, object]:
    """Return settings that come after others of the same names, and so replace them."""
    users = f"${{file:{home / 'users'}:users}}"
    inside, outside = (f"127.0.0.1:{ports[name]}" for name in ("kafka", "tls"))
    controller = f"CONTROLLER://127.0.0.1:{ports['kafka-controller']}"
    pem = (home / "server.crt").read_text() + (home / "ca.crt").read_text()
    return {
        "listeners": f"INTERNAL://{inside},TLS://{outside},{controller}",
        "advertised.listeners": f"INTERNAL://{inside},TLS://{outside}",
        "listener.security.protocol.map": "INTERNAL:SASL_PLAINTEXT,TLS:SASL_SSL,"
        "CONTROLLER:SASL_PLAINTEXT",
        "inter.broker.listener.name": "INTERNAL",
        "sasl.enabled.mechanisms": "PLAIN",
        "listener.name.internal.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "sasl.mechanism.controller.protocol": "PLAIN",
        "config.providers": "file",
        "config.providers.file.class": "org.apache.kafka.common.config.provider.FileConfigProvider",
        "listener.name.internal.plain.sasl.jaas.config": users,
        "listener.name.tls.plain.sasl.jaas.config": users,
        "listener.name.controller.plain.sasl.jaas.config": users,
        "listener.name.internal.scram-sha-512.sasl.jaas.config": "org.apache.kafka.common.security"
        ".scram.ScramLoginModule required;",
        "listener.name.tls.ssl.keystore.type": "PEM",
        "listener.name.tls.ssl.keystore.certificate.chain": _folded(pem),
        "listener.name.tls.ssl.keystore.key": _folded((home / "server.key").read_text()),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:broker;User:operator",
    }


def _folded(pem: str) -> str:
    """Return a text of several lines as one value of a properties file."""
    return "\\n".join(pem.splitlines())
