"""The processes that parse documents and pages, with their limits."""

from collections.abc import Sequence
from typing import Protocol

from services.errors import InvalidMessage
from services.poller.pages.page import Fetched, Page
from services.poller.reading.documents import Document, prepare, read_documents
from services.poller.reading.entry import ParsedFeed
from services.runtime.workers import WorkerDied, Workers

PARSERS = 2
"""Processes that parse feeds. While a hostile document keeps one busy, the other goes on."""

PARSE_CPU_SECONDS = 10.0
"""Seconds of CPU time for one document.

Source: the most expensive ordinary one measured (9 MB, 1,000 items) takes 2.7 s.
"""

PARSE_WALL_SECONDS = 30.0
"""Seconds of wall time for one document.

Source: its CPU time on a machine with two other busy processes.
"""

PARSE_BYTES = 256 * 1024 * 1024
"""Bytes of memory for one document in its process.

Source: a text of 9.8 MB, near the most that is fetched, takes 136 MB.
"""


Item = Document | Fetched
Read = ParsedFeed | Page | InvalidMessage
"""What is read of a document (`ParsedFeed`), of a page (`Page`), or why nothing is."""


class Parsers(Protocol):
    """Parses documents and pages: child processes, or a stand-in."""

    async def ready(self) -> None: ...

    async def run(self, items: Sequence[Item]) -> Sequence[Read | WorkerDied]: ...

    def close(self) -> None: ...


def read_each(items: Sequence[Item]) -> list[Read]:
    """Return what each document or page says, or why it can't be read. Raises only MemoryError."""
    return [
        _page(item) if isinstance(item, Fetched) else read_documents([item])[0] for item in items
    ]


def _page(page: Fetched) -> Page | InvalidMessage:
    # The extractor takes a second and 60 MB to load. A poller without pages does not need it.
    from services.poller.pages.extract import extract_page

    try:
        return extract_page(page)
    except InvalidMessage as error:
        return error
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a page must not end the process
        return InvalidMessage("not-readable", f"{type(error).__name__}: {error}")


def child_processes() -> Parsers:
    """Return parsers, each in a process of its own."""
    return Workers(
        PARSERS,
        read_each,
        prepare,
        limit_seconds=PARSE_WALL_SECONDS,
        cpu_seconds=PARSE_CPU_SECONDS,
        memory_bytes=PARSE_BYTES,
    )
