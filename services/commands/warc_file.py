"""Reads WARC files, as crawlers keep pages: the answers in them, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from services.errors import ConfigError

MAX_BODY_BYTES = 10 * 1024 * 1024
"""Bytes of one answer that are read, as many as the poller fetches."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer with status 200. `at`: when it was fetched. The body is decoded."""

    url: str
    at: datetime
    content_type: str
    body: bytes


def kept_answers(path: str) -> Iterator[Kept]:
    """Yield the answers of a file, in its order. Larger ones are left out.

    Raises ConfigError if the file can't be read, or only up to some record.
    """
    n = 0
    try:
        with Path(path).open("rb") as file:
            for record in ArchiveIterator(file):
                n += 1
                if (found := _answer(record)) is not None:
                    yield found
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    # AttributeError: warcio asks a response for its address also if it has none.
    except (ArchiveLoadFailed, AttributeError, ValueError, EOFError) as error:
        where = f"after {n} records" if n else "it holds no WARC records"
        raise ConfigError(f"{path} can't be read, {where}: {str(error).strip():.200}") from error


def _answer(record: ArcWarcRecord) -> Kept | None:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type != "response" or not url.startswith(("http://", "https://")):
        return None
    if record.http_headers is None or record.http_headers.get_statuscode() != "200":
        return None
    at = _time(record.rec_headers.get_header("WARC-Date") or "")
    body = record.content_stream().read(MAX_BODY_BYTES + 1)
    if at is None or len(body) > MAX_BODY_BYTES:
        return None
    return Kept(url, at, record.http_headers.get_header("Content-Type") or "", body)


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
