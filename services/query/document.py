"""An article as watches see it: its words in segments, their positions, and the tagger's facets."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import chain

from services.messages import Incident, Mention, TaggedArticle
from services.text.names import name_key
from services.text.tokens import Span, Tokens, tokens, words

BREAK = ""
"""The separator of segments in `Document.words`. No word is empty, so no phrase crosses it."""

FACETS = 1 << 14
"""Facets that are remembered, some 130 bytes each: those of a day with many names. A guess.

With four times as many a process went on growing for days.
"""


class Document:
    """The words of all segments, each segment followed by a BREAK.

    - `distinct`: the different words. `n_title`: the number of the title's words.
    - `facets`: `name:value`, see `facet`.

    Parts that few articles need (positions, sorted words) are computed at first use.
    """

    def __init__(
        self, segments: Iterable[Tokens], n_title: int = 0, facets: frozenset[str] = frozenset()
    ) -> None:
        self.words: list[str] = []
        self.spans: list[Span] = []
        for segment in segments:
            self.words += segment.words
            self.spans += segment.spans
            self.words.append(BREAK)
            self.spans.append((0, 0))
        self.n_title = n_title
        self.facets = facets
        self.distinct = frozenset(self.words)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Word to its positions, in order."""
        found: dict[str, list[int]] = {}
        for i, word in enumerate(self.words):
            if word in found:
                found[word].append(i)
            else:
                found[word] = [i]
        return found

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.distinct)

    def at(self, word: str) -> Sequence[int]:
        """Return the positions of a word, in order."""
        return self.places.get(word, ())

    def holds_any(self, words: frozenset[str]) -> bool:
        """Return True if one of the words occurs."""
        return not self.distinct.isdisjoint(words)

    def starting(self, stem: str) -> list[str]:
        """Return the different words that begin with `stem`."""
        first = last = bisect_left(self._sorted, stem)
        while last < len(self._sorted) and self._sorted[last].startswith(stem):
            last += 1
        return self._sorted[first:last]


def document(article: TaggedArticle, *, without_boilerplate: bool = True) -> Document:
    """Return an article as watches see it."""
    title, *body = segments(article, without_boilerplate=without_boilerplate)
    return Document([title, *body], len(title.words), facets(article))


def segments(article: TaggedArticle, *, without_boilerplate: bool = True) -> list[Tokens]:
    """Return the tokens of the title and of each stretch of body between boilerplate.

    A title that is boilerplate is empty.
    """
    spans = stretches(article, without_boilerplate=without_boilerplate)
    title, *body = (tokens(article.text, *span) for span in spans)
    return [title, *(piece for piece in body if piece.words)]


def stretches(article: TaggedArticle, *, without_boilerplate: bool = True) -> list[Span]:
    """Return the title and each stretch of body between boilerplate.

    A title that is boilerplate is empty.
    """
    cuts = [(b.start, b.end) for b in article.boilerplate] if without_boilerplate else []
    return stretches_between(cuts, article.title_end, len(article.text))


def stretches_between(cuts: Iterable[Span], title_end: int, length: int) -> list[Span]:
    """Return the title and each stretch of body between `cuts` of a text of this length."""
    ordered = sorted(cuts)
    in_cut = any(start <= 0 and end >= title_end for start, end in ordered)
    found, at = [(0, 0 if in_cut else title_end)], title_end
    for start, end in ordered:
        found.append((at, max(at, start)))
        at = max(at, end)
    return [*found, (at, max(at, length))]


def facets(article: TaggedArticle) -> frozenset[str]:
    """Return the facets of an article: sources, actors, places, events, stances, language.

    Events and stances are those of the incidents that are news and sure enough; the headline's
    stance is one too.
    """
    stances = frozenset({facet("stance", article.stance)} if article.stance else ())
    return stances | facets_within(article, article.mentions, list(article.voices))


def facets_within(
    article: TaggedArticle, mentions: Sequence[Mention], incidents: Sequence[Incident]
) -> frozenset[str]:
    """Return the facets of a part of an article: of some of its mentions and incidents."""
    actors = (m for m in mentions if m.type in ("person", "group", "organisation", "state"))
    given: dict[str, Iterable[str | None]] = {
        "source": (article.outlet, article.outlet_family, article.origin.wire),
        "actor": (m.actor_id or m.key for m in actors),
        "place": (m.actor_id or m.key for m in mentions if m.type == "place"),
        "event": chain.from_iterable(incident.events for incident in incidents),
        "stance": (incident.stance for incident in incidents),
        "lang": ((article.language or "").split("-")[0],),
    }
    found: set[str] = set()
    for name, values in given.items():
        found |= {facet(name, value) for value in values if value}
    return frozenset(found)


@lru_cache(maxsize=FACETS)
def facet(name: str, value: str) -> str:
    """Return `name:value` with the value's words normalised and joined by hyphens.

    `Al Arabiya` and `al-arabiya` are one. Cached, because the names of the news come again.
    """
    return f"{name}:{'-'.join(words(value))}"


def facet_of_key(asked: str) -> str:
    """Return the facet of an actor or place that no dictionary knows: the key of its name.

    All spellings share the key. Other facets are returned unchanged.
    """
    name, _, value = asked.partition(":")
    key = name_key(value.replace("-", " ")) if name in ("actor", "place") else ""
    return f"{name}:{key}" if key else asked
