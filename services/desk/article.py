"""An article as a person reads it: its text with what was found in it, its incidents, its edits.

Documents of older versions may lack any field; nothing here needs one.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from services.desk.articles import ArticleFact, article_of, text_of, texts_of, time_of
from services.desk.documents import pairs_of
from services.desk.found import told_of_document
from services.messages import Status
from services.text.happening import capital, what_happened
from services.text.names import fold

MOST_CHARS = 40_000
"""Characters of a text that are shown: seven thousand words, which nobody reads to the end."""

MOST_INCIDENTS = 60
"""Incidents that are listed. A dense article has ten."""

MOST_MARKS = 1_000
"""Places in the text that are marked, names last. A page stays below 3,000 elements."""

Mark = tuple[int, int, str, str]
"""Start, end, class, and the id of its place in the page, "" for none."""

STANCES: dict[str, str] = {
    "asserted": "told as a fact",
    "reported": "reported",
    "claimed": "claimed",
    "confirmed": "confirmed",
    "denied": "denied",
    "disputed": "told from both sides",
}
"""An article's last word on an incident, in words."""

TIMES: dict[str, str] = {
    "news": "news",
    "old": "an earlier event, told again",
    "total": "a sum over a longer time",
    "planned": "has not happened: planned, feared, or foiled",
}
"""When an incident is, against the article's own news, in words."""

CAUSES: dict[str, str] = {
    "new": "",
    "edit": "edited by the outlet",
    "withdrawn": "taken back by the outlet",
    "replay": "read again by us",
    "backfill": "from an archive",
}
"""Why a version came, in words; others are shown as they are."""

_SAID_AS: dict[str, Status] = {
    "asserted": "confirmed",
    "confirmed": "confirmed",
    "reported": "reported",
    "claimed": "claimed",
    "denied": "denied",
    "disputed": "disputed",
}
"""Stance to the status whose words tell an incident: hedged, or as it is told."""

_NAMED = {
    "person": "m-who",
    "group": "m-who",
    "organisation": "m-who",
    "state": "m-where",
    "place": "m-where",
}
"""Type of a mention to its class in the text. Roles and things are in every sentence."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of the text. `marks`: counted inside it."""

    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident of the article.

    - `place`: the id of its sentence in the text; "" if the sentence can't be found.
    - `speakers`: who says so. `day`: when it happened, in words; "" if unknown.
    - `speaks`: it speaks for or against a claim. `why_not`: why it does not, in words.
    """

    what: str
    quote: str
    place: str
    stance: str
    time: str
    speakers: tuple[str, ...]
    day: str
    confidence: float | None
    is_main: bool
    speaks: bool
    why_not: str
    incident_id: str = ""


@dataclass(frozen=True, slots=True)
class ArticleView:
    """The page of an article.

    - `about`: the article with its last edit. `cause`: why this version came, in words; "" if new.
    - `published_at`: as the publisher says, which may be after `seen_at`.
    - `left_out`: characters of the text that are not shown.
    """

    about: ArticleFact
    cause: str
    published_at: datetime | None
    seen_at: datetime | None
    version_at: datetime | None
    wire: str
    paragraphs: tuple[Paragraph, ...]
    incidents: tuple[IncidentView, ...]
    left_out: int

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of marks that the text has, which its legend explains."""
        return frozenset(mark[2] for part in self.paragraphs for mark in part.marks)


def article_view(
    document: Mapping[str, Any], incidents: Sequence[Mapping[str, Any]]
) -> ArticleView:
    """Return the page of an article. `incidents`: documents of all that it ever told."""
    text, title = text_of(document, "text"), text_of(document, "title")
    shown = text[:MOST_CHARS]
    in_force = _in_force(document, incidents)
    quotes = [_place(shown, text_of(each, "quote")) for each in in_force]
    order = sorted(
        range(len(in_force)),
        key=lambda n: (not in_force[n].get("main"), quotes[n] is None, quotes[n] or (0, 0)),
    )[:MOST_INCIDENTS]
    views = [_incident(in_force[n], f"i{i}", quotes[n]) for i, n in enumerate(order, 1)]
    places = [(quotes[n], views[i].place) for i, n in enumerate(order)]
    about = article_of(document)
    return ArticleView(
        about=about,
        cause=CAUSES.get(text_of(document, "cause"), text_of(document, "cause")),
        published_at=time_of(document.get("published_at")),
        seen_at=time_of(document.get("first_seen_at")),
        version_at=about.edited_at,
        wire=text_of(document, "wire"),
        paragraphs=tuple(
            _paragraphs(shown, len(title), islice(_marks(document, places), MOST_MARKS))
        ),
        incidents=tuple(views),
        left_out=max(0, len(text) - MOST_CHARS),
    )


