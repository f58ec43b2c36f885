"""Sends mail through one server, which the operator chooses: SMTP with TLS.

smtplib talks in threads, as it has done for decades. A whole mail has a deadline: at its end the
socket is shut from outside, which ends the thread.
"""

import asyncio
import re
import smtplib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Literal

from services.errors import Occupied, TransientError
from services.ports import MailAnswer, MailStep

MAIL_SECONDS = 25.0
"""Seconds of a whole mail, from when a connection is free.

Source: the notifier gives an effect 30 s, and a healthy server takes a mail in a second or two. RFC
5321 would allow 10 minutes for the last answer alone, but a mail that is given up is tried again.
"""

WAIT_SECONDS = 4.0
"""Seconds that a mail waits for a free connection: what is left of the 30 s of an effect."""

STEP_SECONDS = 10.0
"""Seconds of one connect or read."""

MOST_CONNECTIONS = 8
"""Connections at the same time. Postfix takes 50 of one client by default; Gmail's relay 10."""

LEAVE_SECONDS = 1.0
"""Seconds of the farewell, on which nothing depends."""

MOST_REASON_CHARS = 300
"""Characters of an answer that are kept."""

_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\b")
_OWN_NAME = "[127.0.0.1]"
"""What we call ourselves. Looking up the machine's own name may hang, and tells its network."""


class SmtpMailer:
    """Sends each mail over a connection of its own. Use from one event loop.

    `security`: TLS from the beginning, after STARTTLS, or none. A server that offers no TLS where
    it is asked for gets nothing.
    """

    def __init__(
        self,
        host: str,
        port: int,
        security: Literal["tls", "starttls", "none"],
        user: str = "",
        password: str = "",
        *,
        trusted: ssl.SSLContext | None = None,
        seconds: float = MAIL_SECONDS,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        """`trusted`: whose certificates are believed; by default those the system trusts.

        `seconds`: of a whole mail. `wait_seconds`: of the wait for a free connection.
        """
        self._host, self._port, self._security = host, port, security
        self._user, self._password = user, password
        self._trusted = trusted or ssl.create_default_context()
        self._seconds, self._wait_seconds = seconds, wait_seconds
        self._free = asyncio.Semaphore(MOST_CONNECTIONS)
        self._threads = ThreadPoolExecutor(MOST_CONNECTIONS, thread_name_prefix="mail")

    async def send(self, sender: str, recipient: str, message: bytes) -> MailAnswer:
        """Send a mail.

        Raises TransientError if the server can't be talked to, or is too slow, and Occupied.
        """
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise Occupied(f"{self._host}: other mails use all connections") from error
        line = _Line()
        thread = self._threads.submit(self._send, line, sender, recipient, message)
        work = asyncio.wrap_future(thread)
        work.add_done_callback(self._ended)
        try:
            async with asyncio.timeout(self._seconds):
                # The connection is free once its thread ends, which may be after the deadline.
                return await asyncio.shield(work)
        except TimeoutError as error:
            raise TransientError(f"{self._host}: not sent within {self._seconds:.0f} s") from error
        finally:
            line.cut()

    def _ended(self, work: asyncio.Future[MailAnswer]) -> None:
        self._free.release()
        if not work.cancelled():
            work.exception()  # Nobody else looks at that of a mail that was given up.

    def close(self) -> None:
        """Take no more mail. Threads that talk end with their mail."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _send(self, line: "_Line", sender: str, recipient: str, message: bytes) -> MailAnswer:
        client = smtplib.SMTP(local_hostname=_OWN_NAME, timeout=STEP_SECONDS)
        try:
            self._connect(line, client)
            answer = self._exchange(client, sender, recipient, message)
            _leave(client)
            return answer
        except smtplib.SMTPConnectError as error:
            return _answer("connect", error.smtp_code, error.smtp_error)
        except smtplib.SMTPAuthenticationError as error:
            return _answer("login", error.smtp_code, error.smtp_error)
        except smtplib.SMTPDataError as error:
            return _answer("data", error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            reason = f"{self._host}: {type(error).__name__}: {error}"
            raise TransientError(reason[:MOST_REASON_CHARS]) from error
        finally:
            client.close()

    def _connect(self, line: "_Line", client: smtplib.SMTP) -> None:
        """Connect, and greet. Raises as smtplib does."""
        client.sock = line.hold(socket.create_connection((self._host, self._port), STEP_SECONDS))
        if self._security == "tls":
            self._secure(line, client)
        code, text = client.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        client.ehlo_or_helo_if_needed()
        if self._security == "starttls":
            code, text = client.docmd("STARTTLS")
            if code != 220:
                raise smtplib.SMTPException(f"no STARTTLS: {text.decode('utf-8', 'replace')}")
            self._secure(line, client)
            client.ehlo()
        if self._user:
            client.login(self._user, self._password)

    def _secure(self, line: "_Line", client: smtplib.SMTP) -> None:
        """Go on with TLS. What the server sent before it is dropped: anybody may have sent it."""
        assert client.sock is not None
        client.file = None
        client.sock = line.hold(self._trusted.wrap_socket(client.sock, server_hostname=self._host))

    def _exchange(
        self, client: smtplib.SMTP, sender: str, recipient: str, message: bytes
    ) -> MailAnswer:
        code, text = client.mail(sender)
        if code != 250:
            return _answer("sender", code, text)
        code, text = client.rcpt(recipient)
        if code not in (250, 251):
            return _answer("recipient", code, text)
        return _answer("data", *client.data(message))


def _leave(client: smtplib.SMTP) -> None:
    """Take leave. The mail is answered, so nothing that happens now counts."""
    with suppress(OSError, smtplib.SMTPException):
        if client.sock is not None:
            client.sock.settimeout(LEAVE_SECONDS)
        client.quit()


class _Line:
    """A connection that another thread may cut off."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut = False

    def hold(self, connected: socket.socket) -> socket.socket:
        self._socket = connected
        if self._is_cut:
            connected.close()
        return connected

    def cut(self) -> None:
        """End the connection, whatever it waits for."""
        self._is_cut = True
        if self._socket is not None:
            with suppress(OSError):
                # That of TLS drops its state first, and the thread that reads would go on without.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _answer(step: MailStep, code: int, text: bytes | str) -> MailAnswer:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    words = " ".join(words.split())
    found = _ENHANCED.match(words)
    return MailAnswer(step, code, found.group(1) if found else "", words[:MOST_REASON_CHARS])
