"""Why there is an alert: its words, its condition, its incident, and what was held back. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.desk.words import STATUS_NAMES, befallen, event_name
from services.messages import LEVELS, Alert, Claim, ClaimCondition, Span, Suppressed, Watch
from services.messages.watch import DEFAULT_CONFIDENCE
from services.query.ast import Node
from services.query.claims import answers_to, events_of, is_shown, keys_of, names_of, toll
from services.query.parse import parse
from services.query.scan import QueryError
from services.search.marks import excerpts, marks_in_article
from services.text.happening import capital

MOST_ARTICLES = 5
"""Articles whose words are shown: those that the alert began with."""

REASONS: dict[str, str] = {
    "boilerplate": "the words stand only in text that the outlet puts under every article",
    "background": "it tells of an old event again",
    "passing": "the words stand only in passing",
    "unless": "its sentence is an exception: by its words, or by the rule that read it",
    "copy": "it is a copy of what was told",
    "stale": "it was published too long before it was seen",
    "hypothetical": "it tells of a plan, a threat, or a condition, not of an event",
    "below-threshold": "the event is too little confirmed for this watch",
    "cause": "it came by a replay or as old stock, which tells nobody",
    "undated": "it has no date, so it may be old",
    "before-save": "it was seen before the watch was saved",
    "watch-changed": "the watch was changed while it came",
    "withdrawn": "the outlet took the words out again",
}
"""Why a match raised no alert, in words."""


@dataclass(frozen=True, slots=True)
class Words:
    """Where the words of a watch stand in an article. `marks`: spans in `text`."""

    article_id: str
    title: str
    outlet: str
    text: str
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a condition: what the watch asks for, and what the event has."""

    asks: str
    has: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class OfIncident:
    """The incident of an article on which an alert rests."""

    article_id: str
    what: str
    outlet: str
    quote: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Held:
    """Something that was held back, and why."""

    title: str
    why: str
    detail: str
    article_id: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Why:
    """Everything that led to an alert.

    - `query`: the words that the watch asks for; "" for none.
    - `words`: where they stand. `parts`: its condition, against the claim `claim_id` as it is now.
    - `notes`: what makes the explanation differ from what was decided then.
    """

    alert_id: str
    watch_id: str
    watch_name: str
    query: str
    words: tuple[Words, ...]
    claim_id: str
    parts: tuple[Part, ...]
    incident: OfIncident | None
    held: tuple[Held, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """What is known of an alert beside itself; documents as the index has them."""

    watch: Watch | None = None
    articles: Sequence[Mapping[str, Any]] = ()
    claims: Sequence[Claim] = ()
    incident: Mapping[str, Any] | None = None
    suppressed: Sequence[Suppressed] = ()


def why(alert: Alert, known: Sources) -> Why:
    """Return why there is an alert, as far as it can be told now."""
    watch = known.watch
    condition = watch.claim if watch else None
    claim = next(iter(known.claims), None)
    parts = tuple(parts_of(condition, claim)) if condition and claim else ()
    return Why(
        alert_id=alert.alert_id,
        watch_id=alert.watch_id,
        watch_name=watch.name if watch else alert.watch_name,
        query=(watch.query or "") if watch else "",
        words=tuple(_words(watch, known.articles)),
        claim_id=claim.claim_id if claim else "",
        parts=parts,
        incident=_incident(known.incident),
        held=tuple(map(_held, known.suppressed)),
        notes=tuple(_notes(alert, watch, claim)),
    )


def _notes(alert: Alert, watch: Watch | None, claim: Claim | None) -> Iterator[str]:
    if watch is None:
        yield "The watch is gone, so its words and its condition can't be shown."
        return
    if watch.version != alert.watch_version:
        yield "The watch was changed after this alert was opened. It is shown as it is now."
    if watch.claim is not None and claim is None:
        yield "No claim of this alert is stored any more, so the condition can't be compared."
    if claim is not None and watch.claim is not None:
        yield "The event is shown as it is now; it may have had less when the alert was opened."


def parts_of(condition: ClaimCondition, claim: Claim) -> Iterator[Part]:
    """Yield each part of a condition, with what a claim has of it."""
    if condition.event:
        named = _any(event_name(event) for event in condition.event)
        met = not events_of(claim).isdisjoint(condition.event)
        yield Part(f"the event is {named}", event_name(claim.event), met)
    for words, role in _ROLES:
        names: tuple[str, ...] = getattr(condition, role)
        if names:
            yield _named(words, role, names, claim)
    if condition.status:
        met = claim.level is not None and LEVELS.index(claim.level) >= LEVELS.index(
            condition.status
        )
        reached = claim.level or claim.status
        yield Part(f"at least {condition.status}", STATUS_NAMES.get(reached, reached).lower(), met)
    if condition.independent > 1:
        n = claim.n_independent
        asks = f"at least {condition.independent} independent sources"
        yield Part(asks, f"{n}", n >= condition.independent)
    if condition.killed:
        n = toll(claim, "killed")
        asks = f"at least {condition.killed} {befallen('killed')}"
        yield Part(asks, f"{n}" if n else "no number", n >= condition.killed)
    yield _confidence(condition, claim)


_ROLES = (
    ("it is about", "actor"),
    ("it befell", "patient"),
    ("it was done by", "agent"),
    ("it was in", "place"),
)
"""Words for each role of a condition."""


def _named(words: str, role: str, names: tuple[str, ...], claim: Claim) -> Part:
    """Return a part with names: of those that match the label, else every label that is known."""
    wanted = keys_of(names)
    answers = answers_to(claim, role)
    matched = [each for each in answers if not wanted.isdisjoint(names_of(each))]
    shown = dict.fromkeys(each.label for each in matched or answers)
    has = ", ".join(shown) or "nobody is named"
    if role == "place" and not shown:
        has = "no place is named"
    labels = {each.key: each.label for each in answers}
    return Part(f"{words} {_any(labels.get(n, spoken(n)) for n in names)}", has, bool(matched))


def spoken(key: str) -> str:
    """Return a name for an id or a key ("idris-halvane": Idris Halvane)."""
    if not key.islower() and "-" not in key:
        return key
    return " ".join(capital(word) for word in key.split("-"))


def _confidence(condition: ClaimCondition, claim: Claim) -> Part:
    """Return the part on confidence. A confirmation that can be quoted passes the default bar."""
    asks = f"read with {condition.confidence:.0%} confidence or more"
    if claim.confidence is None:
        return Part(asks, "not measured", is_met=True)
    has = f"{claim.confidence:.0%}"
    if is_shown(claim) and condition.confidence <= DEFAULT_CONFIDENCE:
        return Part(asks, f"{has}, and a quoted sentence confirms it", is_met=True)
    return Part(asks, has, claim.confidence >= condition.confidence)


def _words(watch: Watch | None, articles: Iterable[Mapping[str, Any]]) -> Iterator[Words]:
    node = _parsed(watch)
    if node is None:
        return
    for number, article in enumerate(articles):
        if number >= MOST_ARTICLES:
            return
        text, title = str(article.get("text") or ""), str(article.get("title") or "")
        cuts = zip(
            article.get("boilerplate_starts") or (),
            article.get("boilerplate_ends") or (),
            strict=False,
        )
        spans = marks_in_article(node, text, len(title), [*cuts], article.get("match") or ())
        for found in excerpts(text, spans)[:1]:
            yield Words(
                article_id=str(article.get("article_id") or ""),
                title=title,
                outlet=str(article.get("outlet") or ""),
                text=found.text,
                marks=found.marks,
            )


def _parsed(watch: Watch | None) -> Node | None:
    try:
        return parse(watch.query) if watch and watch.query else None
    except QueryError:  # a query of a version that allowed more
        return None


def _incident(document: Mapping[str, Any] | None) -> OfIncident | None:
    if document is None:
        return None
    where = next(iter(document.get("place_labels") or ()), "")
    whom = ", ".join((document.get("patient_labels") or ())[:2])
    what = event_name(str(document.get("event") or "")) or "an event"
    confidence = document.get("confidence")
    return OfIncident(
        article_id=str(document.get("article_id") or ""),
        what=capital(what + (f": {whom}" if whom else "") + (f", {where}" if where else "")),
        outlet=str(document.get("outlet") or ""),
        quote=str(document.get("quote") or ""),
        confidence=confidence if isinstance(confidence, float) else None,
    )


def _held(row: Suppressed) -> Held:
    return Held(
        title=row.title or "An article without a title",
        why=REASONS.get(row.reason, row.reason.replace("-", " ")),
        detail=row.detail,
        article_id=row.article_id or "",
        at=row.at,
    )


def _any(names: Iterable[str]) -> str:
    return " or ".join(names)
