"""The content of an entry as HTML: escaped words in a few elements, and links to the web alone."""

from collections.abc import Iterator
from html import escape

from services.api.feeds.entry import Entry, Quote, moment, source


def content(entry: Entry) -> str:
    """Return the content of an entry."""
    return "".join(_parts(entry))


def _parts(entry: Entry) -> Iterator[str]:
    for line in entry.lines:
        yield f"<p>{escape(line)}</p>"
    for quote in entry.quotes:
        yield _quote(quote)
    if entry.history:
        items = (f"<li>{escape(moment(at))}: {escape(text)}</li>" for at, text in entry.history)
        yield f"<p>Before:</p><ul>{''.join(items)}</ul>"


def _quote(quote: Quote) -> str:
    said = f"{escape(quote.before)}<b>{escape(quote.marked)}</b>{escape(quote.after)}"
    named = escape(source(quote) or "the article")
    linked = f'<a href="{escape(quote.url)}" rel="noreferrer">{named}</a>' if quote.url else named
    return f"<blockquote><p>“{said}”</p><p>{linked}</p></blockquote>"
