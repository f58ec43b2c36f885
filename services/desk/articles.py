"""Articles as a claim's page lists them, read from documents of which any field may be missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

MOST_CHANGES = 12
"""Changes of one edit that are shown, the first ones: about a screen of a phone."""

FIELDS = (
    "article_id", "title", "outlet", "url", "sorted_at", "first_seen_at", "version", "cause",
    "language", "taken_out", "put_in", "withdrawn",
)  # fmt: skip
"""What is read of a document."""

_Aware = Annotated[datetime, msgspec.Meta(tz=True)]


@dataclass(frozen=True, slots=True)
class Change:
    """One place of a text that an edit changed: the words taken out, and those put in."""

    out: str
    put: str


@dataclass(frozen=True, slots=True)
class ArticleFact:
    """An article of a claim, as it stands.

    - `at`: when it was published, at the latest when it was first seen.
    - `edited_at`: when its last edit was seen; None: none is known.
    - `changes`: what that edit changed, the first `MOST_CHANGES`; `more_changes`: how many others.
    - `withdrawn`: why the outlet took it back; "" if it stands.
    """

    article_id: str
    title: str = ""
    outlet: str = ""
    url: str = ""
    language: str = ""
    at: datetime | None = None
    edited_at: datetime | None = None
    changes: tuple[Change, ...] = ()
    more_changes: int = 0
    withdrawn: str = ""

    @property
    def name(self) -> str:
        """Words to call it by."""
        return self.title or self.outlet or "an article without a title"


def articles_of(documents: Iterable[Mapping[str, Any]]) -> dict[str, ArticleFact]:
    """Return article id to article."""
    found = map(article_of, documents)
    return {fact.article_id: fact for fact in found if fact.article_id}


def article_of(document: Mapping[str, Any]) -> ArticleFact:
    """Return the article of a document."""
    changes = tuple(_changes(document))
    withdrawn = text_of(document, "withdrawn")
    is_edited = bool(changes or withdrawn) or document.get("cause") in ("edit", "withdrawn")
    return ArticleFact(
        article_id=text_of(document, "article_id"),
        title=text_of(document, "title"),
        outlet=text_of(document, "outlet"),
        url=text_of(document, "url"),
        language=text_of(document, "language"),
        at=time_of(document.get("sorted_at")) or time_of(document.get("first_seen_at")),
        edited_at=_of_version(document.get("version")) if is_edited else None,
        changes=changes[:MOST_CHANGES],
        more_changes=max(0, len(changes) - MOST_CHANGES),
        withdrawn=withdrawn,
    )


def text_of(document: Mapping[str, Any], name: str) -> str:
    """Return a field that is text; "" for anything else."""
    value = document.get(name)
    return value if isinstance(value, str) else ""


def texts_of(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return a field that is one text or several; () for anything else."""
    value = document.get(name)
    given = [value] if isinstance(value, str) else value
    return tuple(v for v in given if isinstance(v, str)) if isinstance(given, list) else ()


def time_of(value: object) -> datetime | None:
    """Return the time of a field; None if it holds none."""
    try:
        return msgspec.convert(value, _Aware)
    except msgspec.ValidationError:
        return None


def _changes(document: Mapping[str, Any]) -> Iterable[Change]:
    pairs = zip(texts_of(document, "taken_out"), texts_of(document, "put_in"), strict=False)
    return (Change(out, put) for out, put in pairs if out or put)


def _of_version(version: object) -> datetime | None:
    """Return when a version was first seen: its number is that time in milliseconds since 1970."""
    if not isinstance(version, int) or version <= 0:
        return None
    try:
        return datetime.fromtimestamp(version / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
