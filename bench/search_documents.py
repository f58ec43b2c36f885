"""Made-up documents of articles for bench/search.py, a million in a minute.

A pool of sentences is tokenised once; an article is some of them. Its document is the one that the
indexer would make: the words of sentences in a row are the words of the whole.
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.index_articles import SYLLABLES
from services.index_names import monthly
from services.indexer.documents import BUILDERS, ArticleDocument
from services.messages import TaggedArticle
from services.messages.events import EVENTS as ALL_EVENTS
from services.ports import IndexAction
from services.text.tokens import tokens

START = datetime(2031, 1, 1, tzinfo=UTC)
DAYS = 90
"""Days over which the articles are spread, so that there are three monthly indices."""
SENTENCES = 20_000
"""Sentences of the pool, each of 22 words."""
WORDS = 30_000
LONG, SHORT = 20, 1
"""Sentences of an article of 3 KB, and of a short one."""
EVENTS = ALL_EVENTS[:8]
ACTORS, OUTLETS = 500, 300


@dataclass(frozen=True)
class Sentence:
    """A sentence and its normalised words."""

    text: str
    words: str


class Documents:
    """Makes documents. The same seed gives the same ones."""

    def __init__(self, seed: int = 7) -> None:
        self.chance = random.Random(seed)
        # Words are as unequal as in a language: the n-th is used as often as 1/n.
        self.words = ["".join(self.chance.choices(SYLLABLES, k=n % 3 + 2)) for n in range(WORDS)]
        self._weights = list(accumulate(1 / (n + 10) for n in range(WORDS)))
        self.pool = [self._sentence(22) for _ in range(SENTENCES)]
        self._titles = [self._sentence(9) for _ in range(SENTENCES)]
        self._blank = _blank()

    def actions(self, n: int, first: int, length: int, days: float = DAYS) -> Iterator[IndexAction]:
        """Yield the documents of `n` articles of so many sentences, spread over the days."""
        for number in range(first, first + n):
            at = START + timedelta(days=days * (number - first) / max(n, 1))
            yield self._action(f"a{number:08}", at, length)

    def _action(self, id: str, at: datetime, length: int) -> IndexAction:
        chance = self.chance
        title, body = chance.choice(self._titles), chance.choices(self.pool, k=length)
        head = title.text.rstrip(".")
        event, outlet = chance.choice(EVENTS), f"outlet-{chance.randrange(OUTLETS)}"
        actors = [f"actor-{int(chance.paretovariate(0.8)) % ACTORS}" for _ in range(3)]
        facets = {"lang:en", f"event:{event}", f"source:{outlet}", "stance:reported"}
        facets |= {f"actor:{actor}" for actor in actors}
        document = msgspec.structs.replace(
            self._blank,
            article_id=id,
            outlet=outlet,
            published_at=at,
            first_seen_at=at,
            sorted_at=at,
            title=head,
            text=head + "\n\n" + " ".join(each.text for each in body),
            match=[title.words, " ".join(each.words for each in body)],
            match_title=title.words,
            facets=sorted(facets),
            events=[event],
            actors=actors,
        )
        encoded = msgspec.json.encode(document, enc_hook=str)
        return IndexAction(monthly("articles", at), id, 1, encoded)

    def _sentence(self, n: int) -> Sentence:
        text = " ".join(self.chance.choices(self.words, cum_weights=self._weights, k=n))
        text = text.capitalize() + "."
        return Sentence(text, " ".join(tokens(text).words))


def _blank() -> ArticleDocument:
    """Return the document of an article in which nothing was found."""
    article = TaggedArticle(
        article_id="", version=1, text="x\n\nx", title_end=1, sketch="", first_seen_at=START,
        language="en", url="https://post.example/1", feed_id="feed", stance="reported",
    )  # fmt: skip
    (action,) = BUILDERS["tagged-articles"][1](article)
    return msgspec.json.decode(action.document, type=ArticleDocument, dec_hook=_as_text)


def _as_text(kind: type, value: object) -> object:
    return kind(value)
