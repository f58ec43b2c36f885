"""Mail: a thread for each alert. A mail can't be changed, so each change that is told is one more.

A server that takes a mail may still return it later. Such returns go to the sender's address, where
a person reads them.
"""

from collections.abc import Callable
from datetime import datetime

from services.errors import InvalidMessage, Occupied, TransientError
from services.notifier.content import Content, Letter
from services.notifier.targets.target import Done, Later, Outcome, Refused
from services.notifier.texts.mail import mail
from services.ports import MailAnswer, Mailer
from services.text.mail import ascii_domain

_NO_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
"""There is no such mailbox any more, or it is switched off.

Source: IANA's registry of enhanced status codes (RFC 3463, RFC 7505).
"""

_FULL = frozenset({"5.2.2", "5.3.1"})
"""The mailbox or the server is full. It passes, though servers often call it permanent."""

OCCUPIED_SECONDS = 5.0
"""Seconds after which a mail that found no free connection is tried again: it uses up no try."""


class MailTarget:
    """Sends letters, digests and notices to mail addresses.

    `mailer` None, or `sender` "": no server is set, so mails wait. `now`: machine time.
    """

    can_edit = False
    can_thread = True
    takes_digests = True
    tells_each = False

    def __init__(self, mailer: Mailer | None, sender: str, now: Callable[[], datetime]) -> None:
        self._mailer = mailer
        self._sender = sender
        self._now = now

    async def post(self, address: str, content: Content) -> Outcome:
        """Send a mail that begins a thread."""
        return await self._send(address, content, "")

    async def edit(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Nothing is sent: a mail stays as it is."""
        return Refused("a mail can't be changed", is_lost=True)

    async def note(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Send a mail in the thread of the first one."""
        return await self._send(address, letter, handle)

    async def _send(self, address: str, content: Content, thread: str) -> Outcome:
        if self._mailer is None or not self._sender:
            return Later("no mail server is set: REPORTEDLY_SMTP_URL and REPORTEDLY_MAIL_FROM")
        local, _, domain = address.rpartition("@")
        to = f"{local}@{ascii_domain(domain)}"
        try:
            made = mail(content, sender=self._sender, to=to, at=self._now(), thread=thread)
            answer = await self._mailer.send(self._sender, to, made.data)
        except Occupied as error:
            return Later(str(error), OCCUPIED_SECONDS, is_busy=True)
        except TransientError as error:
            return Later(str(error))
        except InvalidMessage as error:
            return Refused(error.detail)
        return Done(thread or made.message_id) if answer.is_taken else refusal(answer)


def refusal(answer: MailAnswer) -> Later | Refused:
    """Return what a server's refusal means for a mail and its recipient.

    No refusal is busy: SMTP names no time after which a mail is taken, so each try counts.
    """
    reason = f"the mail server refuses the {answer.step}: {answer.code} {answer.text}".strip()
    is_about_mail = answer.step in ("recipient", "data")
    is_full = answer.status in _FULL or (answer.code == 552 and not answer.status)
    # A refused login or sender is for the operator to mend, and no fault of the recipient.
    if answer.code < 500 or not is_about_mail or is_full:
        return Later(reason)
    is_gone = answer.step == "recipient" and answer.status in _NO_MAILBOX
    return Refused(reason, is_gone=is_gone)
