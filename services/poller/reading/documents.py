"""The work of the parser processes: from the bytes of documents to entries or refusals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.errors import InvalidMessage
from services.poller.reading.entry import ParsedFeed
from services.poller.reading.feed import parse_feed

_FIRST = (
    b'<rss version="2.0"><channel><item><title>A</title>'
    b"<description>&lt;p&gt;A&lt;/p&gt;</description></item></channel></rss>"
)


@dataclass(frozen=True, slots=True)
class Document:
    """The body of an answer, its Content-Type header, and its address.

    - `at`: the news time of the poll. A date more than a day after it is none.
    - `zone`: the IANA zone of the feed's dates that give none.
    - `is_cut`: the body ended early.
    """

    body: bytes
    content_type: str
    url: str
    at: datetime | None = None
    zone: str | None = None
    is_cut: bool = False


def read_documents(documents: Sequence[Document]) -> list[ParsedFeed | InvalidMessage]:
    """Return the content of each document, or why it can't be read. Raises only MemoryError."""
    return [_read(document) for document in documents]


def prepare() -> None:
    """Load the parsing libraries, so that the first feed does not wait for them."""
    parse_feed(_FIRST, "application/rss+xml", "http://feed.example/")


def _read(document: Document) -> ParsedFeed | InvalidMessage:
    try:
        return parse_feed(
            document.body,
            document.content_type,
            document.url,
            at=document.at,
            zone=document.zone,
            is_cut=document.is_cut,
        )
    except InvalidMessage as error:
        return error
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a document must not end the process
        return InvalidMessage(
            "not-readable", f"the parser broke off: {type(error).__name__}: {error}"
        )
