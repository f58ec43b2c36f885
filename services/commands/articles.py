"""Reads articles for several commands: written by people, one a line, or by the tagger."""

import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import msgspec

from services.commands import world
from services.commands.jsonl import Unread, parse_line, read_lines
from services.errors import ConfigError, InvalidMessage
from services.messages import Article, TaggedArticle, decode
from services.messages.article import Source
from services.messages.base import Cause
from services.runtime.collector import settle
from services.runtime.files import map_file
from services.settings import PREFIX, Settings
from services.tagger.layout.boilerplate import find_boilerplate
from services.text.canonical import canonical
from services.text.hashes import digest
from services.text.language import language_of

if TYPE_CHECKING:
    from services.tagger.events.refused import Notes
    from services.tagger.pipeline import Tagger

BATCH = 64
"""Articles that are tagged together."""

Tag = Callable[[Sequence[Article]], list[TaggedArticle]]

Explained: TypeAlias = "tuple[TaggedArticle, Notes | None]"
"""A tagged article with the notes of its reading, None if none were taken."""

T = TypeVar("T")
R = TypeVar("R")

_TIMES = ("published_at", "first_seen_at", "seen_at", "last_poll_at")


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    """An article as people write it. Missing fields get defaults; unknown ones are ignored."""

    id: str | int
    title: str | None = None
    text: str | None = None
    published_at: datetime | None = None
    first_seen_at: datetime | None = None
    seen_at: datetime | None = None
    last_poll_at: datetime | None = None
    url: str | None = None
    outlet: str | None = None
    outlet_family: str | None = None
    feed_id: str | None = None
    language: str | None = None
    version: int | None = None
    cause: Cause | None = None
    source: Source | None = None


def read_article(row: object, now: datetime) -> Article:
    """Return the article of a row.

    A row is `{"id", "title", "text", "published_at"?, "url"?, "outlet"?, …}`. The article counts as
    seen at `seen_at`, else when it was published, else at `now`. A time without a zone is UTC.
    Raises InvalidMessage.
    """
    try:
        given = msgspec.convert(row, _Row)
    except msgspec.ValidationError as error:
        raise InvalidMessage(
            "wrong-schema", f'an article is {{"id", "title", "text"}}: {error}'
        ) from error
    values = {k: v for k, v in msgspec.structs.asdict(given).items() if v is not None}
    article_id = str(values.pop("id"))
    seen = given.seen_at or given.published_at or now
    defaults = {
        "feed_id": "",
        "version": 1,
        "first_seen_at": seen,
        "seen_at": seen,
        "content_hash": "",
        "outlet": "",
    }
    identity = {
        "article_id": article_id,
        "url_key": digest(given.url or article_id),
        "title": "",
        "text": "",
    }
    return _in_utc(msgspec.convert(defaults | identity | values, Article))


def _in_utc(article: Article) -> Article:
    times = {name: getattr(article, name) for name in _TIMES}
    naive = {name: at.replace(tzinfo=UTC) for name, at in times.items() if at and at.tzinfo is None}
    return msgspec.structs.replace(article, **naive) if naive else article


def read_tagged(
    files: Sequence[str], settings: Settings, unread: Unread, *, in_full: bool
) -> Iterator[TaggedArticle]:
    """Yield the articles of JSON Lines files, tagged already or not.

    Articles not tagged yet are tagged if `in_full`. Else they are only cleaned and rid of
    boilerplate, which is many times faster.
    """
    return tagged(read_rows(files, settings, unread), settings, in_full=in_full)


def read_rows(
    files: Sequence[str], settings: Settings, unread: Unread
) -> Iterator[Article | TaggedArticle]:
    """Yield the articles of JSON Lines files as they are. Nothing is loaded to read them."""
    now = world.now(settings)
    for name, number, line in read_lines(files):
        try:
            row = parse_line(line)
            is_tagged = isinstance(row, dict) and "title_end" in row
            yield decode(TaggedArticle, line) if is_tagged else read_article(row, now)
        except InvalidMessage as error:
            unread.tell(name, number, line, error)


def tagged(
    rows: Iterable[Article | TaggedArticle], settings: Settings, *, in_full: bool
) -> Iterator[TaggedArticle]:
    """Yield the articles in order, tagged. `in_full` is that of `read_tagged`."""
    return in_batches(tagger(settings) if in_full else _only_text, rows)


def in_batches(
    tag: Callable[[Sequence[Article]], Sequence[R]], rows: Iterable[Article | T]
) -> Iterator[R | T]:
    """Yield the rows in order, the articles tagged, BATCH at a time; the others as they are."""
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        done = iter(tag([row for row in batch if isinstance(row, Article)]))
        yield from (next(done) if isinstance(row, Article) else row for row in batch)


def map_lexicons(paths: Sequence[str]) -> list[tuple[str, memoryview]]:
    """Return (name, content) of dictionaries, YAML or compiled.

    Raises ConfigError for a file that can't be read.
    """
    return [(path, map_file(path)) for path in paths if path]


def own_lexicons(settings: Settings) -> list[tuple[str, memoryview]]:
    """Return what `map_lexicons` does of the dictionaries of the settings.

    Raises ConfigError that names the setting.
    """
    try:
        return map_lexicons(settings.lexicon.split(os.pathsep))
    except ConfigError as error:
        raise ConfigError(f"{PREFIX}LEXICON: {error}") from error


def require_model(settings: Settings) -> None:
    """Raise ConfigError for a language model that is neither installed nor a folder.

    The model is not loaded.
    """
    model = settings.spacy_model
    try:
        is_there = Path(model).exists() or importlib.util.find_spec(model) is not None
    except (ImportError, ValueError, OSError):
        is_there = False
    if not is_there:
        raise ConfigError(
            f"{PREFIX}SPACY_MODEL is {model!r}, which is neither installed nor a folder"
        )


def tagger(settings: Settings, lexicons: Sequence[str] = ()) -> Tag:
    """Return `Tagger.tag`, loaded when the first article needs it.

    `lexicons` replace the dictionaries of the settings. Raises ConfigError at once for a dictionary
    that can't be opened or a model that does not exist.
    """
    load = _loader(settings, lexicons)
    return lambda articles: load().tag(articles) if articles else []


def explainer(
    settings: Settings, lexicons: Sequence[str] = ()
) -> Callable[[Sequence[Article]], list[Explained]]:
    """Return `Tagger.tag_with_notes`, loaded as `tagger` is."""
    load = _loader(settings, lexicons)
    return lambda articles: list(load().tag_with_notes(articles)) if articles else []


def _loader(settings: Settings, lexicons: Sequence[str]) -> "Callable[[], Tagger]":
    require_model(settings)
    mapped = map_lexicons(lexicons) if lexicons else own_lexicons(settings)
    loaded: list[Tagger] = []

    def load() -> "Tagger":
        if not loaded:
            # takes seconds to import; most uses never need it
            from services.tagger.pipeline import Tagger

            loaded.append(Tagger.load(settings.spacy_model, mapped))
            settle()
        return loaded[0]

    return load


def _only_text(articles: Sequence[Article]) -> list[TaggedArticle]:
    found = []
    for article in articles:
        text, title_end = canonical(article.title, article.text)
        found.append(
            TaggedArticle(
                article_id=article.article_id,
                version=article.version,
                url=article.url,
                outlet=article.outlet,
                published_at=article.published_at,
                language=language_of(text, article.language),
                text=text,
                title_end=title_end,
                sketch="",
                boilerplate=find_boilerplate(text, title_end),
            )
        )
    return found
