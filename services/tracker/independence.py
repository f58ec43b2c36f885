"""Independent voices: which articles of a claim say it on their own account, and which only repeat."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.messages import BlockReports, ClaimReport, OriginGroup
from services.text.names import name_key
from services.text.sketch import similarity

COPY_SIMILARITY = 0.8
"""Estimated Jaccard similarity of word 4-grams from which two texts count as copies."""

_PRIORITY = ("wire", "cited", "speaker", "publisher")


@dataclass(frozen=True)
class Voice:
    """What one article says, for or against: the unit that origins are counted in."""

    article: BlockReports
    denies: bool
    reports: tuple[ClaimReport, ...]


def origin_key(article: BlockReports, report: ClaimReport) -> tuple[str, str | None]:
    """Return (kind, key) of the origin, the first that applies: credited wire, cited outlet, named speaker, publisher."""
    if article.origin.wire:
        return "wire", article.origin.wire
    media = next((s.key for s in report.speakers if s.kind == "media" and s.key), None)
    if media or article.origin.cited:
        return "cited", media or article.origin.cited
    named = next((s.key for s in report.speakers if s.key), None)
    if named:
        return "speaker", named
    publisher = article.outlet_family or (name_key(article.outlet) if article.outlet else "")
    return ("publisher", publisher) if publisher else ("unknown", None)


def voice_key(voice: Voice) -> tuple[str, str | None]:
    """Return the strongest origin among a voice's reports, so that one article adds at most one."""
    keys = [origin_key(voice.article, report) for report in voice.reports]
    return min(keys, key=lambda k: _PRIORITY.index(k[0]) if k[0] in _PRIORITY else len(_PRIORITY))


def group(voices: Sequence[Voice]) -> list[list[int]]:
    """Return the voices (by index, in order) joined transitively by equal key, copied text, or equal URL.

    A denial is never a copy of what it denies: texts and URLs join only voices of one polarity.
    """
    parent = list(range(len(voices)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    keys = [voice_key(voice)[1] for voice in voices]
    for i in range(len(voices)):
        for j in range(i):
            if root(i) != root(j) and (_same_key(keys[i], keys[j]) or _copies(voices[i], voices[j])):
                parent[max(root(i), root(j))] = min(root(i), root(j))
    groups: dict[int, list[int]] = {}
    for i in range(len(voices)):
        groups.setdefault(root(i), []).append(i)
    return [groups[first] for first in sorted(groups)]


def origin_group(voices: Iterable[Voice]) -> OriginGroup:
    """Return the joined voices as a message; its key is the first known one."""
    members = list(voices)
    kind, key = next((k for k in map(voice_key, members) if k[1]), ("unknown", None))
    articles = tuple(dict.fromkeys(v.article.article_id for v in members))
    return OriginGroup(key=key, kind=kind, members=articles, n=len(articles))


def _same_key(a: str | None, b: str | None) -> bool:
    return a is not None and a == b


def _copies(a: Voice, b: Voice) -> bool:
    if a.denies != b.denies:
        return False
    same_url = a.article.url_key is not None and a.article.url_key == b.article.url_key
    return same_url or similarity(a.article.sketch, b.article.sketch) >= COPY_SIMILARITY
