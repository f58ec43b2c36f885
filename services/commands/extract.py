"""`reportedly extract`: read the articles of saved web pages, without any server."""

from datetime import date, datetime
from pathlib import Path

import click
import msgspec

from services.commands import world
from services.commands.jsonl import InputFile, write_line
from services.errors import InvalidMessage
from services.text.counts import counted

MAX_BYTES = 16 * 1024 * 1024
"""Bytes of a saved page. More than the poller fetches of one."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=InputFile())
@click.option("--selector", help="The element that holds the article, as CSS (`div.story`).")
def extract(files: tuple[str, ...], selector: str | None) -> None:
    """Read the articles of saved web pages.

    Writes {"file", "title", "text", "published_at", "updated_at", "is_free"} for each page.
    `published_at` is a time where the page declares one, else a day. A page that can't be read is
    reported on standard error and becomes a row with `error`; then the exit code is 1.

    \b
    Examples:
      reportedly extract page.html
      reportedly extract --selector div.story saved/*.html | jq -r .text
    """
    from services.poller.pages.extract import extract_page
    from services.poller.pages.page import Fetched

    now, n_unread = world.now(world.settings()), 0
    for name in files:
        try:
            page = extract_page(Fetched(_body(name), "", name, now, selector))
        except InvalidMessage as error:
            if error.reason == "selector":
                raise click.BadParameter(error.detail, param_hint="--selector") from error
            n_unread += 1
            click.echo(f"reportedly: {name}: {error}", err=True)
            write_line(msgspec.json.encode({"error": str(error), "file": name}))
            continue
        row = {
            "file": name,
            "title": page.title,
            "text": page.text,
            "published_at": _time(page.published_at or page.published_on),
            "updated_at": _time(page.updated_at),
            "is_free": page.is_free,
        }
        write_line(msgspec.json.encode(row))
    if n_unread:
        click.echo(f"reportedly: {counted(n_unread, 'page')} could not be read", err=True)
        raise click.exceptions.Exit(1)


def _time(at: date | datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _body(name: str) -> bytes:
    with click.open_file(name, "rb") if name == "-" else Path(name).open("rb") as stream:
        body: bytes = stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise InvalidMessage("too-large", f"the page has more than {MAX_BYTES // 2**20} MB")
    return body
