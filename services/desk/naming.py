"""Names of those who speak for a claim. Keys join spellings; nobody reads them."""

from collections.abc import Iterator, Mapping
from itertools import chain

from services.desk.articles import ArticleFact
from services.messages import Claim, Evidence, OriginGroup, Transition
from services.text.names import fold, name_key
from services.text.outlets import families

UNKNOWN = "a speaker"
"""Shown for an origin that no quoted sentence names."""

_KEYED_BY_SOUND = ("speaker",)
"""Kinds of origins whose keys are name keys, which hold sounds."""

KINDS: dict[str, str] = {
    "wire": "news agency",
    "cited": "cited outlet",
    "speaker": "speaker",
    "publisher": "own reporting",
    "unknown": "origin unknown",
}
"""Kind of origin to its name."""


def names_of_origins(claim: Claim, articles: Mapping[str, ArticleFact]) -> dict[str, str]:
    """Return key to name for the origins of a claim and of its answers.

    Quoted sentences name speakers and outlets; the articles name their publishers.
    """
    called = _of_only_speakers(claim)
    for origin in claim.origins:
        if origin.key and origin.kind not in _KEYED_BY_SOUND:
            called[origin.key] = _published(origin, articles) or _readable(origin.key)
    called |= {a.key: a.label for slot in claim.slots.values() for a in slot.answers if a.label}
    named = chain.from_iterable((said.outlet, said.speaker) for said in sentences_of(claim))
    called |= {key: name for name in named if name for key in _keys_of(name)}
    return called | _of_families(claim)


def sentences_of(claim: Claim) -> Iterator[Evidence]:
    """Yield all quoted sentences of a claim."""
    yield from claim.evidence
    for step in claim.history:
        yield from quotes_of_step(step)
    for slot in claim.slots.values():
        for answer in slot.answers:
            yield from answer.evidence


def quotes_of_step(step: Transition) -> tuple[Evidence, ...]:
    """Return the sentences that show the status of a step, else the one that caused it."""
    return step.shown_by or tuple(filter(None, (step.evidence,)))


def _of_only_speakers(claim: Claim) -> dict[str, str]:
    """Return the names of speakers whose articles quote nobody else."""
    speakers: dict[str, set[str]] = {}
    for said in sentences_of(claim):
        if said.speaker:
            speakers.setdefault(said.article_id, set()).add(said.speaker)
    found: dict[str, str] = {}
    for origin in claim.origins:
        named = set[str]().union(*(speakers.get(id, ()) for id in origin.members))
        if origin.key and origin.kind in _KEYED_BY_SOUND and len(named) == 1:
            found[origin.key] = named.pop()
    return found


def _keys_of(name: str) -> tuple[str, ...]:
    """Return what may be the key of a name: how it sounds, or its words ("orran-monitor")."""
    words = fold(name).split()
    return name_key(name), "-".join(words), "-".join(words[words[:1] == ["the"] :])


def _published(origin: OriginGroup, articles: Mapping[str, ArticleFact]) -> str:
    """Return the outlet of a group of articles whose publisher is their origin."""
    if origin.kind != "publisher":
        return ""
    outlets = (articles[id].outlet for id in origin.members if id in articles)
    return next(filter(None, outlets), "")


def _of_families(claim: Claim) -> dict[str, str]:
    """Return the names of agencies and publishers that the packaged list has."""
    keys = {origin.key for origin in claim.origins if origin.kind not in _KEYED_BY_SOUND}
    keys |= {k for slot in claim.slots.values() for a in slot.answers for k in a.origins}
    known = families()
    return {key: known[key].names[0] for key in keys if key and key in known}


def _readable(key: str) -> str:
    """Return words for an id such as "coast-post"."""
    return key.replace("-", " ").title()
