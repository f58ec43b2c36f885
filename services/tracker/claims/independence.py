"""Independent voices: which articles of a claim say it on their own account, and which only repeat."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from services.messages import BlockReports, ClaimReport, OriginGroup, Speaker
from services.text.names import name_key
from services.text.outlets import family
from services.text.sketch import are_copies, bands

MAX_COMPARED = 8
"""Texts of one band that a new text is compared with: the first of each origin, so that a flood of copies stays cheap."""

_PRIORITY = ("wire", "cited", "speaker", "publisher", "unknown")

Key = tuple[str, str | None]
"""Kind and key of an origin; the key is None where it is unknown."""


@dataclass(frozen=True)
class Voice:
    """What one article says, for or against: the unit that origins are counted in."""

    article: BlockReports
    denies: bool
    key: Key


def publishers(articles: Iterable[BlockReports]) -> dict[str, str]:
    """Return the name key of each outlet that publishes here → its publisher's key, so that a cited paper is known as one."""
    return {name_key(a.outlet): _publisher(a) for a in articles if a.outlet}


def cited_outlet(speaker: Speaker, outlets: Mapping[str, str]) -> str | None:
    """Return the publisher's key of a speaker that is a medium, or is called like one of the claim's own outlets."""
    known = outlets.get(name_key(speaker.label)) if speaker.label else None
    return known or ((family(speaker.label) or speaker.key) if speaker.kind == "media" else None)


def origin_key(article: BlockReports, report: ClaimReport, outlets: Mapping[str, str]) -> Key:
    """Return the origin, the first that applies: credited wire, cited outlet, named speaker, publisher."""
    if article.origin.wire:
        return "wire", _known(article.origin.wire)
    own = _publisher(article)
    cited = next((c for c in (cited_outlet(s, outlets) for s in report.speakers) if c and c != own), None)
    if cited or article.origin.cited:
        return "cited", cited or _known(article.origin.cited or "")
    named = next((s.key for s in report.speakers if s.key and not cited_outlet(s, outlets)), None)
    if named:
        return "speaker", named
    return ("publisher", own) if own else ("unknown", None)


def strongest(keys: Iterable[Key]) -> Key:
    """Return the strongest of the origins of an article's reports, by its fullest name, so that one article adds at most one."""
    found = list(dict.fromkeys(keys))
    return found[0] if len(found) == 1 else min(found, key=lambda k: (_PRIORITY.index(k[0]), -len((k[1] or "").split("-"))))


def group(voices: Sequence[Voice]) -> list[list[int]]:
    """Return the voices (by index, in order) joined transitively by equal key, copied text, or equal URL.

    A denial is never a copy of what it denies: texts and URLs join only voices of one polarity. Candidates come from an
    index, so the work grows with the voices, not with their pairs.
    """
    joined = _Joined(len(voices))
    first: dict[tuple[object, ...], int] = {}
    texts: dict[tuple[object, ...], list[int]] = {}
    shared = _shared_bands(voices)
    # Who cites a paper repeats whomever that paper had it from.
    own = {_publisher(voice.article): i for i, voice in reversed(list(enumerate(voices)))}
    for i, voice in enumerate(voices):
        kind, key = voice.key
        text = ("text", voice.article.sketch, voice.denies)
        exact: list[tuple[object, ...]] = [("key", key)] if key is not None else []
        exact += [("url", voice.article.url_key, voice.denies)] if voice.article.url_key else []
        exact += [text] if voice.article.sketch else []
        for name in exact:
            joined.join(i, first.setdefault(name, i))
        if kind == "cited" and key in own:
            joined.join(i, own[key])
        if first.get(text, i) != i:
            continue
        for band in (b for b in bands(voice.article.sketch) if b in shared):
            near = texts.setdefault((band, voice.denies), [])
            for other in near:
                if joined.root(i) != joined.root(other) and _copies(voices[i], voices[other]):
                    joined.join(i, other)
            if len(near) < MAX_COMPARED and all(joined.root(i) != joined.root(other) for other in near):
                near.append(i)
    return joined.groups()


def origin_group(voices: Iterable[Voice]) -> OriginGroup:
    """Return the joined voices as a message; its key is the first known one."""
    members = list(voices)
    kind, key = next((v.key for v in members if v.key[1]), ("unknown", None))
    articles = tuple(dict.fromkeys(v.article.article_id for v in members))
    return OriginGroup(key=key, kind=kind, members=articles, n=len(articles))


def _shared_bands(voices: Iterable[Voice]) -> frozenset[int]:
    """Return the bands that more than one text has: few, where texts differ."""
    n = Counter(chain.from_iterable(map(bands, {voice.article.sketch for voice in voices})))
    return frozenset(band for band, times in n.items() if times > 1)


class _Joined:
    """Disjoint sets over the numbers from 0 to n - 1; the smallest stands for its set."""

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
        found: dict[int, list[int]] = {}
        for i in range(len(self._parent)):
            found.setdefault(self.root(i), []).append(i)
        return [found[first] for first in sorted(found)]


def _publisher(article: BlockReports) -> str:
    known = article.outlet_family or family(article.outlet, article.url)
    return known or (name_key(article.outlet) if article.outlet else "")


def _known(actor_id: str) -> str:
    """Return the family of a credited or cited outlet, so that its own articles are the same voice."""
    return family(actor_id) or actor_id


def _copies(a: Voice, b: Voice) -> bool:
    return are_copies(a.article.sketch, b.article.sketch)
