"""Independent voices: which articles of a claim share an origin.

Articles share an origin if they have the same key (wire, cited outlet, named speaker, publisher),
the same text, or the same address.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from services.messages import BlockReports, ClaimReport, OriginGroup, Speaker
from services.text.names import name_key
from services.text.outlets import family
from services.text.sketch import are_copies, bands
from services.tracker.reports.speakers import speak_for_one

MAX_COMPARED = 8
"""Texts of one band that a new text is compared with: the first of each origin.

It bounds the work of a flood of copies. A guess: bands of more than a few origins are rare.
"""

MAX_SPEAKERS = 50
"""Different speakers of one side that those of the other side are compared with: the first ones.

It bounds the work of a large claim. A guess: few claims have more.
"""

_PRIORITY = ("wire", "cited", "speaker", "publisher", "unknown")

Key = tuple[str, str | None]
"""Kind and key of an origin. The key is None if the origin is unknown."""

UNKNOWN: Key = ("unknown", None)

_Index = dict[tuple[object, ...], int]
"""Number of the first voice with a key, an address, or a text."""


@dataclass(frozen=True)
class Voice:
    """The reports of one article for, or against, an event: the unit that origins count."""

    article: BlockReports
    denies: bool
    key: Key
    speakers: tuple[Speaker, ...] = ()


def publishers(articles: Iterable[BlockReports]) -> dict[str, str]:
    """Return the key of the publisher of each outlet, by the outlet's name key.

    With it a cited outlet is recognised as one that publishes here.
    """
    return {name_key(a.outlet): _publisher(a) for a in articles if a.outlet}


def cited_outlet(speaker: Speaker, outlets: Mapping[str, str]) -> str | None:
    """Return the publisher's key of a speaker that is an outlet, else None.

    A speaker is an outlet if it is a medium, or has the name of one of the claim's own outlets.
    """
    known = outlets.get(name_key(speaker.label)) if speaker.label else None
    if known or speaker.kind != "media":
        return known or None
    return family(speaker.label) or speaker.key


def origin_key(article: BlockReports, report: ClaimReport, outlets: Mapping[str, str]) -> Key:
    """Return the first that a report has of credited wire, cited outlet, speaker, publisher."""
    if article.origin.wire:
        return "wire", _family_or_id(article.origin.wire)
    own = _publisher(article)
    cited = _first_cited(report, own, outlets)
    if cited or article.origin.cited:
        return "cited", cited or _family_or_id(article.origin.cited or "")
    for speaker in report.speakers:
        if speaker.key and not cited_outlet(speaker, outlets):
            return "speaker", speaker.key
    return ("publisher", own) if own else UNKNOWN


def _first_cited(report: ClaimReport, own: str, outlets: Mapping[str, str]) -> str | None:
    """Return the first outlet among the speakers that is not the publisher itself."""
    for speaker in report.speakers:
        cited = cited_outlet(speaker, outlets)
        if cited and cited != own:
            return cited
    return None


def strongest(keys: Iterable[Key]) -> Key:
    """Return one origin for all reports of an article, so that an article adds at most one.

    It is the one of the strongest kind; of these, the one with the longest name.
    """
    found = list(dict.fromkeys(keys))
    return found[0] if len(found) == 1 else min(found, key=_weakness)


def _weakness(key: Key) -> tuple[int, int]:
    kind, name = key
    return _PRIORITY.index(kind), -len((name or "").split("-"))


def group(voices: Sequence[Voice]) -> list[list[int]]:
    """Return groups of voices (their indices, in order) that share an origin, transitively.

    A denial is never a copy of what it denies: text and address join only voices of one side. But
    who denies what it said before takes it back: voices of two sides are joined by their speakers.
    Candidates come from an index, so the work grows with the voices, not with their pairs.
    """
    grouping = _Grouping(voices)
    for i in range(len(voices)):
        grouping.add(i)
    return grouping.sets.groups()


class _Grouping:
    """Voices joined one after the other with those before them."""

    def __init__(self, voices: Sequence[Voice]) -> None:
        self.sets = _DisjointSets(len(voices))
        self._voices = voices
        self._first: _Index = {}
        self._texts: dict[tuple[int, bool], list[int]] = {}
        self._shared = _shared_bands(voices)
        self._published_by: dict[str, int] = {}
        self._speaking: dict[bool, dict[Speaker, int]] = {True: {}, False: {}}
        for i, voice in enumerate(voices):
            self._published_by.setdefault(_publisher(voice.article), i)

    def add(self, i: int) -> None:
        """Join a voice with those of the same key, address, or text, and with copies."""
        voice = self._voices[i]
        kind, key = voice.key
        for name in _exact_names(voice):
            self.sets.join(i, self._first.setdefault(name, i))
        # A voice that cites an outlet has the origin of that outlet's own articles.
        if kind == "cited" and key in self._published_by:
            self.sets.join(i, self._published_by[key])
        if kind in ("speaker", "publisher", "unknown"):
            self._join_other_side(i)
        if self._first.get(_text_name(voice), i) == i:
            self._join_copies(i)

    def _join_other_side(self, i: int) -> None:
        """Join a voice with those of the other side that speak for the same body."""
        voice = self._voices[i]
        own, others = self._speaking[voice.denies], self._speaking[not voice.denies]
        for speaker in voice.speakers:
            for other, j in others.items():
                if speak_for_one(speaker, other):
                    self.sets.join(i, j)
            if len(own) < MAX_SPEAKERS:
                own.setdefault(speaker, i)

    def _join_copies(self, i: int) -> None:
        voice = self._voices[i]
        for band in bands(voice.article.sketch):
            if band in self._shared:
                self._join_copies_in(self._texts.setdefault((band, voice.denies), []), i)

    def _join_copies_in(self, near: list[int], i: int) -> None:
        """Join a voice with its copies in one band; remember it as the first of its origin."""
        sketch, root = self._voices[i].article.sketch, self.sets.root
        for other in near:
            if root(i) != root(other) and are_copies(sketch, self._voices[other].article.sketch):
                self.sets.join(i, other)
        if len(near) < MAX_COMPARED and root(i) not in map(root, near):
            near.append(i)


def _exact_names(voice: Voice) -> list[tuple[object, ...]]:
    """Return the names under which equal voices meet: key, address, and text."""
    names: list[tuple[object, ...]] = []
    if voice.key[1] is not None:
        names.append(("key", voice.key[1]))
    if voice.article.url_key:
        names.append(("url", voice.article.url_key, voice.denies))
    if voice.article.sketch:
        names.append(_text_name(voice))
    return names


def _text_name(voice: Voice) -> tuple[object, ...]:
    return ("text", voice.article.sketch, voice.denies)


def origin_group(voices: Iterable[Voice]) -> OriginGroup:
    """Return voices of one origin as a message. Its key is the first known one."""
    members = list(voices)
    kind, key = next((v.key for v in members if v.key[1]), UNKNOWN)
    articles = tuple(dict.fromkeys(v.article.article_id for v in members))
    return OriginGroup(key=key, kind=kind, members=articles, n=len(articles))


def _shared_bands(voices: Iterable[Voice]) -> frozenset[int]:
    """Return the bands that more than one text has. Where texts differ these are few."""
    sketches = {voice.article.sketch for voice in voices}
    n = Counter(chain.from_iterable(map(bands, sketches)))
    return frozenset(band for band, times in n.items() if times > 1)


class _DisjointSets:
    """Disjoint sets of the numbers from 0 to n - 1. The smallest number stands for its set."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def root(self, i: int) -> int:
        while self._parent[i] != i:
            self._parent[i] = self._parent[self._parent[i]]
            i = self._parent[i]
        return i

    def join(self, i: int, j: int) -> None:
        low, high = sorted((self.root(i), self.root(j)))
        self._parent[high] = low

    def groups(self) -> list[list[int]]:
        """Return the sets in order of their smallest number."""
        found: dict[int, list[int]] = {}
        for i in range(len(self._parent)):
            found.setdefault(self.root(i), []).append(i)
        return [found[first] for first in sorted(found)]


def _publisher(article: BlockReports) -> str:
    known = article.outlet_family or family(article.outlet, article.url)
    return known or (name_key(article.outlet) if article.outlet else "")


def _family_or_id(actor_id: str) -> str:
    """Return the family of an outlet, so that articles of its family are the same voice."""
    return family(actor_id) or actor_id
