"""`reportedly entries`: saved feeds to their entries, without any server."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from services.commands.jsonl import InputFile, write_line
from services.errors import ConfigError, InvalidMessage
from services.text.counts import counted

if TYPE_CHECKING:
    from services.poller.reading.documents import Document
    from services.poller.reading.entry import Entry, ParsedFeed

MAX_BYTES = 10 * 1024 * 1024
"""Bytes of a file that are read: as many as the poller fetches of a feed."""

SUMMARY_CHARS = 300
"""Characters of `summary`, about four lines of a terminal."""

_EVERY = 50
"""Files between two lines of progress."""


@click.command()
@click.argument("files", nargs=-1, type=InputFile())
@click.option("--url", default="", help="Address that the files came from; resolves their links.")
@click.option("--content-type", default="", help="Content-Type header that came with them.")
@click.option("--zone", help="IANA zone of dates that give none, as Asia/Kolkata; UTC by default.")
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"]),
    help="Time of the poll, UTC: dates more than a day after it are left out.",
)
def entries(
    files: tuple[str, ...], url: str, content_type: str, zone: str | None, at: datetime | None
) -> None:
    """Read saved feeds, as the poller does: RSS, RDF, Atom, JSON Feed, and sitemaps.

    Writes a JSON line for each entry: file, feed, entry_id, guid, url, title, published_at,
    updated_at, summary, text, and where the text comes from. A feed without entries is one line. A
    file that is no feed is reported on standard error and becomes one row with `error`; then the
    exit code is 1. So are damaged feeds reported, but their entries are written.

    \b
    Examples:
      reportedly entries feed.xml
      reportedly entries saved/*.xml | jq -r '[.published_at, .title] | @tsv'
      curl -s https://herald.example/rss | reportedly entries --url https://herald.example/rss -
      reportedly entries --zone Asia/Kolkata --at 2031-05-06 feed.xml
    """
    from services.poller.reading.documents import Document

    names, n_bad = files or ("-",), 0
    for number, name in enumerate(names, 1):
        body = _body(name)
        when = at.replace(tzinfo=UTC) if at else None
        n_bad += not _write(name, Document(body, content_type, url, at=when, zone=zone))
        if len(names) >= _EVERY and number % _EVERY == 0 and sys.stderr.isatty():
            click.echo(f"reportedly: {number} of {counted(len(names), 'file')} read", err=True)
    if n_bad:
        click.echo(f"reportedly: {counted(n_bad, 'file')} could not be read", err=True)
        raise click.exceptions.Exit(1)


def _write(name: str, document: "Document") -> bool:
    """Write the rows of one document. Return False if it can't be read."""
    from services.poller.reading.documents import read_documents

    (found,) = read_documents([document])
    if isinstance(found, InvalidMessage):
        click.echo(f"reportedly: {name}: {found}", err=True)
        write_line(msgspec.json.encode({"file": name, "error": str(found)}))
        return False
    if found.is_damaged:
        click.echo(f"reportedly: {name}: damaged: {'; '.join(found.problems)[:500]}", err=True)
    for row in rows(name, document.url, found):
        write_line(msgspec.json.encode(row))
    return True


def rows(name: str, url: str, found: "ParsedFeed") -> Iterator[dict[str, object]]:
    """Yield a row for each entry; for a document without entries, one for the feed."""
    feed = {key: value for key, value in asdict(found).items() if key != "entries"}
    start: dict[str, object] = {"file": name, "feed": feed}
    for entry, entry_id in zip(found.entries, _ids(found, url), strict=True):
        yield {
            **start,
            "entry_id": entry_id,
            **asdict(entry),
            "summary": entry.text[:SUMMARY_CHARS],
        }
    if not found.entries:
        yield start


def _ids(found: "ParsedFeed", url: str) -> Sequence[str]:
    from services.poller.identity import article_id

    feed = url or found.self_url or found.site_url or found.title

    def one(entry: "Entry") -> str:
        return article_id(feed, entry.guid, entry.url, entry.title or entry.text)

    return [one(entry) for entry in found.entries]


def _body(name: str) -> bytes:
    try:
        if name == "-":
            body = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                body = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{name}: {error.strerror}") from error
    if len(body) > MAX_BYTES:
        raise ConfigError(f"{name}: more than {MAX_BYTES // 2**20} MB: no feed is fetched so large")
    return body
