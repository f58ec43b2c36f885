"""For tests of mail: a real SMTP server (aiosmtpd) on loopback whose mailboxes can be read."""

import asyncio
import atexit
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

USER, PASSWORD = "reportedly", "a password of the tests"


@cache
def certificate() -> tuple[str, str]:
    """Return the files of a certificate for localhost, made for this run, and of its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now, hosts = datetime.now(UTC), x509.SubjectAlternativeName([x509.DNSName("localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(
        now + timedelta(days=1)
    )
    made = builder.add_extension(hosts, critical=True).sign(key, SHA256())
    folder = Path(mkdtemp(prefix="reportedly-test-tls-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    return str(public), str(private)


def trusting() -> ssl.SSLContext:
    """Return a client's context that trusts the certificate of the tests."""
    return ssl.create_default_context(cafile=certificate()[0])


@dataclass
class MailServer:
    """What a server holds. `answers`: what it says to a recipient, or to the mail itself ("")."""

    answers: dict[str, str] = field(default_factory=dict)
    mails: list[tuple[str, str, bytes]] = field(default_factory=list)
    n_sessions: int = 0
    was_tls: bool = False

    def read(self) -> list[EmailMessage]:
        """Return its mails as a client reads them."""
        found = []
        for _, _, data in self.mails:
            message = message_from_bytes(data, policy=default)
            assert isinstance(message, EmailMessage)
            found.append(message)
        return found

    async def handle_EHLO(  # noqa: N802 - the names are of the library
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.n_sessions += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self.answer_to(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def answer_to(self, address: str) -> str:
        """Return what is said to a recipient."""
        return self.answers.get(address, "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.get("", "250 taken")
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            assert server.transport is not None
            self.was_tls = server.transport.get_extra_info("ssl_object") is not None
            sender = envelope.mail_from or ""
            self.mails += [(sender, to, envelope.content) for to in envelope.rcpt_tos]
        return answer


def _authenticate(_server: SMTP, _session: Any, _envelope: Any, _how: str, data: Any) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=is_right, handled=is_right)


@asynccontextmanager
async def running(
    box: MailServer, *, tls: bool = False, starttls: bool = False, login: bool = False
) -> AsyncIterator[int]:
    """Serve until the context ends. Yields the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate())

    def session() -> SMTP:
        return SMTP(
            box,
            hostname="mail.example",
            loop=asyncio.get_running_loop(),
            tls_context=context if starttls else None,
            require_starttls=starttls,
            auth_required=login,
            auth_require_tls=starttls,
            authenticator=_authenticate,
        )

    async with serving(session, context if tls else None) as port:
        yield port


@contextmanager
def beside(box: MailServer) -> Iterator[int]:
    """Serve in a thread, without TLS, until the context ends. Yields the port."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    context = running(box)
    try:
        yield asyncio.run_coroutine_threadsafe(context.__aenter__(), loop).result(10)
        asyncio.run_coroutine_threadsafe(context.__aexit__(None, None, None), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@asynccontextmanager
async def serving(
    made: Callable[[], asyncio.BaseProtocol], context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve a protocol on a free port of loopback until the context ends. Yields the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(made, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
