"""What the processes that parse feeds do: bytes of a document in, its entries or the reason why there are none out."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.errors import InvalidMessage
from services.poller.feed import ParsedFeed, parse_feed

_FIRST = (
    b'<rss version="2.0"><channel><item><title>A</title><description>&lt;p&gt;A&lt;/p&gt;</description></item></channel></rss>'
)


@dataclass(frozen=True, slots=True)
class Document:
    """The body of an answer with what a parser must know of it: the Content-Type header, and the address it came from."""

    body: bytes
    content_type: str
    url: str


def read_documents(documents: Sequence[Document]) -> list[ParsedFeed | InvalidMessage]:
    """Return what each document holds, or why it can't be read. Raises MemoryError alone."""
    return [_read(document) for document in documents]


def prepare() -> None:
    """Load what parsing needs, so that the first feed does not wait for it."""
    parse_feed(_FIRST, "application/rss+xml", "http://feed.example/")


def _read(document: Document) -> ParsedFeed | InvalidMessage:
    try:
        return parse_feed(document.body, document.content_type, document.url)
    except InvalidMessage as error:
        return error
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - feedparser raises nearly everything on some markup; the reason goes to the feed
        return InvalidMessage("not-readable", f"the parser broke off: {type(error).__name__}: {error}")
