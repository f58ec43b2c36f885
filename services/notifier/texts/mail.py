"""Mails as bytes: headers that thread and unsubscribe, plain text, and HTML."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from services.errors import InvalidMessage
from services.notifier.content import Content, Digest, Letter, Notice
from services.notifier.texts.harmless import line
from services.notifier.texts.page import html
from services.notifier.texts.plain import cut, subject, text
from services.text.hashes import digest

PRODUCT = "Reportedly"

LONGEST_NAME = 60
"""Characters of the sender's name: what lists of messages show is shorter."""


_UNFOLDED = frozenset(
    {"message-id", "in-reply-to", "references", "list-id", "list-unsubscribe"}
)  # fmt: skip
"""Headers of ids and addresses, which have no blank where a line could be folded."""


class _Policy(EmailPolicy):
    """Writes ids and addresses on one line.

    The library makes encoded words of a long value without blanks, and no client takes such words
    for an id or an address (RFC 2047, 5).
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the header as it is sent, with its line end."""
        if name.lower() in _UNFOLDED:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it is sent. `message_id`, with its angle brackets, is the same at every try."""

    message_id: str
    data: bytes


def mail(content: Content, *, sender: str, to: str, at: datetime, thread: str = "") -> Mail:
    """Return a content as a mail to one recipient.

    - `sender`, `to`: addresses in ASCII. `at`: machine time.
    - `thread`: the Message-ID of the first mail of the alert, which this one follows.

    Raises InvalidMessage for a mail that would have other headers than these.
    """
    domain = sender.rpartition("@")[2]
    name = digest(content.key, to)
    message_id = f"<{name}@{domain}>"
    message = EmailMessage(_POLICY)
    message["From"] = Address(_from_name(content), addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = _undecoded(subject(content))
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    if thread:
        message["In-Reply-To"] = message["References"] = thread
    watch_id = _watch_id(content)
    if watch_id:
        message["List-Id"] = f"<{watch_id}.{domain}>"
    # RFC 3834: no out-of-office answers.
    message["Auto-Submitted"] = "auto-generated"
    if content.links.unsubscribe:
        message["List-Unsubscribe"] = f"<{content.links.unsubscribe}>"
        # RFC 8058. It counts only if the relay signs with DKIM.
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text(content) + "\n", cte="quoted-printable")
    message.add_alternative(html(content), subtype="html", cte="quoted-printable")
    # Quoted-printable never holds "=_" (RFC 2045, 6.7), so no text can end its part.
    message.set_boundary(f"=_{name}")
    data = message.as_bytes()
    if header_names(data) != message.keys():
        raise InvalidMessage("bad-header", "the headers of the mail are not those that were set")
    return Mail(message_id, data)


def header_names(data: bytes) -> list[str]:
    """Return the names of a mail's headers as they stand, before anything is decoded.

    A line end of another form than CRLF counts as a name of its own, which no header has.
    """
    head = data.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    rows = head.split("\r\n")
    loose = ["" for row in rows if "\r" in row or "\n" in row]
    return [row.partition(":")[0] for row in rows if row[:1] not in (" ", "\t")] + loose


def _undecoded(words: str) -> str:
    """Return words of a header in which nothing is an encoded word (RFC 2047).

    The library decodes such words in a value that is set, line ends and all, and writes them as
    they are. So an article could make headers.
    """
    return words.replace("=?", "= ?")


def _from_name(content: Content) -> str:
    """Return the name of the sender: lists of messages show it before the subject."""
    match content:
        case Letter(alert=alert):
            watch = alert.watch_name
        case Digest(watch_name=watch_name):
            watch = watch_name
        case Notice():
            return PRODUCT
    return f"{_undecoded(cut(line(watch), LONGEST_NAME))} · {PRODUCT}"


def _watch_id(content: Content) -> str:
    match content:
        case Letter(alert=alert):
            return alert.watch_id
        case Digest(watch_id=watch_id):
            return watch_id
        case Notice():
            return ""
