"""What a search found, as a person reads it: sentences, names in place of keys, copies folded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.desk.articles import text_of, texts_of, time_of
from services.desk.documents import pairs_of
from services.desk.words import STATUS_NAMES, by_quote, event_name
from services.messages import Told
from services.search.asked import Kind
from services.search.marks import Excerpt
from services.search.rows import Row
from services.text.happening import capital, what_happened
from services.text.sketch import are_copies, sketch

LEAST_COPIED = 200
"""Characters of a text from which it may be a copy: shorter ones, as of headlines, are alike."""

MOST_SKETCHED = 4_000
"""Characters of a text that are compared: a copy is one from its beginning."""

_ROLES = ("patient", "agent", "place")
_STANCES = {"denied", "disputed"}
"""Stances that words for the event itself would contradict."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found.

    - `title`: a headline, or what happened. `title_marks`: spans of it that matched.
    - `path`: its page. `status`: of a claim. `notes`: facts beside it, in words.
    - `excerpts`: stretches with what matched. `quote`: a sentence, if nothing matched.
    - `copies`: articles of the page with the same text, the oldest being this one.
    """

    kind: Kind
    id: str
    title: str
    path: str
    at: datetime | None
    outlet: str = ""
    url: str = ""
    status: str = ""
    notes: tuple[str, ...] = ()
    title_marks: tuple[tuple[int, int], ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    quote: str = ""
    copies: tuple["Hit", ...] = ()


def hits_of(rows: Sequence[Row]) -> tuple[Hit, ...]:
    """Return the documents of a page, the newest first; copies of one text are one."""
    hits = [_hit(row) for row in rows]
    if not rows or rows[0].kind != "articles":
        return tuple(hits)
    return tuple(_folded(hits, [_sketch(row) for row in rows]))


def told_of_document(document: Mapping[str, Any]) -> Told:
    """Return what a sentence about a claim's or an incident's document tells."""
    places = texts_of(document, "place_labels") or texts_of(document, "place_name")
    counts = {event: _number(document, event) for event in ("killed", "wounded")}
    slots = {role: texts_of(document, f"{role}_labels") for role in _ROLES[:2]} | {"place": places}
    return Told(
        event=text_of(document, "event"),
        counts={event: n for event, n in counts.items() if n},
        slots={role: labels for role, labels in slots.items() if labels},
        disputed=texts_of(document, "disputed_slots"),
    )


def _hit(row: Row) -> Hit:
    document = row.document
    if row.kind == "articles":
        return _article(row)
    told = told_of_document(document)
    if row.kind == "claims":
        status = text_of(document, "status") or "reported"
        quote = next(iter(texts_of(document, "quotes")), "")
        said = what_happened(told, status)  # type: ignore[arg-type]
        is_bare = bool(quote) and not (told.slots or told.counts)
        return Hit(
            kind="claims",
            id=row.id,
            title=by_quote(told.event, quote) if is_bare else capital(said),
            path=f"/claims/{row.id}",
            at=time_of(document.get("updated_at")),
            status=status if status in STATUS_NAMES else "",
            notes=tuple(_voices(document)),
            quote="" if is_bare else quote,
        )
    stance = text_of(document, "stance")
    return Hit(
        kind="incidents",
        id=row.id,
        title=_told_as(stance, told),
        path=f"/articles/{text_of(document, 'article_id')}",
        at=time_of(document.get("sorted_at")) or time_of(document.get("first_seen_at")),
        outlet=text_of(document, "outlet"),
        url=text_of(document, "url"),
        excerpts=row.excerpts,
        quote=text_of(document, "quote"),
    )


def _told_as(stance: str, told: Told) -> str:
    """Return what happened in an incident, as its article tells it."""
    if stance in _STANCES:
        return f"{capital(stance)}: {what_happened(told, 'denied')}"
    return capital(what_happened(told, "confirmed" if stance == "confirmed" else "reported"))


def _article(row: Row) -> Hit:
    document = row.document
    title = text_of(document, "title")
    # The text begins with the title: marks of it are those of the text.
    in_title = tuple(mark for mark in row.marks if mark[1] <= len(title))
    return Hit(
        kind="articles",
        id=row.id,
        title=title or "An article without a title",
        path=f"/articles/{row.id}",
        at=time_of(document.get("sorted_at")) or time_of(document.get("first_seen_at")),
        outlet=text_of(document, "outlet"),
        url=text_of(document, "url"),
        notes=tuple(event_name(event) for event in texts_of(document, "events")[:_MOST_EVENTS]),
        title_marks=in_title if title else (),
        excerpts=tuple(each for each in row.excerpts if each.start >= len(title)),
        quote=_beginning(text_of(document, "text"), len(title)),
    )


_MOST_EVENTS = 4
_BEGINNING = 240
"""Characters of a text that stand for it where nothing matched: about three lines."""


def _beginning(text: str, title_end: int) -> str:
    body = " ".join(text[title_end : title_end + 2 * _BEGINNING].split())
    return body if len(body) <= _BEGINNING else f"{body[:_BEGINNING].rpartition(' ')[0]} …"


def _voices(document: Mapping[str, Any]) -> Iterator[str]:
    reports, independent = document.get("n_reports"), document.get("n_independent")
    if isinstance(reports, int) and isinstance(independent, int) and reports:
        yield f"{independent} independent of {reports:,}" if reports > 1 else "1 report"
    if text_of(document, "merged_into"):
        yield "merged into another claim"


def _number(document: Mapping[str, Any], event: str) -> int:
    """Return the highest number of people that a document gives for an event; 0 for none."""
    given = (document.get(f"{event}_max"), document.get(f"{event}_min"))
    return next((n for n in given if isinstance(n, int)), 0)


def _sketch(row: Row) -> str:
    text = _own_text(row.document).strip()
    return sketch(text[:MOST_SKETCHED]) if len(text) >= LEAST_COPIED else ""


def _own_text(document: Mapping[str, Any]) -> str:
    """Return the text behind the headline, without what the outlet puts under every article."""
    text, at = text_of(document, "text"), len(text_of(document, "title"))
    pieces = []
    for start, end in sorted(pairs_of(document, "boilerplate")):
        pieces.append(text[at:start])
        at = max(at, end)
    return "".join([*pieces, text[at:]])


def _folded(hits: Sequence[Hit], sketches: Sequence[str]) -> Iterator[Hit]:
    """Yield the hits with their copies: the oldest of a text stands for all, where the newest is.

    Each is compared with the first of each text alone, so the work is bounded by the page.
    """
    groups: list[list[int]] = []
    for n, value in enumerate(sketches):
        same = (g for g in groups if value and are_copies(value, sketches[g[0]]))
        group = next(same, None)
        if group is None:
            groups.append([n])
        else:
            group.append(n)
    for group in groups:
        *copies, oldest = group
        yield replace(hits[oldest], copies=tuple(hits[n] for n in copies))
