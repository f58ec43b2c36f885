"""The nouns of full text: a fetched page, and what was read of it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as received.

    - `at`: the news time of the fetch. A date more than a day after it is none.
    - `selector`: the element that holds the article, as CSS; None: it is found.
    """

    body: bytes
    content_type: str
    url: str
    at: datetime
    selector: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of its article.

    - `text`: paragraphs with a blank line between, without the headline; empty if there is none.
    - `published_at`, `updated_at`: the times that the page declares with a zone, in that zone.
    - `published_on`: the day of publication, also where only a day is found.
    - `is_free`: False if the page declares that only subscribers may read it.
    """

    title: str
    text: str
    published_at: datetime | None = None
    updated_at: datetime | None = None
    published_on: date | None = None
    is_free: bool = True
