"""Identity: when two entries are the same article, and two articles the same text."""

from services.text.canonical import canonical
from services.text.hashes import digest
from services.text.web_addresses import canonical_url, formerly_canonical_url


def former_id(feed_id: str, url: str) -> str | None:
    """Return the id that an earlier version gave to an entry without a guid, by its address."""
    found = formerly_canonical_url(url)
    return digest(feed_id, found) if found else None


def article_id(feed_id: str, guid: str | None, url: str | None, title: str) -> str:
    """Return the id of an entry within its feed: by guid, else address, else title."""
    return digest(feed_id, guid or (canonical_url(url) if url else None) or title)


def url_key(article: str, url: str | None) -> str:
    """Return the key of an article's address, the same in every feed.

    Without an address it is the article's id.
    """
    found = canonical_url(url) if url else None
    return digest(found) if found else article


def content_hash(title: str, text: str) -> str:
    """Return a digest of the canonical text, ignoring blanks. Another digest means an edit."""
    return digest(" ".join(canonical(title, text)[0].split()), length=32)
