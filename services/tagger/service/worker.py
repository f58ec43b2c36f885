"""The tagger in a process of the pool: loaded once, it reads a batch within its time."""

import contextlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime

from services.errors import InvalidMessage
from services.messages import Article, TaggedArticle
from services.runtime.collector import settle
from services.runtime.files import map_file
from services.runtime.time_limit import OutOfTime, cpu_limit
from services.tagger.bounds import allowed_seconds
from services.tagger.pipeline import Tagger

Tagged = TaggedArticle | InvalidMessage

NICE = 5
"""How much a process that reads long texts yields to others, on the scale of nice(2)."""

_WARM = Article(
    article_id="warm",
    url_key="",
    feed_id="",
    outlet="",
    version=1,
    content_hash="",
    title="Two men were killed in Meris on Friday, police said",
    text="The police chief, Bruno Kessidor, said on Friday that two men were killed "
    "in an airstrike near Meris.",
    first_seen_at=datetime(2031, 5, 2, tzinfo=UTC),
    seen_at=datetime(2031, 5, 2, tzinfo=UTC),
)
"""A made-up article that warms the model."""

_tagger: Tagger | None = None


def tag_each(articles: Sequence[Article]) -> list[Tagged]:
    """Tag a batch, in a process of the pool.

    If it fails as a whole, tag the articles one by one, so that one can't stop the others.
    """
    if _tagger is None:
        raise RuntimeError("the tagger was not loaded")
    if len(articles) > 1:
        # The article at fault is found below.
        with contextlib.suppress(Exception, OutOfTime), cpu_limit(allowed_seconds(articles)):
            return list(_tagger.tag(list(articles)))
    return [_tag_one(_tagger, article) for article in articles]


def _tag_one(tagger: Tagger, article: Article) -> Tagged:
    seconds = allowed_seconds([article])
    try:
        with cpu_limit(seconds):
            (tagged,) = tagger.tag([article])
            return tagged
    except OutOfTime:
        return InvalidMessage(
            "too-slow",
            f"article {article.article_id}: it may take {seconds:.0f} s of CPU time, and takes "
            "longer",
        )
    except InvalidMessage as error:
        return error
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - kept with the article in the dead letter
        return InvalidMessage(
            "untaggable", f"article {article.article_id}: {type(error).__name__}: {error}"
        )


def load_tagger(model: str, lexicons: Sequence[str]) -> None:
    """Prepare a process of the pool for `tag_each`. `lexicons` are paths. Raises ConfigError.

    An article is tagged at once. The first takes seconds, since tables are built.
    """
    global _tagger  # one tagger for each process, loaded once
    _tagger = Tagger.load(model, [(path, map_file(path)) for path in lexicons])
    # The first sentence builds many tables; the first article should not wait for them.
    _tagger.tag([_WARM])
    settle()


def load_for_long_texts(model: str, lexicons: Sequence[str]) -> None:
    """Prepare the process that reads long texts. It yields the processor to the others."""
    os.nice(NICE)
    load_tagger(model, lexicons)