def _in_force(
    document: Mapping[str, Any], incidents: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the incidents that the present version tells. Edits leave older ones in the index."""
    ids = {*texts_of(document, "incident_ids")}
    return [each for each in incidents if text_of(each, "incident_id") in ids]


def _place(text: str, quote: str) -> tuple[int, int] | None:
    start = text.find(quote) if quote else -1
    return (start, start + len(quote)) if start >= 0 else None


def _incident(
    document: Mapping[str, Any], place: str, span: tuple[int, int] | None
) -> IncidentView:
    stance, time = text_of(document, "stance"), text_of(document, "time")
    told = told_of_document(document)
    what = what_happened(told, _SAID_AS.get(stance, "reported")) if told.event else "an event"
    confidence = document.get("confidence")
    speaks = document.get("is_voice") is True
    return IncidentView(
        what=capital(what),
        quote=text_of(document, "quote"),
        place=place if span else "",
        stance=STANCES.get(stance, stance),
        time=TIMES.get(time, time),
        speakers=_distinct(texts_of(document, "speakers")),
        day=_day(document),
        confidence=confidence if isinstance(confidence, float) else None,
        is_main=document.get("main") is True,
        speaks=speaks,
        why_not="" if speaks else _why_not(document),
        incident_id=text_of(document, "incident_id"),
    )


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Return names without those that another one ends with: "monitor" beside "Orran Monitor"."""
    folded = {name: fold(name) for name in names}
    return tuple(
        name
        for name in folded
        if not any(each.endswith(f" {folded[name]}") for each in folded.values())
    )


def _why_not(document: Mapping[str, Any]) -> str:
    if text_of(document, "time") != "news":
        return "It is no news, so it speaks for no claim."
    if document.get("told") is False:
        return "It was read with too little confidence to be told, so it speaks for no claim."
    return "Nothing says whom or where it befell, so it speaks for no claim."


def _day(document: Mapping[str, Any]) -> str:
    """Return the days of an incident, if the article names them."""
    if text_of(document, "event_date_basis") in ("", "publication"):
        return ""
    days = []
    for name in ("event_from", "event_to"):
        try:
            days.append(date.fromisoformat(text_of(document, name)))
        except ValueError:
            return ""
    first, last = days
    if first == last:
        return f"{first.day} {first:%B %Y}"
    return f"between {first.day} {first:%B} and {last.day} {last:%B %Y}"


def _marks(
    document: Mapping[str, Any], places: Iterable[tuple[tuple[int, int] | None, str]]
) -> Iterator[Mark]:
    """Yield what was found in the text: sentences, boilerplate, what tells of events, and names."""
    for span, id in places:
        if span is not None:
            yield (*span, "m-told", id)
    for start, end in pairs_of(document, "boilerplate"):
        yield start, end, "m-aside", ""
    for start, end in pairs_of(document, "trigger"):
        yield start, end, "m-event", ""
    types = document.get("mention_types")
    named = types if isinstance(types, list) else []
    for (start, end), type in zip(pairs_of(document, "mention"), named, strict=False):
        if type in _NAMED:
            yield start, end, _NAMED[type], ""


def _paragraphs(text: str, title_end: int, marks: Iterable[Mark]) -> Iterator[Paragraph]:
    """Yield the title, then the lines of the body that hold anything, each with its marks.

    Each mark is looked at only by the lines that it touches: a dense article has thousands.
    """
    coming, touched = deque(sorted(marks)), list[Mark]()
    for start, end in [(0, title_end), *_lines(text, title_end)]:
        while coming and coming[0][0] < end:
            touched.append(coming.popleft())
        touched = [mark for mark in touched if mark[1] > start]
        inside = tuple(
            (max(mark[0], start) - start, min(mark[1], end) - start, mark[2], mark[3])
            for mark in touched
        )
        yield Paragraph(text[start:end], inside)


def _lines(text: str, start: int) -> Iterator[tuple[int, int]]:
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if text[start:end].strip():
            yield start, end
        start = end + 1
