"""Copies among articles: how much of the shorter text is in the longer one, word for word.

Similarity is containment, |A ∩ B| / min(|A|, |B|), of sets of word 4-grams (Broder 1997). A wire
story cut to its first half is a copy, which the Jaccard index does not recognise. Candidates share
a sampled gram; the similarity itself is exact.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal

from services.text.names import fold

Kind = Literal["copy", "edited-copy", "revision"]

COPY = 0.8
"""Containment from which a text is a copy."""
EDITED = 0.6
"""Containment from which a text is an edited copy."""

_NGRAM = 4
"""Words of a gram."""
_SHORT_WORDS = 20
"""Words below which a text is too short by itself. Its title is then compared with it."""
_SAMPLE = 4
"""One in so many grams finds candidates."""
_ALL_SAMPLED = 64
"""Grams of a text below which all of them find candidates."""
_BOILERPLATE_ARTICLES = 500
"""Articles that share a gram from which the gram is boilerplate, and finds no candidates."""
_MAX_COMPARED = 50
"""Candidates that are compared in full, those with most sampled grams in common."""

_LEAD_WORDS = 40
"""Words after the title that decide whether a text debunks. Later ones may only report a denial."""
_DEBUNK = re.compile(
    r"\b(?:hoax(?:es)?|debunk(?:s|ed|ing)?|fakes?|false(?:ly)?|untrue|fabricat(?:ed|ion)|"
    r"satir(?:e|ical)|retract(?:s|ed|ion)|"
    r"(?:not|isn['’]t|wasn['’]t|never) (?:dead|true|real|killed|happened|died)|"
    r"no truth|den(?:y|ies|ied))\b|^no, ",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A repeated article.

    - `of`: the number of the earlier article.
    - `similarity`: its containment, 0 to 1.
    """

    of: int
    kind: Kind
    similarity: float


@dataclass(frozen=True, slots=True)
class _Entry:
    grams: frozenset[bytes]
    debunks: bool
    doubts: bool
    url: str | None
    outlet: str | None


@dataclass
class Copies:
    """Articles seen so far. Memory grows by about 60 bytes for each distinct 4-gram."""

    _entries: list[_Entry] = field(default_factory=list)
    _by_gram: dict[bytes, list[int]] = field(default_factory=dict)
    _by_url: dict[str, int] = field(default_factory=dict)
    _first: list[int] = field(default_factory=list)
    """For each article, the first of its group. Groups join when an article repeats two of them."""

    def add(
        self, title: str, text: str, *, url: str | None = None, outlet: str | None = None
    ) -> list[Duplicate]:
        """Add an article as number `len(self)`.

        Return what it repeats, one for each group, best first.

        The same address makes a revision, whatever the words. A debunk is never a copy of what it
        debunks.
        """
        debunks, doubts = _debunks(title, text)
        entry = _Entry(_grams(title, text), debunks, doubts, url, outlet)
        number = len(self._entries)
        self._entries.append(entry)
        self._first.append(number)
        found = [d for d in self._earlier(entry) if self._join(number, d.of)]
        for gram in _sampled(entry.grams):
            self._by_gram.setdefault(gram, []).append(number)
        if url:
            self._by_url.setdefault(url, number)
        return found

    def __len__(self) -> int:
        return len(self._entries)

    def _earlier(self, entry: _Entry) -> list[Duplicate]:
        """Return all repeated articles: first the one with the same address.

        The others are ordered by similarity, then by age.
        """
        same = self._by_url.get(entry.url or "")
        revised = (
            []
            if same is None
            else [Duplicate(same, "revision", _containment(entry.grams, self._entries[same].grams))]
        )
        likely = [
            (n, _containment(entry.grams, self._entries[n].grams))
            for n in self._candidates(entry)
            if n != same
        ]
        like = [
            Duplicate(n, _kind(likeness, entry, self._entries[n]), likeness)
            for n, likeness in likely
            if likeness >= EDITED and not _contradict(entry, self._entries[n])
        ]
        return revised + sorted(like, key=lambda d: (-d.similarity, d.of))

    def _join(self, a: int, b: int) -> bool:
        """Join the groups of two articles. Return False if they are one already."""
        a, b = self._root(a), self._root(b)
        self._first[max(a, b)] = min(a, b)
        return a != b

    def _root(self, number: int) -> int:
        while self._first[number] != number:
            self._first[number] = self._first[self._first[number]]
            number = self._first[number]
        return number

    def _candidates(self, entry: _Entry) -> list[int]:
        """Return the earlier articles with most sampled grams in common.

        Equal ones are in order of arrival.
        """
        shared: Counter[int] = Counter()
        for gram in _sampled(entry.grams):
            numbers = self._by_gram.get(gram, ())
            if len(numbers) < _BOILERPLATE_ARTICLES:
                shared.update(numbers)
        return sorted(shared, key=lambda number: (-shared[number], number))[:_MAX_COMPARED]


def _kind(likeness: float, entry: _Entry, earlier: _Entry) -> Kind:
    if entry.outlet and entry.outlet == earlier.outlet:
        return "revision"
    return "copy" if likeness >= COPY else "edited-copy"


def _containment(a: frozenset[bytes], b: frozenset[bytes]) -> float:
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _contradict(a: _Entry, b: _Entry) -> bool:
    return (a.debunks and not b.doubts) or (b.debunks and not a.doubts)


def _debunks(title: str, text: str) -> tuple[bool, bool]:
    """Return whether a text begins with a debunk, and whether it has words of one anywhere."""
    lead = " ".join(text[: 20 * _LEAD_WORDS].split()[:_LEAD_WORDS])
    opens = bool(_DEBUNK.search(title) or _DEBUNK.search(lead))
    return opens, opens or bool(_DEBUNK.search(text))


def _grams(title: str, text: str) -> frozenset[bytes]:
    words = fold(text).split()
    if len(words) < _SHORT_WORDS:
        words = fold(f"{title} {text}").split()
    if not words:
        return frozenset()
    grams = (" ".join(words[i : i + _NGRAM]) for i in range(max(1, len(words) - _NGRAM + 1)))
    return frozenset(
        blake2b(gram.encode("utf-8", "replace"), digest_size=8).digest() for gram in grams
    )


def _sampled(grams: frozenset[bytes]) -> list[bytes]:
    if len(grams) < _ALL_SAMPLED:
        return sorted(grams)
    return sorted(gram for gram in grams if gram[0] % _SAMPLE == 0)
