"""An Elasticsearch of its own with security on: TLS by an authority made here, roles and users in
files. Each role has one user, whose name is the last word of the role's.
"""

import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.adapters.embedded import elasticsearch
from services.adapters.embedded.artifacts import fetch_all, maven_fetch, pinned, tell_nobody
from services.adapters.embedded.engine import Engine
from services.adapters.embedded.jdk import find_jdk
from services.adapters.embedded.kept_ports import kept_ports
from services.indexer.roles import roles_file
from services.ports import JsonObject

PASSWORD = "pass-for-tests"
"""That of every user."""

_BCRYPT = "$2a$10$abcdefghijklmnopqrstuurLQHtA6oWQov2FKFr1VWSjQTfrg/1iO"
"""The hash of PASSWORD."""


@dataclass(frozen=True)
class Secured:
    """The server's address, the certificate of its authority, and that of another one."""

    url: str
    ca: Path
    other_ca: Path


@contextmanager
def secured(folder: Path, cache: Path, roles: Mapping[str, JsonObject]) -> Iterator[Secured]:
    """Run the server inside the context; `folder` can be reached by an unprivileged user."""
    ports = kept_ports(folder / "ports.json", ("elasticsearch", "elasticsearch-transport"))
    port = ports["elasticsearch"]
    server = _server(cache)
    # Its files are those of the embedded engine; the settings of security come on top.
    plain = elasticsearch.elasticsearch_engine(find_jdk(), server, folder, ports)
    home = elasticsearch.elastic_home(folder, bool(plain.launch.user))
    ca = _secure(home / "config", roles)
    if plain.launch.user:
        elasticsearch._give(home, plain.launch.user)
    url = f"https://127.0.0.1:{port}"
    engine = Engine(plain.launch, is_up=partial(_answers, url, ca), answers=lambda: True)
    (folder / "logs").mkdir(exist_ok=True)
    engine.start()
    try:
        engine.wait_until_up()
        yield Secured(url, ca, ca.with_name("other.crt"))
    finally:
        engine.tell_to_end()
        engine.wait_until_ended()


def _server(cache: Path) -> Path:
    [file] = [file for file in pinned() if file.type == "zip"]
    [archive] = fetch_all([file], partial(maven_fetch, cache.expanduser()), tell_nobody)
    return elasticsearch.unpacked(archive, file.version, cache.expanduser(), tell_nobody)


def _secure(config: Path, roles: Mapping[str, JsonObject]) -> Path:
    """Write settings, certificates, roles, and users. Return the authority's certificate."""
    settings = config / "elasticsearch.yml"
    lines = [line for line in settings.read_text().splitlines() if "security" not in line]
    lines += [
        "xpack.security.enabled: true",
        "xpack.security.http.ssl.enabled: true",
        "xpack.security.http.ssl.certificate: server.crt",
        "xpack.security.http.ssl.key: server.key",
        "xpack.security.authc.realms.file.own.order: 0",
    ]
    settings.write_text("\n".join(lines) + "\n")
    users = {role.rpartition("_")[2]: role for role in roles}
    (config / "roles.yml").write_text(roles_file(roles))
    (config / "users").write_text("".join(f"{user}:{_BCRYPT}\n" for user in users))
    (config / "users_roles").write_text("".join(f"{users[user]}:{user}\n" for user in users))
    authority(config, "other")
    certify(config, *authority(config, "ca"))
    return config / "ca.crt"


def authority(folder: Path, name: str) -> tuple[x509.Name, ec.EllipticCurvePrivateKey]:
    """Write the certificate of a new authority; return its name and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = _unsigned(own, own, key).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    _write(folder / f"{name}.crt", made.sign(key, hashes.SHA256()))
    return own, key


def certify(folder: Path, issuer: x509.Name, signing: ec.EllipticCurvePrivateKey) -> None:
    """Write certificate and key of the server."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "node")])
    made = _unsigned(name, issuer, key).add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
    )
    _write(folder / "server.crt", made.sign(signing, hashes.SHA256()))
    (folder / "server.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _write(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _answers(url: str, ca: Path) -> bool:
    """Return True once it asks who is there."""
    try:
        urllib.request.urlopen(url, timeout=2, context=ssl.create_default_context(cafile=str(ca)))
    except urllib.error.HTTPError as error:
        return error.code == 401
    except OSError:
        return False
    return False
