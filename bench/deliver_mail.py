"""The mail server of `bench/deliver.py`: one server, as in life, with a mailbox a destination."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiosmtpd.smtp import SMTP, Envelope, Session
from mail_server import MailServer, beside
from receivers.shore import Reply, Shown, Trouble

SENDER = "alerts@example.net"


class MailRoom(MailServer):
    """Mailboxes by the name before the "@", and what is asked before one of them answers.

    `trouble`, `heard`: as those of a `Shore`; `heard` is told of each mail that is taken.
    """

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, list[Shown]] = {}
        self.trouble: Callable[[str], Trouble | None] = lambda _name: None
        self.heard: Callable[[str, str], object] = lambda _name, _text: None

    def add(self, name: str) -> str:
        """Open a mailbox. Return its address."""
        self.boxes[name] = []
        return f"{name}@example.org"

    async def answer_to(self, address: str) -> str:
        trouble = self.trouble(address.partition("@")[0])
        if trouble in ("hang", "drip"):
            await asyncio.Event().wait()
        if trouble == "drop":
            return "421 4.3.2 the server goes down"
        if isinstance(trouble, Reply):
            return "550 5.1.1 no such user" if trouble.status == 410 else "451 4.3.0 try later"
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name is of the library
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        for mail in self.read():
            name = str(mail["To"]).partition("@")[0]
            plain = mail.get_body(("plain",))
            assert plain is not None
            text = f"{mail['Subject']}\n{plain.get_content()}"
            self.boxes[name].append(Shown(str(mail["Message-ID"]), text))
            self.heard(name, text)
        self.mails.clear()
        return answer


@contextmanager
def serving(room: MailRoom) -> Iterator[dict[str, str]]:
    """Serve until the context ends. Yields the variables of a notifier that sends there."""
    with beside(room) as port:
        yield {
            "REPORTEDLY_SMTP_URL": f"smtp-plain://127.0.0.1:{port}",
            "REPORTEDLY_MAIL_FROM": SENDER,
        }
