"""The independent voices of a claim: articles of one origin are one, with its copies folded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.desk.articles import ArticleFact
from services.desk.naming import KINDS, UNKNOWN
from services.messages import Claim, OriginGroup
from services.text.counts import counted
from services.text.happening import capital

MOST_VOICES = 20
"""Voices that are shown, the first ones. A guess: a screen; the newest stand in the life."""

MOST_COPIES = 10
"""Articles of a voice that are named behind its first one."""

_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Voice:
    """Articles that count as one voice.

    - `kind`: why they are one, in words. `is_counted`: an unknown origin adds no voice.
    - `first`: the earliest article. `copies`: further ones, by time. `left_out`: how many more
      there are. `n`: all.
    - `last`: the newest article of a speaker, who may say something else by now; None for other
      voices, whose further articles are copies.
    """

    name: str
    kind: str
    is_counted: bool
    n: int
    first: ArticleFact | None
    copies: tuple[ArticleFact, ...]
    left_out: int
    last: ArticleFact | None = None


@dataclass(frozen=True, slots=True)
class Voices:
    """The voices of a claim that are shown. `left_out`: how many are not."""

    shown: tuple[Voice, ...]
    left_out: int
    summary: str


def voices_of(
    claim: Claim, articles: Mapping[str, ArticleFact], names: Mapping[str, str]
) -> tuple[Voice, ...]:
    """Return all voices, by the time of their first article; unknown origins come last."""
    found = [_voice(origin, articles, names) for origin in claim.origins]
    return tuple(sorted(found, key=lambda voice: (not voice.is_counted, _when(voice.first))))


def shown_of(claim: Claim, voices: Sequence[Voice]) -> Voices:
    """Return those that are shown, and how many are not."""
    left_out = max(0, len(voices) - MOST_VOICES)
    return Voices(tuple(voices[:MOST_VOICES]), left_out, summary(claim))


def summary(claim: Claim) -> str:
    """Return how many speak for it: "3 independent sources in 12 articles"."""
    about = "about " if claim.counts_approximate else ""
    articles = about + counted(claim.n_reports, "article")
    if not claim.n_reports:
        return "no article reports it any more"
    if not claim.n_independent:
        return f"{articles}, no source is known"
    # The sources that deny it are not counted.
    sources = counted(claim.n_independent, "independent source")
    return (
        f"{sources} for it, in {articles}"
        if claim.status == "disputed"
        else (f"{sources} in {articles}")
    )


def _voice(
    origin: OriginGroup, articles: Mapping[str, ArticleFact], names: Mapping[str, str]
) -> Voice:
    known = [articles.get(id) or ArticleFact(id) for id in origin.members]
    dated = sorted(known, key=_when)
    last = next((each for each in reversed(dated[1:]) if each.at), None)
    last = last if origin.kind == "speaker" else None
    copies = [each for each in dated[1:] if each is not last]
    n = max(origin.n, len(dated))
    return Voice(
        name=capital(names.get(origin.key, UNKNOWN)) if origin.key else _unnamed(dated),
        kind=KINDS.get(origin.kind, origin.kind),
        is_counted=origin.key is not None,
        n=n,
        first=next(iter(dated), None),
        copies=tuple(copies[:MOST_COPIES]),
        left_out=max(0, n - 1 - (last is not None) - MOST_COPIES),
        last=last,
    )


def _unnamed(articles: Sequence[ArticleFact]) -> str:
    return next((article.outlet for article in articles if article.outlet), "Nobody named")


def _when(article: ArticleFact | None) -> datetime:
    return (article.at if article else None) or _LAST
